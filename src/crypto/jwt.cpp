#include "taskward/crypto/jwt.hpp"

#include <algorithm>

#include "taskward/crypto/encoding.hpp"
#include "taskward/json/value.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::crypto {
namespace {

using std::chrono::seconds;

std::string_view type_of(TokenKind kind) noexcept { return kind == TokenKind::access ? "at+jwt" : "rt+jwt"; }

std::int64_t unix_seconds(Timestamp moment) {
  return std::chrono::floor<seconds>(moment).time_since_epoch().count();
}

std::string_view text_member(const json::Object& object, std::string_view name) noexcept {
  const json::Value* value = json::find(object, name);
  const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::optional<Timestamp> time_member(const json::Object& object, std::string_view name) noexcept {
  const json::Value* value = json::find(object, name);
  const auto* number = value == nullptr ? nullptr : value->get_if<std::int64_t>();
  // At most the year 9999, so that Timestamp does not overflow.
  if (number == nullptr || *number < 0 || *number > 253'402'300'799) return std::nullopt;
  return Timestamp(seconds(*number));
}

/// The claims amr and auth_time, which tokens of older releases do not have. acr follows from amr.
std::optional<model::Authentication> authentication_claims(const json::Object& payload) {
  model::Authentication found;
  if (const json::Value* methods = json::find(payload, "amr")) {
    const auto* list = methods->get_if<json::Array>();
    if (list == nullptr) return std::nullopt;
    for (const json::Value& one : *list) {
      const auto* text = one.get_if<std::string>();
      const auto method = text == nullptr ? std::nullopt : model::authentication_method(*text);
      if (!method) return std::nullopt;
      found.methods.add(*method);
    }
  }
  if (json::find(payload, "auth_time") != nullptr) {
    const auto at = time_member(payload, "auth_time");
    if (!at) return std::nullopt;
    found.at = *at;
  }
  return found;
}

}  // namespace

TokenKeys::TokenKeys(SigningKey signer, const std::vector<VerificationKey>& others,
                     std::vector<SigningKey> refresh_keys, TokenIssuer issuer)
    : signer_(std::move(signer)),
      keys_{signer_.verification_key()},
      refresh_keys_(std::move(refresh_keys)),
      issuer_(std::move(issuer)) {
  keys_.insert(keys_.end(), others.begin(), others.end());
}

const VerificationKey* TokenKeys::key_named(std::string_view kid) const noexcept {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const VerificationKey& key) { return key.kid() == kid; });
  return found == keys_.end() ? nullptr : &*found;
}

const VerificationKey* TokenKeys::refresh_key_named(std::string_view kid) const noexcept {
  const auto found = std::find_if(refresh_keys_.begin(), refresh_keys_.end(),
                                  [&](const SigningKey& key) { return key.kid() == kid; });
  return found == refresh_keys_.end() ? nullptr : &found->verification_key();
}

Secret TokenKeys::sign(const TokenClaims& claims) const {
  return signed_by(claims.kind == TokenKind::access ? signer_ : refresh_keys_.front(), claims);
}

std::optional<Secret> TokenKeys::sign_again(const TokenClaims& claims, const Sha256& hash) const {
  for (const SigningKey& key : refresh_keys_) {
    Secret token = signed_by(key, claims);
    if (sha256(token.reveal()) == hash) return token;
  }
  return std::nullopt;
}

Secret TokenKeys::signed_by(const SigningKey& key, const TokenClaims& claims) const {
  json::Writer w;
  w.begin_object();
  w.key("alg");
  w.string(model::name(key.algorithm()));
  w.key("kid");
  w.string(key.kid());
  w.key("typ");
  w.string(type_of(claims.kind));
  w.end_object();
  std::string token = base64url(w.take());

  w.begin_object();
  w.key("iss");
  w.string(issuer_.issuer);
  w.key("aud");
  w.string(issuer_.audience);
  w.key("sub");
  w.string(claims.subject.text());
  w.key("sid");
  w.string(claims.session.text());
  w.key("jti");
  w.string(claims.id.text());
  w.key("iat");
  w.number(unix_seconds(claims.issued_at));
  w.key("nbf");
  w.number(unix_seconds(claims.issued_at));
  w.key("exp");
  w.number(unix_seconds(claims.expires_at));
  if (claims.kind == TokenKind::access) {
    w.key("role");
    w.string(model::name(claims.role));
    w.key("acr");
    w.string(model::name(claims.authentication.methods.level()));
    w.key("amr");
    w.begin_array();
    for (const std::string_view method : claims.authentication.methods.names()) w.string(method);
    w.end_array();
    w.key("auth_time");
    w.number(unix_seconds(claims.authentication.at));
  }
  w.end_object();
  token += '.';
  token += base64url(w.take());

  const std::string signature = key.sign(token);
  token += '.';
  token += base64url(signature);
  return Secret::take(token);
}

Result<TokenClaims> TokenKeys::verify(std::string_view token, TokenKind kind, Timestamp now) const {
  // Refresh tokens are used once, so caching them has no benefit.
  if (kind != TokenKind::access || token.size() > kJwsMaxBytes) return verify_uncached(token, kind, now);
  const Sha256 hash = sha256(token);
  if (const auto known = verified_.find(hash)) {
    if (known->expires_at <= now) return Error(ErrorCode::token_expired);
    return *known;
  }
  auto claims = verify_uncached(token, kind, now);
  if (claims) verified_.remember(hash, *claims);
  return claims;
}

Result<TokenClaims> TokenKeys::verify_uncached(std::string_view token, TokenKind kind, Timestamp now) const {
  auto jws = read_jws(token);
  if (!jws) return std::move(jws).error();
  // Exactly these, so that no unknown parameter is ignored.
  if (jws->header.size() != 3) return reject_token("the header has other parameters than alg, kid and typ");
  const std::string_view kid = jws->header_text("kid");
  const VerificationKey* key = kind == TokenKind::refresh ? refresh_key_named(kid) : nullptr;
  // Refresh tokens of older releases are valid until they expire.
  const bool is_former = kind == TokenKind::refresh && key == nullptr;
  if (key == nullptr) key = key_named(kid);
  if (key == nullptr) return reject_token("unknown key");
  if (jws->header_text("typ") != type_of(kind)) return reject_token("wrong type of token");
  auto right = check_signature(*jws, *key);
  if (!right) return std::move(right).error();

  // The payload was signed by this service, but is checked nevertheless.
  auto parsed = json::parse(jws->payload);
  const auto* payload = parsed ? parsed->get_if<json::Object>() : nullptr;
  if (payload == nullptr) return reject_token("the payload is not an object");
  if (text_member(*payload, "iss") != issuer_.issuer) return reject_token("wrong issuer");
  if (text_member(*payload, "aud") != issuer_.audience) return reject_token("wrong audience");
  const auto subject = UserId::parse(text_member(*payload, "sub"));
  const auto session = SessionId::parse(text_member(*payload, "sid"));
  const auto id = TokenId::parse(text_member(*payload, "jti"));
  const auto issued_at = time_member(*payload, "iat");
  const auto not_before = time_member(*payload, "nbf");
  const auto expires_at = time_member(*payload, "exp");
  if (!subject || !session || !id || !issued_at || !not_before || !expires_at)
    return reject_token("a claim is missing or invalid");
  model::Role role = model::Role::guest;
  model::Authentication authentication;
  if (kind == TokenKind::access) {
    const auto claims = authentication_claims(*payload);
    if (!claims) return reject_token("amr or auth_time is invalid");
    authentication = *claims;
    const auto claimed = model::role(text_member(*payload, "role"));
    if (!claimed) return reject_token("unknown role");
    role = *claimed;
  }
  // The row of its session decides about a refresh token, also after a failover to a database whose clock is
  // behind.
  const bool is_early = *not_before > now + issuer_.leeway || *issued_at > now + issuer_.leeway;
  if (is_early && kind == TokenKind::access) return reject_token("not valid yet");
  if (*expires_at <= now) return Error(ErrorCode::token_expired);
  return TokenClaims{kind, *subject, *session, *id, *issued_at, *expires_at, role, authentication, is_former};
}

}  // namespace taskward::crypto
