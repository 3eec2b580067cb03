// A key that verifies JWS signatures (RFC 7515) of one algorithm, which is a property of the key and never
// taken from a token (RFC 8725, section 3.1).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/secret.hpp"
#include "taskward/model/jws_algorithm.hpp"

namespace taskward::crypto {

using model::JwsAlgorithm;

/// RFC 7518, section 3.3.
inline constexpr int kRsaLeastBits = 2048;
/// RFC 7518, section 3.2: at least the size of the hash.
inline constexpr std::size_t kHs256LeastBytes = 32;

/// Immutable and cheap to copy.
class VerificationKey {
 public:
  /// From SubjectPublicKeyInfo DER (RFC 5280, section 4.1). ES256: P-256. RS256: RSA of kRsaLeastBits or more
  /// whose exponent is odd and at least 65537. EdDSA: Ed25519. Nothing for other or invalid keys.
  [[nodiscard]] static std::optional<VerificationKey> from_spki(JwsAlgorithm algorithm, std::string_view der);
  /// Throws std::runtime_error for a secret shorter than kHs256LeastBytes.
  [[nodiscard]] static VerificationKey hs256(const Secret& secret);

  [[nodiscard]] JwsAlgorithm algorithm() const noexcept;
  /// An identifier derived from the public key; for HS256 one that reveals nothing about the secret.
  [[nodiscard]] const std::string& kid() const noexcept;
  /// SubjectPublicKeyInfo DER; empty for HS256.
  [[nodiscard]] const std::string& public_der() const noexcept;

  /// Whether `signature` is the raw JWS signature of the input. Thread-safe.
  [[nodiscard]] bool verify(std::string_view input, std::string_view signature) const;
  /// The same for a signature in the form of X.509 and WebAuthn: that of ES256 is DER (RFC 3279, section
  /// 2.2.3). False for HS256.
  [[nodiscard]] bool verify_der(std::string_view input, std::string_view signature) const;

 private:
  struct Body;
  explicit VerificationKey(std::shared_ptr<const Body> body);
  std::shared_ptr<const Body> body_;
};

}  // namespace taskward::crypto
