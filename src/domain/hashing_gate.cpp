#include "taskward/domain/hashing_gate.hpp"

namespace taskward::domain {
namespace {

Error refusal() {
  Error error(ErrorCode::service_unavailable,
              "Too many password checks are in progress; retry in a few seconds.",
              "no free hashing slot in time");
  error.retry_after = kHashingRetryAfter;
  return error;
}

}  // namespace

Result<HashingGate::Pass> HashingGate::enter(std::optional<Timestamp> sent_at, const Clock& clock) {
  const Timestamp now = clock.host_time();
  const bool is_plausible = sent_at && *sent_at <= now && now - *sent_at <= kMaxRequestAge;
  const auto left = wait_ - (is_plausible ? now - *sent_at : Timestamp::duration::zero());
  if (left <= left.zero()) return refusal();
  std::unique_lock lock(mutex_);
  if (!slot_freed_.wait_for(lock, left, [this] { return free_ > 0; })) return refusal();
  --free_;
  return Pass(this);
}

void HashingGate::leave() noexcept {
  {
    const std::scoped_lock lock(mutex_);
    ++free_;
  }
  slot_freed_.notify_one();
}

}  // namespace taskward::domain
