// Public keys as JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037). A private one is never written.
#pragma once

#include <optional>

#include "taskward/crypto/verification_key.hpp"
#include "taskward/json/value.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::crypto {

/// One object: kty, the public half, kid, alg, and use "sig". HS256 has no public half: std::logic_error.
void write_public_jwk(json::Writer& w, const VerificationKey& key);

/// The key of a public JWK, or of a shared secret (kty "oct"). It is bound to the one algorithm its kind of
/// key has here. Nothing when its alg, if given, is another; when it is not for checking signatures (use,
/// key_ops); when it holds a private half; and when the key itself is damaged or too weak. Its kid is not
/// read.
[[nodiscard]] std::optional<VerificationKey> read_jwk(const json::Object& jwk);

}  // namespace taskward::crypto
