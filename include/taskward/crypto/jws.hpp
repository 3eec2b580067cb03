// JWS Compact Serialization (RFC 7515), verified as recommended by RFC 8725. All tokens are read by this
// code, to which public test vectors are applied (tests/vectors).
//
// Accepts three parts in canonical base64url; a header that is a JSON object without duplicate members and
// without parameters that refer to keys or change the processing; and an alg that is the key's. Callers check
// the rest of the header.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/crypto/verification_key.hpp"
#include "taskward/json/value.hpp"

namespace taskward::crypto {

/// Longer tokens are rejected without parsing. Tokens of this service have less than 700 bytes, with RS256
/// 1200.
inline constexpr std::size_t kJwsMaxBytes = 4096;

/// Parsed but not verified. Refers to the text it was read from.
struct Jws {
  json::Object header;
  std::string payload;
  std::string signature;
  std::string_view signed_input;  ///< a view into the text

  /// A string member of the header; empty if it is missing or not a string.
  [[nodiscard]] std::string_view header_text(std::string_view name) const noexcept;
};

/// 401 invalid_token, with the reason for the log.
[[nodiscard]] Result<Jws> read_jws(std::string_view compact);
/// 401 invalid_token if alg is not the algorithm of the key or the signature is wrong.
[[nodiscard]] Result<Done> check_signature(const Jws& jws, const VerificationKey& key);

/// read_jws() and check_signature(). Returns the payload, which may be any bytes.
[[nodiscard]] Result<std::string> verify_jws(std::string_view compact, const VerificationKey& key);

/// 401 invalid_token. The reason is for the log and must not quote the token.
[[nodiscard]] Error reject_token(std::string_view why);

}  // namespace taskward::crypto
