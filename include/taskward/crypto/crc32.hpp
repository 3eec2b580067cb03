// CRC-32 as in Ethernet, zlib and PNG (ISO/IEC 8802-3): detects typing and copying errors, not forgery.
#pragma once

#include <cstdint>
#include <string_view>

namespace taskward::crypto {

[[nodiscard]] std::uint32_t crc32(std::string_view bytes) noexcept;

}  // namespace taskward::crypto
