// A private key that signs JWS (RFC 7515), with its verification key.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/secret.hpp"
#include "taskward/crypto/verification_key.hpp"

namespace taskward::crypto {

/// The size of generated RSA keys (NIST SP 800-57 Part 1: beyond 2030).
inline constexpr unsigned kRsaBits = 3072;

class SigningKey {
 public:
  /// A new key pair: P-256, RSA of kRsaBits, or Ed25519. Throws std::logic_error for HS256.
  [[nodiscard]] static SigningKey generate(JwsAlgorithm algorithm);
  /// From PKCS #8 DER. Nothing if the key is invalid, too weak or not a key for the algorithm.
  [[nodiscard]] static std::optional<SigningKey> from_pkcs8(JwsAlgorithm algorithm, const Secret& der);
  /// See VerificationKey::hs256.
  [[nodiscard]] static SigningKey hs256(const Secret& secret);

  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  [[nodiscard]] const VerificationKey& verification_key() const noexcept;
  [[nodiscard]] JwsAlgorithm algorithm() const noexcept { return verification_key().algorithm(); }
  [[nodiscard]] const std::string& kid() const noexcept { return verification_key().kid(); }
  [[nodiscard]] const std::string& public_der() const noexcept { return verification_key().public_der(); }
  [[nodiscard]] bool verify(std::string_view input, std::string_view signature) const {
    return verification_key().verify(input, signature);
  }

  /// PKCS #8 DER of the private key. Throws std::runtime_error for HS256.
  [[nodiscard]] Secret pkcs8() const;
  /// The raw JWS signature of the input. Thread-safe.
  [[nodiscard]] std::string sign(std::string_view input) const;

 private:
  struct Body;
  explicit SigningKey(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace taskward::crypto
