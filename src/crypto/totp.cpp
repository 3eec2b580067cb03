#include "taskward/crypto/totp.hpp"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "openssl.hpp"
#include "taskward/crypto/base32.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/http/header_values.hpp"

namespace taskward::crypto {
namespace {

using Sha1 = std::array<std::uint8_t, 20>;

Sha1 hmac_sha1(std::string_view key, std::string_view bytes) {
  Sha1 digest{};
  unsigned int size = digest.size();
  must(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(),
            digest.data(), &size) != nullptr,
       "HMAC");
  return digest;
}

std::string label_part(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), ':', ' ');
  return http::percent_encoded(text);
}

}  // namespace

Secret new_totp_secret(RandomSource& random) {
  std::string bytes(kTotpSecretBytes, '\0');
  random.fill({bytes_of(bytes), bytes.size()});
  return Secret::take(bytes);
}

std::int64_t totp_step(Timestamp moment) {
  return std::chrono::floor<std::chrono::seconds>(moment).time_since_epoch() / kTotpPeriod;
}

std::string totp_code(const Secret& secret, std::int64_t step) {
  std::string counter(8, '\0');
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[i] = static_cast<char>((static_cast<std::uint64_t>(step) >> (56 - 8 * i)) & 255U);
  const Sha1 digest = hmac_sha1(secret.reveal(), counter);
  // Dynamic truncation (RFC 4226, section 5.3).
  const std::size_t offset = digest.back() & 15U;
  std::uint32_t number = digest[offset] & 127U;
  for (std::size_t i = 1; i < 4; ++i) number = (number << 8U) | digest[offset + i];
  std::string code(kTotpDigits, '0');
  for (std::size_t i = code.size(); i-- > 0; number /= 10) code[i] = static_cast<char>('0' + number % 10);
  return code;
}

std::optional<std::int64_t> matching_totp_step(const Secret& secret, std::string_view code, Timestamp now) {
  const std::int64_t current = totp_step(now);
  std::optional<std::int64_t> matching;
  for (const std::int64_t step : {current - 1, current, current + 1}) {
    const bool matches = equal_in_constant_time(totp_code(secret, step), code);
    if (matches) matching = step;
  }
  return matching;
}

Secret otpauth_uri(std::string_view issuer, std::string_view account, const Secret& secret) {
  const std::string by = label_part(issuer);
  std::string key = base32(secret.reveal());
  const std::string before = "otpauth://totp/" + by + ':' + label_part(account) + "?secret=";
  const std::string after = "&issuer=" + by + "&algorithm=SHA1&digits=" + std::to_string(kTotpDigits) +
                            "&period=" + std::to_string(kTotpPeriod.count());
  std::string uri;
  // At once, because a string that grows leaves a copy of the secret in freed memory.
  uri.reserve(before.size() + key.size() + after.size());
  uri += before;
  uri += key;
  uri += after;
  wipe(key);
  return Secret::take(uri);
}

}  // namespace taskward::crypto
