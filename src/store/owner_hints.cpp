#include "taskward/store/owner_hints.hpp"

#include <algorithm>

namespace taskward::store {
namespace {

/// Some megabytes. When there are more, all are forgotten.
constexpr std::size_t kMaxOwners = 50'000;
constexpr int kAssumedNearLimit = 100;

}  // namespace

OwnerHints::Hints OwnerHints::of(const UserId& owner) const {
  const std::scoped_lock lock(mutex_);
  const auto found = hints_.find(owner);
  return found == hints_.end() ? Hints() : found->second;
}

OwnerHints::Hints& OwnerHints::entry(const UserId& owner) {
  if (hints_.size() >= kMaxOwners && !hints_.contains(owner)) hints_.clear();
  return hints_[owner];
}

int OwnerHints::to_settle(const UserId& owner) const {
  const auto [unsettled, near_limit, is_indexed] = of(owner);
  if (unsettled < 0 || near_limit > 0) return 1;
  return unsettled + 1 >= kSettledAtOnce ? unsettled + 1 : 0;
}

void OwnerHints::note_created(const UserId& owner, int settled) {
  const std::scoped_lock lock(mutex_);
  Hints& hints = entry(owner);
  // Another thread may have settled the same tasks.
  hints.unsettled = std::max(0, std::max(hints.unsettled, 0) + 1 - settled);
  hints.near_limit = std::max(0, hints.near_limit - 1);
}

void OwnerHints::note_near_limit(const UserId& owner) {
  const std::scoped_lock lock(mutex_);
  entry(owner).near_limit = kAssumedNearLimit;
}

bool OwnerHints::is_indexed(const UserId& owner) const { return of(owner).is_indexed; }

void OwnerHints::note_indexed(const UserId& owner, bool is_indexed) {
  if (of(owner).is_indexed == is_indexed) return;
  const std::scoped_lock lock(mutex_);
  entry(owner).is_indexed = is_indexed;
}

}  // namespace taskward::store
