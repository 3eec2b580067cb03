// Signature algorithms of tokens.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace taskward::model {

enum class JwsAlgorithm : std::uint8_t { ES256, RS256, EdDSA, HS256 };
inline constexpr std::array kJwsAlgorithms{JwsAlgorithm::ES256, JwsAlgorithm::RS256, JwsAlgorithm::EdDSA,
                                           JwsAlgorithm::HS256};

/// The `alg` header (RFC 7518, section 3.1; RFC 8037, section 3.1). EdDSA supports Ed25519 only.
[[nodiscard]] constexpr std::string_view name(JwsAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case JwsAlgorithm::ES256:
      return "ES256";
    case JwsAlgorithm::RS256:
      return "RS256";
    case JwsAlgorithm::EdDSA:
      return "EdDSA";
    case JwsAlgorithm::HS256:
      return "HS256";
  }
  return "";
}

[[nodiscard]] constexpr std::optional<JwsAlgorithm> jws_algorithm(std::string_view text) noexcept {
  for (const JwsAlgorithm algorithm : kJwsAlgorithms) {
    if (name(algorithm) == text) return algorithm;
  }
  return std::nullopt;
}

}  // namespace taskward::model
