#include "taskward/crypto/jwt.hpp"

#include <algorithm>
#include <stdexcept>

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

Error refused(std::string_view why) {
  return {ErrorCode::invalid_token, {}, "token refused: " + std::string(why)};
}

/// The three parts of a compact JWS.
struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_input;
};

std::optional<Parts> parts_of(std::string_view token) noexcept {
  if (token.size() > kTokenMaxBytes) return std::nullopt;
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
               token.substr(0, second)};
}

/// A part that is a JSON object in base64url.
std::optional<json::Object> object_of(std::string_view part) {
  auto text = from_base64url(part);
  if (!text) return std::nullopt;
  auto value = json::parse(*text);
  if (!value) return std::nullopt;
  auto* object = value->get_if<json::Object>();
  if (object == nullptr) return std::nullopt;
  return std::move(*object);
}

std::string_view text_member(const json::Object& object, std::string_view name) noexcept {
  const json::Value* value = json::find(object, name);
  const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::optional<Timestamp> time_member(const json::Object& object, std::string_view name) noexcept {
  const json::Value* value = json::find(object, name);
  const auto* number = value == nullptr ? nullptr : value->get_if<std::int64_t>();
  // Until the year 9999; anything else could overflow a Timestamp.
  if (number == nullptr || *number < 0 || *number > 253'402'300'799) return std::nullopt;
  return Timestamp(seconds(*number));
}

}  // namespace

TokenKeys::TokenKeys(std::vector<SigningKey> keys, TokenIssuer issuer)
    : keys_(std::move(keys)), issuer_(std::move(issuer)) {
  if (keys_.empty()) throw std::logic_error("token keys without a key");
}

const SigningKey* TokenKeys::key_named(std::string_view kid) const noexcept {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const SigningKey& key) { return key.kid() == kid; });
  return found == keys_.end() ? nullptr : &*found;
}

Secret TokenKeys::sign(const TokenClaims& claims) const {
  const SigningKey& key = keys_.front();
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
  // A refresh token is used once; remembering it would help nobody.
  if (kind != TokenKind::access || token.size() > kTokenMaxBytes) return verify_anew(token, kind, now);
  const Sha256 hash = sha256(token);
  if (const auto known = verified_.find(hash)) {
    if (known->expires_at <= now) return Error(ErrorCode::token_expired);
    return *known;
  }
  auto claims = verify_anew(token, kind, now);
  if (claims) verified_.remember(hash, *claims);
  return claims;
}

Result<TokenClaims> TokenKeys::verify_anew(std::string_view token, TokenKind kind, Timestamp now) const {
  const auto parts = parts_of(token);
  if (!parts) return refused("not a compact JWS of at most 4096 bytes");
  const auto header = object_of(parts->header);
  // crit, jku, jwk, x5u and the like would each ask us to do something; nothing here does (RFC 8725, 3.10).
  if (!header || header->size() != 3) return refused("a header of other members than alg, kid and typ");
  const SigningKey* key = key_named(text_member(*header, "kid"));
  if (key == nullptr) return refused("no such key");
  if (text_member(*header, "alg") != model::name(key->algorithm())) return refused("not the key's algorithm");
  if (text_member(*header, "typ") != type_of(kind)) return refused("not this type of token");
  const auto signature = from_base64url(parts->signature);
  if (!signature || !key->verify(parts->signed_input, *signature)) return refused("wrong signature");

  // From here on we read what we ourselves have signed; it is checked all the same.
  const auto payload = object_of(parts->payload);
  if (!payload) return refused("a payload that is no object");
  if (text_member(*payload, "iss") != issuer_.issuer) return refused("another issuer");
  if (text_member(*payload, "aud") != issuer_.audience) return refused("another audience");
  const auto subject = UserId::parse(text_member(*payload, "sub"));
  const auto session = SessionId::parse(text_member(*payload, "sid"));
  const auto id = TokenId::parse(text_member(*payload, "jti"));
  const auto issued_at = time_member(*payload, "iat");
  const auto not_before = time_member(*payload, "nbf");
  const auto expires_at = time_member(*payload, "exp");
  if (!subject || !session || !id || !issued_at || !not_before || !expires_at)
    return refused("a claim is missing");
  model::Role role = model::Role::guest;
  if (kind == TokenKind::access) {
    const auto claimed = model::role(text_member(*payload, "role"));
    if (!claimed) return refused("no known role");
    role = *claimed;
  }
  if (*not_before > now + kClockSkew || *issued_at > now + kClockSkew) return refused("not valid yet");
  if (*expires_at <= now) return Error(ErrorCode::token_expired);
  return TokenClaims{kind, *subject, *session, *id, *issued_at, *expires_at, role};
}

}  // namespace taskward::crypto
