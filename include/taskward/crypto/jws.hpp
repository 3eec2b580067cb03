// JWS in compact form (RFC 7515), read as strictly as RFC 8725 asks. This is what every token goes
// through, and the seam at which public test vectors are run (tests/vectors).
//
// Three parts in base64url, each spelled in the one canonical way; a header that is a JSON object, no
// member of it twice; nothing in it that would have us fetch, believe or understand anything; an alg that
// is the key's own. Whatever else is asked of a header is its reader's business.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "taskward/base/result.hpp"
#include "taskward/crypto/verification_key.hpp"
#include "taskward/json/value.hpp"

namespace taskward::crypto {

/// Longer ones are refused unread: ours are under 700 bytes, with RS256 under 1200.
inline constexpr std::size_t kJwsMaxBytes = 4096;

/// Taken apart, and not yet believed. Lives as long as the text it was read from.
struct Jws {
  json::Object header;
  std::string payload;
  std::string signature;
  std::string_view signed_input;  ///< a view into the text

  /// The header's member if it is a text, otherwise empty.
  [[nodiscard]] std::string_view header_text(std::string_view name) const noexcept;
};

/// 401 invalid_token, with the reason for the journal.
[[nodiscard]] Result<Jws> read_jws(std::string_view compact);
/// Whether the key is of the header's alg and made the signature. 401 invalid_token.
[[nodiscard]] Result<Done> check_signature(const Jws& jws, const VerificationKey& key);

/// Both in one: the payload, which may be any bytes.
[[nodiscard]] Result<std::string> verify_jws(std::string_view compact, const VerificationKey& key);

/// The refusal of a token. The text is for the journal, and quotes nothing of the token.
[[nodiscard]] Error token_refused(std::string_view why);

}  // namespace taskward::crypto
