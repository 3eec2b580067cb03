#include "cursor_seal.hpp"

#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"

namespace taskward::domain {
namespace {

constexpr std::size_t kMacBytes = 16;

std::string mac_of(std::string_view list, std::string_view payload, const Secret& key) {
  const crypto::Sha256 digest = crypto::hmac_sha256(key.reveal(), std::string(list).append(payload));
  return std::string(crypto::view(digest).substr(0, kMacBytes));
}

}  // namespace

std::string sealed_cursor(std::string_view list, std::string_view payload, const Secret& key) {
  return crypto::base64url(mac_of(list, payload, key).append(payload));
}

std::optional<std::string> open_cursor(std::string_view text, std::string_view list, const Secret& key) {
  auto bytes = crypto::from_base64url(text);
  if (!bytes || bytes->size() < kMacBytes) return std::nullopt;
  std::string payload = bytes->substr(kMacBytes);
  if (!crypto::equal_in_constant_time(std::string_view(*bytes).substr(0, kMacBytes),
                                      mac_of(list, payload, key)))
    return std::nullopt;
  return payload;
}

}  // namespace taskward::domain
