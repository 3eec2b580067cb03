// How many passwords a process hashes at once, and how long a request may wait for its turn.
//
// Hashing takes a processor for a tenth of a second or more, and anybody may ask for it. So few hash at
// once, the others wait, and who has waited too long is refused before any work was done for them. The
// wait counts from when nginx sent the request: in a flood most of it passes in the socket's queue, before
// a thread has seen the request. Who is refused learns it well before nginx would give up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "taskward/base/clock.hpp"
#include "taskward/base/result.hpp"

namespace taskward::domain {

/// What a refused client is told to wait: about as long as a queue takes to shrink.
inline constexpr std::chrono::seconds kHashingRetryAfter{3};
/// A request cannot have been under way for longer than this; an older moment is nonsense.
inline constexpr std::chrono::hours kSentAtMost{1};

class HashingGate {
 public:
  /// `slots` of at least 1 hash at once. `wait` counts from the moment a request was sent.
  HashingGate(int slots, std::chrono::milliseconds wait) : free_(slots), wait_(wait) {}
  HashingGate(const HashingGate&) = delete;
  HashingGate& operator=(const HashingGate&) = delete;

  /// Holds a slot for as long as it lives. The gate outlives it.
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

  /// Waits for a slot. 503 service_unavailable with retry_after when none is free in time, at once when
  /// the time was over before. Without a moment, or with one in the future or more than kSentAtMost ago,
  /// the request counts as sent now. Any thread may call.
  [[nodiscard]] Result<Pass> enter(std::optional<Timestamp> sent_at, const Clock& clock);

 private:
  void leave() noexcept;

  std::mutex mutex_;
  std::condition_variable slot_freed_;
  int free_;  // guarded by mutex_
  const std::chrono::milliseconds wait_;
};

}  // namespace taskward::domain
