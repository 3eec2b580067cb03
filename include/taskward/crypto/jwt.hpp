// Access and refresh tokens: JWTs (RFC 7519) in JWS compact form, read as strictly as RFC 8725 asks.
//
// A token is taken only when it is spelled canonically, its header has alg, kid and typ and nothing
// else, its kid names a key we hold, its alg is that key's, its typ is the kind the caller wants, its
// issuer and audience are ours and its times are right. Everything else is refused.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/crypto/jws.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "taskward/crypto/verified_tokens.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::crypto {

/// access: typ at+jwt (RFC 9068); refresh: typ rt+jwt. Neither is ever taken for the other.
enum class TokenKind : std::uint8_t { access, refresh };

struct TokenClaims {
  TokenKind kind = TokenKind::access;
  UserId subject;
  SessionId session;
  TokenId id;
  Timestamp issued_at;                    ///< whole seconds
  Timestamp expires_at;                   ///< whole seconds
  model::Role role = model::Role::guest;  ///< as it was at issue; access tokens only, for the client's eyes
};

/// Who signs for whom.
struct TokenIssuer {
  std::string issuer;
  std::string audience;
};

/// The keys of a moment: constant once made, shared by all threads. Access tokens are remembered as
/// verified, so that only the first use of one pays for its signature.
class TokenKeys {
 public:
  /// The signer verifies too; the others do nothing else.
  TokenKeys(SigningKey signer, const std::vector<VerificationKey>& others, TokenIssuer issuer);

  [[nodiscard]] Secret sign(const TokenClaims& claims) const;

  /// 401 invalid_token, or token_expired for a token that was right until it expired.
  [[nodiscard]] Result<TokenClaims> verify(std::string_view token, TokenKind kind, Timestamp now) const;

  /// All that verify, the one that signs first.
  [[nodiscard]] const std::vector<VerificationKey>& verification_keys() const noexcept { return keys_; }

 private:
  [[nodiscard]] const VerificationKey* key_named(std::string_view kid) const noexcept;
  [[nodiscard]] Result<TokenClaims> verify_anew(std::string_view token, TokenKind kind, Timestamp now) const;

  SigningKey signer_;
  std::vector<VerificationKey> keys_;
  TokenIssuer issuer_;
  mutable VerifiedTokens<TokenClaims> verified_;  // a cache: it changes no answer
};

/// How far another host's clock may be ahead of ours.
inline constexpr std::chrono::seconds kClockSkew{30};

}  // namespace taskward::crypto
