// A key that checks JWS signatures (RFC 7515), bound to one algorithm for life (RFC 8725, 3.1).
//
// The algorithm is a property of the key and is never taken from a token. A key of another kind, on
// another curve or too weak does not become one of these. EVP handles stay inside.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/secret.hpp"
#include "taskward/model/jws_algorithm.hpp"

namespace taskward::crypto {

using model::JwsAlgorithm;

/// RFC 7518, 3.3: nothing below is a key for RS256.
inline constexpr int kRsaLeastBits = 2048;
/// RFC 7518, 3.2: as long as the hash.
inline constexpr std::size_t kHs256LeastBytes = 32;

/// Constant, and cheap to copy: copies share what is inside.
class VerificationKey {
 public:
  /// From SubjectPublicKeyInfo DER (RFC 5280, 4.1). ES256: P-256. RS256: RSA of kRsaLeastBits or more whose
  /// exponent is odd and 65537 or more. EdDSA: Ed25519. Nothing when the key is none of that, or damaged.
  [[nodiscard]] static std::optional<VerificationKey> from_spki(JwsAlgorithm algorithm, std::string_view der);
  /// From the secret itself, kHs256LeastBytes or more; throws std::runtime_error for a shorter one.
  [[nodiscard]] static VerificationKey hs256(const Secret& secret);

  [[nodiscard]] JwsAlgorithm algorithm() const noexcept;
  /// A name derived from the key's public half (the RFC 7638 thumbprint would do the same); for HS256 one
  /// that tells nothing of the secret.
  [[nodiscard]] const std::string& kid() const noexcept;
  /// SubjectPublicKeyInfo DER; empty for HS256.
  [[nodiscard]] const std::string& public_der() const noexcept;

  /// Whether this is the raw JWS signature of the input. Any thread may call.
  [[nodiscard]] bool verify(std::string_view input, std::string_view signature) const;

 private:
  struct Body;
  explicit VerificationKey(std::shared_ptr<const Body> body);
  std::shared_ptr<const Body> body_;
};

}  // namespace taskward::crypto
