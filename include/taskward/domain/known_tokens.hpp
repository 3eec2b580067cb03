// A bounded cache: to which personal access token a hash belongs, and what never changes of it. Whether a
// token is valid is not remembered: the database checks that at each request.
//
// Thread-safe. The slot of a token depends only on its hash; a new token replaces the previous one.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "taskward/crypto/digest.hpp"
#include "taskward/store/personal_tokens.hpp"

namespace taskward::domain {

class KnownTokens {
 public:
  using Steady = std::chrono::steady_clock;
  static constexpr std::size_t kSlots = 4096;

  [[nodiscard]] std::optional<store::TokenIdentity> find(const crypto::Sha256& hash);
  void remember(const crypto::Sha256& hash, const store::TokenIdentity& token);

  /// Whether this use of the token is to be stored: once in model::kTokenUseInterval while it is known.
  [[nodiscard]] bool is_use_due(const crypto::Sha256& hash, Steady::time_point now);

 private:
  static constexpr std::size_t kLocks = 64;

  struct Slot {
    crypto::Sha256 hash{};
    std::optional<store::TokenIdentity> token;
    std::optional<Steady::time_point> stored_use;
  };

  [[nodiscard]] static std::size_t slot_of(const crypto::Sha256& hash) noexcept {
    return (std::size_t{hash[0]} << 8U | hash[1]) % kSlots;
  }

  std::array<std::mutex, kLocks> locks_;
  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);  // each guarded by its own lock
};

}  // namespace taskward::domain
