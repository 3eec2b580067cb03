// A key that signs JWS (RFC 7515), with the key that checks what it signed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/secret.hpp"
#include "taskward/crypto/verification_key.hpp"

namespace taskward::crypto {

/// The size of RSA keys that are made here: NIST SP 800-57 part 1 asks for it beyond 2030.
inline constexpr unsigned kRsaBits = 3072;

class SigningKey {
 public:
  /// A fresh key pair: P-256, RSA of kRsaBits, or Ed25519. HS256 has no pair: std::logic_error.
  [[nodiscard]] static SigningKey generate(JwsAlgorithm algorithm);
  /// From PKCS #8 DER. Nothing when that is damaged, of another kind than the algorithm's, or too weak.
  [[nodiscard]] static std::optional<SigningKey> from_pkcs8(JwsAlgorithm algorithm, const Secret& der);
  /// From the secret itself, as VerificationKey::hs256.
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

  /// PKCS #8 DER of the private half. std::runtime_error for HS256.
  [[nodiscard]] Secret pkcs8() const;
  /// The raw JWS signature of the input. Any thread may call.
  [[nodiscard]] std::string sign(std::string_view input) const;

 private:
  struct Body;
  explicit SigningKey(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace taskward::crypto
