// Who counts as one client of the network, for limits.
//
// An IPv4 address is a client. Of an IPv6 address its /64 is, because that is what one customer is given
// (RFC 6177). An IPv4 address in IPv6 form (::ffff:192.0.2.7) is the IPv4 address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskward::model {

/// An address in its IPv6 form, 16 bytes; IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text) noexcept;
  [[nodiscard]] bool is_v4() const noexcept;
};

/// An address, or a network in CIDR form such as 192.0.2.0/24 or 2001:db8::/32.
struct IpNetwork {
  IpAddress address;
  int bits = 128;  ///< of the IPv6 form

  [[nodiscard]] static std::optional<IpNetwork> parse(std::string_view text) noexcept;
  [[nodiscard]] bool contains(const IpAddress& one) const noexcept;
};

/// The bytes that name a client: the 4 of an IPv4 address, the first 8 of an IPv6 one. Empty when the text
/// is no address.
[[nodiscard]] std::string client_subject(std::string_view address);

}  // namespace taskward::model
