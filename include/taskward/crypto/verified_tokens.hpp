// A bounded memory of access tokens whose signature was checked, so that it is not checked at each
// request again: that is most of a request's work with ES256.
//
// Tokens are known by their SHA-256. The memory belongs to one set of keys and goes with it, so that a
// key that is gone takes what it verified along. Expiry is the caller's to check at each hit, and
// session, user and role are asked of the database each time anyway.
//
// Any thread may call. A token's place depends on its hash alone; a newcomer takes the place over.
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
  static constexpr std::size_t kPlaces = 8192;

  [[nodiscard]] std::optional<Claims> find(const Sha256& token) {
    const std::size_t place = place_of(token);
    const std::scoped_lock lock(locks_[place % kLocks]);
    const Place& there = places_[place];
    if (!there.claims || there.token != token) return std::nullopt;
    return there.claims;
  }

  void remember(const Sha256& token, const Claims& claims) {
    const std::size_t place = place_of(token);
    const std::scoped_lock lock(locks_[place % kLocks]);
    places_[place] = {token, claims};
  }

 private:
  static constexpr std::size_t kLocks = 64;

  struct Place {
    Sha256 token{};
    std::optional<Claims> claims;
  };

  [[nodiscard]] static std::size_t place_of(const Sha256& token) noexcept {
    return (std::size_t{token[0]} << 8U | token[1]) % kPlaces;
  }

  std::array<std::mutex, kLocks> locks_;
  std::vector<Place> places_ = std::vector<Place>(kPlaces);  // each guarded by its lock
};

}  // namespace taskward::crypto
