#include "taskward/store/owner_hints.hpp"

#include <algorithm>

namespace taskward::store {
namespace {

/// Some megabytes. When there are more, those without unsettled tasks are forgotten.
constexpr std::size_t kMaxOwners = 50'000;
constexpr int kAssumedNearLimit = 100;

}  // namespace

OwnerHints::Hints& OwnerHints::entry(const UserId& owner) {
  if (hints_.size() >= kMaxOwners && !hints_.contains(owner)) {
    std::erase_if(hints_, [](const auto& one) { return one.second.unsettled <= 0; });
    if (hints_.size() >= kMaxOwners) hints_.clear();
  }
  return hints_[owner];
}

int OwnerHints::claim(const UserId& owner) {
  const std::scoped_lock lock(mutex_);
  Hints& hints = entry(owner);
  if (hints.unsettled >= 0 && hints.near_limit == 0 && hints.unsettled + 1 < kSettledAtOnce) return 0;
  hints.near_limit = std::max(0, hints.near_limit - 1);
  const int count = std::max(0, hints.unsettled) + 1;
  hints.unsettled = 0;
  return count;
}

OwnerHints::Settlement::~Settlement() {
  if (is_created_ == (count_ > 0)) return;
  const std::scoped_lock lock(hints_.mutex_);
  int& unsettled = hints_.entry(owner_).unsettled;
  if (is_created_)
    ++unsettled;
  else
    unsettled = count_ == 1 ? -1 : unsettled + count_ - 1;
}

void OwnerHints::note_near_limit(const UserId& owner) {
  const std::scoped_lock lock(mutex_);
  entry(owner).near_limit = kAssumedNearLimit;
}

bool OwnerHints::is_indexed(const UserId& owner) const {
  const std::scoped_lock lock(mutex_);
  const auto found = hints_.find(owner);
  return found != hints_.end() && found->second.is_indexed;
}

void OwnerHints::note_indexed(const UserId& owner, bool is_indexed) {
  const std::scoped_lock lock(mutex_);
  entry(owner).is_indexed = is_indexed;
}

}  // namespace taskward::store
