// Limits how many passwords a process hashes concurrently, and how long a request waits for a slot.
//
// Hashing occupies a CPU for a tenth of a second or more, and unauthenticated clients can cause it. So only a
// few requests hash concurrently, others wait, and a request that has waited too long is refused before any
// work. The wait counts from the time nginx sent the request, because in a flood most of it passes in the
// socket's queue. A refusal is sent well before nginx's own timeout.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "taskward/base/clock.hpp"
#include "taskward/base/result.hpp"

namespace taskward::domain {

/// The Retry-After of a refusal: about as long as a full queue takes to drain.
inline constexpr std::chrono::seconds kHashingRetryAfter{3};
/// An older send time is considered invalid.
inline constexpr std::chrono::hours kMaxRequestAge{1};

class HashingGate {
 public:
  /// `slots`, at least 1, is the number of concurrent hashes. `wait` counts from the time a request was sent.
  HashingGate(int slots, std::chrono::milliseconds wait) : free_(slots), wait_(wait) {}
  HashingGate(const HashingGate&) = delete;
  HashingGate& operator=(const HashingGate&) = delete;

  /// Holds a slot during its lifetime. The gate must outlive it.
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(other.gate_) { other.gate_ = nullptr; }
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave();
    }

   private:
    friend class HashingGate;
    explicit Pass(HashingGate* gate) noexcept : gate_(gate) {}
    HashingGate* gate_;
  };

  /// Waits for a slot. 503 service_unavailable with retry_after if none is free in time, immediately if the
  /// time is already over. A request without a send time, or with one in the future or more than
  /// kMaxRequestAge ago, counts as sent now. Thread-safe.
  [[nodiscard]] Result<Pass> enter(std::optional<Timestamp> sent_at, const Clock& clock);

 private:
  void leave() noexcept;

  std::mutex mutex_;
  std::condition_variable slot_freed_;
  int free_;  // guarded by mutex_
  const std::chrono::milliseconds wait_;
};

}  // namespace taskward::domain
