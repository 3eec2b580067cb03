// A key that signs or checks JWS (RFC 7515), bound to one algorithm for life (RFC 8725, 3.1).
//
// The algorithm is a property of the key and is never taken from a token. EVP handles stay inside.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/secret.hpp"
#include "taskward/model/jws_algorithm.hpp"

namespace taskward::crypto {

using model::JwsAlgorithm;

class SigningKey {
 public:
  /// A fresh ECDSA P-256 key pair.
  [[nodiscard]] static SigningKey generate_es256();
  /// From PKCS #8 DER. Nothing when that is damaged or of another kind.
  [[nodiscard]] static std::optional<SigningKey> es256_from_pkcs8(const Secret& der);
  /// From the secret itself, 32 bytes or more (RFC 7518, 3.2).
  [[nodiscard]] static SigningKey hs256(const Secret& secret);

  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  [[nodiscard]] JwsAlgorithm algorithm() const noexcept;
  /// A name derived from the key's public half (the RFC 7638 thumbprint would do the same).
  [[nodiscard]] const std::string& kid() const noexcept;
  /// PKCS #8 DER of the private half.
  [[nodiscard]] Secret pkcs8() const;
  /// SubjectPublicKeyInfo DER; empty for HS256.
  [[nodiscard]] std::string public_der() const;

  /// The raw JWS signature of the input. Any thread may call.
  [[nodiscard]] std::string sign(std::string_view input) const;
  [[nodiscard]] bool verify(std::string_view input, std::string_view signature) const;

 private:
  struct Body;
  explicit SigningKey(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace taskward::crypto
