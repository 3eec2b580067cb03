#include "taskward/domain/hashing_gate.hpp"

namespace taskward::domain {
namespace {

Error refusal() {
  Error error(ErrorCode::service_unavailable,
              "Too many passwords are being checked now; try again in a few seconds.",
              "no hashing slot in time");
  error.retry_after = kHashingRetryAfter;
  return error;
}

}  // namespace

Result<HashingGate::Pass> HashingGate::enter(std::optional<Timestamp> sent_at, const Clock& clock) {
  const Timestamp now = clock.now();
  const bool credible = sent_at && *sent_at <= now && now - *sent_at <= kSentAtMost;
  const auto left = wait_ - (credible ? now - *sent_at : Timestamp::duration::zero());
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
