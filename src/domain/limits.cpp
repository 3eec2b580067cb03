#include "taskward/domain/limits.hpp"

#include <algorithm>

#include "taskward/base/text.hpp"
#include "taskward/crypto/digest.hpp"

namespace taskward::domain {
namespace {

bool is_exempt(const Rules& rules, std::string_view address) {
  const auto client = model::IpAddress::parse(address);
  return client && std::any_of(rules.limit_exempt.begin(), rules.limit_exempt.end(),
                               [&](const model::IpNetwork& network) { return network.contains(*client); });
}

Result<Done> count_attempt_of(const Resources& resources, const model::Limit& limit, std::string_view subject,
                              const model::Origin& origin) {
  if (is_exempt(resources.rules, origin.client_address)) return Done{};
  const auto wait = store::count_attempt(resources.database, limit, subject, resources.stamp(origin));
  if (!wait) return Done{};
  resources.meter.add(model::Metric::limit_refusals, {limit.kind});
  Error refusal(ErrorCode::too_many_requests, {}, "rate limit: " + std::string(limit.kind));
  refusal.retry_after = *wait;
  return refusal;
}

}  // namespace

Result<Done> count_attempt(const Resources& resources, const model::Limit& limit,
                           const model::Origin& origin) {
  return count_attempt_of(resources, limit, model::client_subject(origin.client_address), origin);
}

Result<Done> count_attempt(const Resources& resources, const model::Limit& limit, const UserId& account,
                           const model::Origin& origin) {
  return count_attempt_of(resources, limit, account.uuid.view(), origin);
}

store::LockSubject lock_subject(const Resources& resources, const model::AccountName& name,
                                const std::optional<UserId>& account) {
  const auto kind = name.kind == model::AccountName::Kind::email ? store::LockSubject::Kind::email
                                                                 : store::LockSubject::Kind::username;
  if (account) return {kind, std::string(account->uuid.view())};
  const crypto::Sha256 digest =
      crypto::hmac_sha256(resources.derived_keys.lockouts.reveal(), lower(name.text));
  return {kind, std::string(crypto::view(digest))};
}

store::LockSubject lock_subject(const UserId& caller) {
  return {store::LockSubject::Kind::caller, std::string(caller.uuid.view())};
}

}  // namespace taskward::domain
