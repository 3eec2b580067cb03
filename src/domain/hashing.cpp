#include "taskward/domain/hashing.hpp"

#include <chrono>
#include <utility>

namespace taskward::domain {
namespace {

using Steady = std::chrono::steady_clock;

/// A slot of the gate, counted in a metric while it is held.
class Slot {
 public:
  Slot(HashingGate::Pass&& pass, model::Meter& meter) : pass_(std::move(pass)), meter_(meter) {
    meter_.add(model::Metric::hashing_running);
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() { meter_.add(model::Metric::hashing_running, {}, -1); }

 private:
  HashingGate::Pass pass_;
  model::Meter& meter_;
};

Result<HashingGate::Pass> enter(const Resources& resources, const model::Origin& origin) {
  const auto begun = Steady::now();
  auto pass = resources.hashing.enter(origin.sent_at, resources.clock);
  resources.meter.observe(model::Metric::hashing_wait, Steady::now() - begun);
  if (!pass) resources.meter.add(model::Metric::hashing_refusals);
  return pass;
}

}  // namespace

Result<std::string> hash_password(const Resources& resources, const model::Origin& origin,
                                  const Secret& password) {
  auto pass = enter(resources, origin);
  if (!pass) return std::move(pass).error();
  const Slot slot(std::move(*pass), resources.meter);
  return resources.passwords.hash(password, resources.random);
}

Result<crypto::PasswordMatch> verify_password(const Resources& resources, const model::Origin& origin,
                                              const Secret& password,
                                              const std::optional<std::string>& hash) {
  auto pass = enter(resources, origin);
  if (!pass) return std::move(pass).error();
  const Slot slot(std::move(*pass), resources.meter);
  if (!hash) {
    resources.passwords.verify_nothing(password);
    return crypto::PasswordMatch::no;
  }
  return resources.passwords.verify(password, *hash);
}

}  // namespace taskward::domain
