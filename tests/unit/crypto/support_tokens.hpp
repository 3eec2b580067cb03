// Tokens with any header, payload and signature, as an attacker could create them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/jwt.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/unit/support_outcome.hpp"

namespace taskward::testing {

using crypto::JwsAlgorithm;
using crypto::SigningKey;
using crypto::TokenKind;

inline constexpr std::string_view kIssuer = "https://tasks.example";
inline constexpr std::string_view kAudience = "tasks";
inline const std::string kSubject = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

/// Signing keys, a clock, and tokens signed with the keys.
struct TokenFixture {
  /// Returns the same key at each call, because generating a key pair is slow.
  static SigningKey key_by(JwsAlgorithm algorithm) {
    if (algorithm == JwsAlgorithm::HS256) return hs256();
    static std::map<JwsAlgorithm, Secret> generated;
    if (generated.count(algorithm) == 0) generated[algorithm] = SigningKey::generate(algorithm).pkcs8();
    return *SigningKey::from_pkcs8(algorithm, generated[algorithm]);
  }
  static SigningKey es256() { return key_by(JwsAlgorithm::ES256); }
  static SigningKey hs256(char c = 'k') { return SigningKey::hs256(Secret(std::string(32, c))); }

  /// The key of refresh tokens that belongs to the key.
  static SigningKey refresh_key_of(const SigningKey& key) {
    return SigningKey::hs256(Secret("refresh tokens with signing key " + key.kid()));
  }

  /// The first key signs, all keys verify.
  template <class... Keys>
  static crypto::TokenKeys keys_of(SigningKey signer, const Keys&... others) {
    std::vector<SigningKey> refresh_keys;
    refresh_keys.push_back(refresh_key_of(signer));
    (refresh_keys.push_back(refresh_key_of(others)), ...);
    return {std::move(signer),
            {others.verification_key()...},
            std::move(refresh_keys),
            {std::string(kIssuer), std::string(kAudience)}};
  }

  TokenFixture() : TokenFixture(JwsAlgorithm::ES256) {}
  explicit TokenFixture(JwsAlgorithm algorithm) : key(key_by(algorithm)), keys(keys_of(key_by(algorithm))) {}

  FixedClock clock;
  SigningKey key;
  crypto::TokenKeys keys;

  [[nodiscard]] long long now() const {
    return std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch().count();
  }

  [[nodiscard]] crypto::TokenClaims claims(TokenKind kind = TokenKind::access) const {
    crypto::TokenClaims out;
    out.kind = kind;
    out.subject = *UserId::parse(kSubject);
    out.session = *SessionId::parse("017f22e2-79b0-7cc3-98c4-000000000001");
    out.id = *TokenId::parse("017f22e2-79b0-7cc3-98c4-000000000002");
    out.issued_at = clock.now();
    out.expires_at = clock.now() + std::chrono::minutes(15);
    out.role = model::Role::user;
    out.authentication = {{model::AuthenticationMethod::pwd}, clock.now()};
    return out;
  }

  [[nodiscard]] std::string header(std::string_view more = {}) const { return header_of(key, more); }
  [[nodiscard]] static std::string header_of(const SigningKey& key, std::string_view more = {},
                                             std::string_view type = "at+jwt") {
    return R"({"alg":")" + std::string(name(key.algorithm())) + R"(","kid":")" + key.kid() + R"(","typ":")" +
           std::string(type) + '"' + std::string(more) + '}';
  }

  /// The claims as a JSON object; the claim `changed` is omitted, or replaced with `to`.
  [[nodiscard]] std::string payload(std::string_view changed = {}, std::string_view to = {}) const {
    std::string out;
    const auto member = [&](std::string_view claim, const std::string& value) {
      if (claim == changed && to.empty()) return;
      out += (out.empty() ? "{\"" : ",\"") + std::string(claim) +
             "\":" + (claim == changed ? std::string(to) : value);
    };
    member("iss", '"' + std::string(kIssuer) + '"');
    member("aud", '"' + std::string(kAudience) + '"');
    member("sub", '"' + kSubject + '"');
    member("sid", R"("017f22e2-79b0-7cc3-98c4-000000000001")");
    member("jti", R"("017f22e2-79b0-7cc3-98c4-000000000002")");
    member("iat", std::to_string(now()));
    member("nbf", std::to_string(now()));
    member("exp", std::to_string(now() + 900));
    // Without the role, the claims are those of a refresh token.
    if (changed == "role" && to.empty()) return out + '}';
    member("role", R"("user")");
    member("acr", R"("aal1")");
    member("amr", R"(["pwd"])");
    member("auth_time", std::to_string(now()));
    return out + '}';
  }

  [[nodiscard]] static std::string signed_by(const SigningKey& key, std::string_view header,
                                             std::string_view payload) {
    const std::string input = crypto::base64url(header) + '.' + crypto::base64url(payload);
    return input + '.' + crypto::base64url(key.sign(input));
  }
  [[nodiscard]] std::string token(std::string_view header, std::string_view payload) const {
    return signed_by(key, header, payload);
  }

  /// "ok", or the error code.
  [[nodiscard]] std::string read(std::string_view token, TokenKind kind = TokenKind::access) const {
    return outcome(keys.verify(token, kind, clock.now()));
  }
};

}  // namespace taskward::testing
