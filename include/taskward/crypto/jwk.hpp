// Public keys as JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037). Private keys are never written.
#pragma once

#include <optional>

#include "taskward/crypto/verification_key.hpp"
#include "taskward/json/value.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::crypto {

/// Writes an object with kty, the public key, kid, alg, and use "sig". Throws std::logic_error for HS256.
void write_public_jwk(json::Writer& w, const VerificationKey& key);

/// Reads a public key or a shared secret (kty "oct"), which determines the algorithm. Nothing if alg is
/// another algorithm, if use or key_ops exclude verification, if it contains a private key, or if the key is
/// invalid or too weak. Ignores kid.
[[nodiscard]] std::optional<VerificationKey> read_jwk(const json::Object& jwk);

}  // namespace taskward::crypto
