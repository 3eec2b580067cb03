#include "taskward/domain/hashing.hpp"

namespace taskward::domain {

Result<std::string> hash_password(const Resources& resources, const model::Origin& origin,
                                  const Secret& password) {
  auto pass = resources.hashing.enter(origin.sent_at, resources.clock);
  if (!pass) return std::move(pass).error();
  return resources.passwords.hash(password, resources.random);
}

Result<PasswordVerdict> verify_password(const Resources& resources, const model::Origin& origin,
                                        const Secret& password, const std::optional<std::string>& hash) {
  auto pass = resources.hashing.enter(origin.sent_at, resources.clock);
  if (!pass) return std::move(pass).error();
  if (!hash) {
    resources.passwords.verify_nothing(password);
    return PasswordVerdict::wrong;
  }
  if (!resources.passwords.verify(password, *hash)) return PasswordVerdict::wrong;
  return resources.passwords.is_current(*hash) ? PasswordVerdict::right : PasswordVerdict::right_and_outdated;
}

}  // namespace taskward::domain
