// SHA-256 (FIPS 180-4), HMAC (RFC 2104), HKDF (RFC 5869) and constant-time comparison.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "taskward/base/secret.hpp"

namespace taskward::crypto {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);
[[nodiscard]] Sha256 hmac_sha256(std::string_view key, std::string_view bytes);

/// SHA-256 of bytes that arrive in parts.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  void add(std::string_view bytes);
  /// Of all parts; nothing can be added afterwards.
  [[nodiscard]] Sha256 finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Derives a key of `size` bytes from a root secret. The purpose is HKDF's `info` and must be unique.
[[nodiscard]] Secret derive_key(const Secret& root, std::string_view purpose, std::size_t size = 32);

/// The time depends only on the sizes.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

[[nodiscard]] inline std::string_view view(const Sha256& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace taskward::crypto
