// QR codes (ISO/IEC 18004) as SVG, for the secret of an authenticator app.
#pragma once

#include <cstddef>

#include "taskward/base/secret.hpp"

namespace taskward::crypto {

/// What a QR code of error correction level M can hold.
inline constexpr std::size_t kQrTextMaxBytes = 2331;

/// A self-contained SVG document of 1 unit per module, without script, style or reference, for any size:
/// black modules on white, with the quiet zone of 4 modules. Error correction level M. Throws
/// std::logic_error for text that is empty or longer than kQrTextMaxBytes.
[[nodiscard]] Secret qr_svg(const Secret& text);

}  // namespace taskward::crypto
