// A bounded cache of access tokens with a verified signature. With ES256, verification is most of the work of
// a request.
//
// Tokens are identified by their SHA-256. The cache belongs to one set of keys and is discarded with it, so
// that removed keys are no longer accepted. The caller must check expiry at each hit; the database checks
// session, user and role at each request.
//
// Thread-safe. The slot of a token depends only on its hash; a new token replaces the previous one.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "taskward/crypto/digest.hpp"

namespace taskward::crypto {

template <class Claims>
class VerifiedTokens {
 public:
  static constexpr std::size_t kSlots = 8192;

  [[nodiscard]] std::optional<Claims> find(const Sha256& token) {
    const std::size_t slot = slot_of(token);
    const std::scoped_lock lock(locks_[slot % kLocks]);
    const Slot& cached = slots_[slot];
    if (!cached.claims || cached.token != token) return std::nullopt;
    return cached.claims;
  }

  void remember(const Sha256& token, const Claims& claims) {
    const std::size_t slot = slot_of(token);
    const std::scoped_lock lock(locks_[slot % kLocks]);
    slots_[slot] = {token, claims};
  }

 private:
  static constexpr std::size_t kLocks = 64;

  struct Slot {
    Sha256 token{};
    std::optional<Claims> claims;
  };

  [[nodiscard]] static std::size_t slot_of(const Sha256& token) noexcept {
    return (std::size_t{token[0]} << 8U | token[1]) % kSlots;
  }

  std::array<std::mutex, kLocks> locks_;
  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);  // each guarded by its own lock
};

}  // namespace taskward::crypto
