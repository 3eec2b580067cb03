#include "taskward/domain/known_tokens.hpp"

#include "taskward/model/personal_token.hpp"

namespace taskward::domain {

std::optional<store::TokenIdentity> KnownTokens::find(const crypto::Sha256& hash) {
  const std::size_t slot = slot_of(hash);
  const std::scoped_lock lock(locks_[slot % kLocks]);
  const Slot& known = slots_[slot];
  if (!known.token || known.hash != hash) return std::nullopt;
  return known.token;
}

void KnownTokens::remember(const crypto::Sha256& hash, const store::TokenIdentity& token) {
  const std::size_t slot = slot_of(hash);
  const std::scoped_lock lock(locks_[slot % kLocks]);
  slots_[slot] = {hash, token, std::nullopt};
}

bool KnownTokens::is_use_due(const crypto::Sha256& hash, Steady::time_point now) {
  const std::size_t slot = slot_of(hash);
  const std::scoped_lock lock(locks_[slot % kLocks]);
  Slot& known = slots_[slot];
  if (!known.token || known.hash != hash) return false;
  if (known.stored_use && now - *known.stored_use < model::kTokenUseInterval) return false;
  known.stored_use = now;
  return true;
}

}  // namespace taskward::domain
