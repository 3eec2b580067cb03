// Access and refresh tokens: JWTs (RFC 7519) as compact JWS, verified as recommended by RFC 8725.
//
// A token is accepted only in canonical encoding, with a header of exactly alg, kid and typ, where kid is a
// known key for the expected kind, alg is its algorithm and typ is the expected kind, with this service's iss
// and aud, and within its validity period.
//
// Refresh tokens are read by this service only, so they are signed by HMAC, with keys of their own that never
// verify access tokens. Equal claims have the same refresh token, so one can be made again.
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

/// access: typ at+jwt (RFC 9068); refresh: typ rt+jwt. Neither is accepted as the other.
enum class TokenKind : std::uint8_t { access, refresh };

struct TokenClaims {
  TokenKind kind = TokenKind::access;
  UserId subject;
  SessionId session;
  TokenId id;
  Timestamp issued_at;                    ///< whole seconds
  Timestamp expires_at;                   ///< whole seconds
  model::Role role = model::Role::guest;  ///< at issuance, informative for clients; access tokens only
  /// amr, acr and auth_time (RFC 9470, section 6.1), in whole seconds; access tokens only.
  model::Authentication authentication{};
  bool is_former = false;  ///< a refresh token of an older release, signed by a key of access tokens
};

/// How far in the future iat and nbf may be.
inline constexpr std::chrono::seconds kTokenLeeway{30};

/// The iss and aud claims, and the leeway of those that verify them.
struct TokenIssuer {
  std::string issuer;
  std::string audience;
  std::chrono::seconds leeway = kTokenLeeway;
};

/// An immutable set of keys, shared by all threads. Caches verified access tokens, so that the signature of
/// each is verified once.
class TokenKeys {
 public:
  /// The signer also verifies; the others only verify. The first of the refresh keys, which are HS256 keys,
  /// signs refresh tokens; all verify them.
  TokenKeys(SigningKey signer, const std::vector<VerificationKey>& others,
            std::vector<SigningKey> refresh_keys, TokenIssuer issuer);

  [[nodiscard]] Secret sign(const TokenClaims& claims) const;

  /// The refresh token with these claims and this SHA-256, whichever of the keys signed it. Nothing if none
  /// did.
  [[nodiscard]] std::optional<Secret> sign_again(const TokenClaims& claims, const Sha256& hash) const;

  /// 401 invalid_token, or token_expired for a token that is otherwise valid.
  [[nodiscard]] Result<TokenClaims> verify(std::string_view token, TokenKind kind, Timestamp now) const;

  /// The keys that verify access tokens, the signer first.
  [[nodiscard]] const std::vector<VerificationKey>& verification_keys() const noexcept { return keys_; }

 private:
  [[nodiscard]] Secret signed_by(const SigningKey& key, const TokenClaims& claims) const;
  [[nodiscard]] const VerificationKey* key_named(std::string_view kid) const noexcept;
  [[nodiscard]] const VerificationKey* refresh_key_named(std::string_view kid) const noexcept;
  [[nodiscard]] Result<TokenClaims> verify_uncached(std::string_view token, TokenKind kind,
                                                    Timestamp now) const;

  SigningKey signer_;
  std::vector<VerificationKey> keys_;
  std::vector<SigningKey> refresh_keys_;
  TokenIssuer issuer_;
  mutable VerifiedTokens<TokenClaims> verified_;  // a cache
};

}  // namespace taskward::crypto
