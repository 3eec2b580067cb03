// Time-based one-time passwords of authenticator apps: TOTP (RFC 6238) over HOTP (RFC 4226), with HMAC-SHA-1,
// 6 digits and steps of 30 seconds, the only parameters that all apps support. HMAC-SHA-1 does not depend on
// the collision resistance of SHA-1 (RFC 4226, appendix B).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::crypto {

inline constexpr int kTotpDigits = 6;
inline constexpr std::chrono::seconds kTotpPeriod{30};
/// The size of new secrets: that of the hash, as RFC 4226, section 4, recommends.
inline constexpr std::size_t kTotpSecretBytes = 20;

[[nodiscard]] Secret new_totp_secret(RandomSource& random);

/// The number of whole periods since 1970.
[[nodiscard]] std::int64_t totp_step(Timestamp moment);

/// The code of a step, possibly with leading zeros.
[[nodiscard]] std::string totp_code(const Secret& secret, std::int64_t step);

/// The step that has this code: the current one, the one before or the one after, because clocks differ and
/// typing takes time (RFC 6238, section 5.2). Nothing if none of them has. The time does not depend on which
/// one it is.
///
/// A code must be accepted once (RFC 6238, section 5.2): the caller stores the step, and refuses a step that
/// is not later than the stored one. If several steps have the code, the latest is returned, so that storing
/// it makes all of them unusable.
[[nodiscard]] std::optional<std::int64_t> matching_totp_step(const Secret& secret, std::string_view code,
                                                             Timestamp now);

/// The text of the QR code for an authenticator app, in Google's Key URI Format:
///   otpauth://totp/ISSUER:ACCOUNT?secret=BASE32&issuer=ISSUER&algorithm=SHA1&digits=6&period=30
/// A colon in a name becomes a space, because apps split the label at a colon even if it is percent-encoded.
[[nodiscard]] Secret otpauth_uri(std::string_view issuer, std::string_view account, const Secret& secret);

}  // namespace taskward::crypto
