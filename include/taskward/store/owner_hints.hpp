// What a process remembers about owners of tasks, so that their statements do less. Losing it costs a round
// trip, and leaves fewer than kSettledAtOnce tasks of an owner out of the quota until it is recounted.
// Thread-safe.
#pragma once

#include <map>
#include <mutex>

#include "taskward/base/ids.hpp"

namespace taskward::store {

/// So many created tasks of an owner are subtracted from the free quota at once (store/task_quota.hpp).
inline constexpr int kSettledAtOnce = 16;

/// With less free quota than this it is exact: more than what 16 processes have not settled.
inline constexpr int kQuotaMargin = 16 * kSettledAtOnce;

class OwnerHints {
 public:
  /// How many created tasks a creation settles, itself included: 0 unless it is due. What a creation does not
  /// settle because it fails is left to the next.
  class Settlement {
   public:
    Settlement(OwnerHints& hints, const UserId& owner)
        : hints_(hints), owner_(owner), count_(hints.claim(owner)) {}
    Settlement(const Settlement&) = delete;
    Settlement& operator=(const Settlement&) = delete;
    ~Settlement();
    [[nodiscard]] int count() const noexcept { return count_; }
    void note_created() noexcept { is_created_ = true; }

   private:
    OwnerHints& hints_;
    UserId owner_;
    int count_;
    bool is_created_ = false;
  };

  /// The owner's free quota is exact: the next creations settle themselves.
  void note_near_limit(const UserId& owner);

  /// Whether the owner's tasks were in taskward.task_index at the last look (store/task_lists.hpp).
  [[nodiscard]] bool is_indexed(const UserId& owner) const;
  void note_indexed(const UserId& owner, bool is_indexed);

 private:
  struct Hints {
    int unsettled = -1;  ///< below 0: unknown; the next creation settles itself
    int near_limit = 0;  ///< for how many creations more it is assumed
    bool is_indexed = false;
  };

  [[nodiscard]] int claim(const UserId& owner);
  Hints& entry(const UserId& owner);

  mutable std::mutex mutex_;
  std::map<UserId, Hints> hints_;
};

}  // namespace taskward::store
