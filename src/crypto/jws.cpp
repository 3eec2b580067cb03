#include "taskward/crypto/jws.hpp"

#include <algorithm>
#include <array>

#include "taskward/crypto/encoding.hpp"

namespace taskward::crypto {
namespace {

/// Unsupported header parameters that refer to keys or change the processing (RFC 8725, section 3.10; RFC
/// 7515, section 4.1.11; RFC 7797).
constexpr std::array<std::string_view, 7> kRefusedMembers{"crit", "b64", "jku", "jwk", "x5u", "x5c", "zip"};

}  // namespace

Error reject_token(std::string_view why) {
  return {ErrorCode::invalid_token, {}, "token rejected: " + std::string(why)};
}

std::string_view Jws::header_text(std::string_view name) const noexcept {
  const json::Value* value = json::find(header, name);
  const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

Result<Jws> read_jws(std::string_view compact) {
  if (compact.size() > kJwsMaxBytes) return reject_token("longer than 4096 bytes");
  const std::size_t first = compact.find('.');
  const std::size_t second = first == std::string_view::npos ? first : compact.find('.', first + 1);
  if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos)
    return reject_token("not a compact JWS of three parts");
  auto header = from_base64url(compact.substr(0, first));
  auto payload = from_base64url(compact.substr(first + 1, second - first - 1));
  auto signature = from_base64url(compact.substr(second + 1));
  if (!header || !payload || !signature) return reject_token("not canonical base64url");
  auto parsed = json::parse(*header);
  auto* object = parsed ? parsed->get_if<json::Object>() : nullptr;
  if (object == nullptr) return reject_token("the header is not a JSON object without duplicate members");
  const auto is_refused = [](const json::Member& member) {
    return std::find(kRefusedMembers.begin(), kRefusedMembers.end(), member.first) != kRefusedMembers.end();
  };
  if (std::any_of(object->begin(), object->end(), is_refused))
    return reject_token("the header has an unsupported parameter");
  return Jws{std::move(*object), std::move(*payload), std::move(*signature), compact.substr(0, second)};
}

Result<Done> check_signature(const Jws& jws, const VerificationKey& key) {
  if (jws.header_text("alg") != model::name(key.algorithm()))
    return reject_token("alg is not the algorithm of the key");
  if (!key.verify(jws.signed_input, jws.signature)) return reject_token("invalid signature");
  return Done{};
}

Result<std::string> verify_jws(std::string_view compact, const VerificationKey& key) {
  auto jws = read_jws(compact);
  if (!jws) return std::move(jws).error();
  auto right = check_signature(*jws, key);
  if (!right) return std::move(right).error();
  return std::move(jws->payload);
}

}  // namespace taskward::crypto
