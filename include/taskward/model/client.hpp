// Client addresses, and what rate limits count as one client: an IPv4 address or an IPv6 /64 network, the
// smallest that customers are assigned (RFC 6177). IPv4-mapped IPv6 addresses are treated as IPv4.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskward::model {

/// An IPv6 address, or an IPv4-mapped one (RFC 4291, section 2.5.5.2).
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text) noexcept;
  [[nodiscard]] bool is_v4() const noexcept;
};

/// The address as it is recorded: an IPv4-mapped one in the IPv4 form, every other text unchanged.
[[nodiscard]] std::string recorded_address(std::string_view text);

/// An address, or a network in CIDR notation such as 192.0.2.0/24 or 2001:db8::/32. An IPv6 network contains
/// no IPv4 address, except ::/0, which contains every address.
struct IpNetwork {
  IpAddress address;
  int bits = 128;  ///< prefix length of the IPv6 form

  [[nodiscard]] static std::optional<IpNetwork> parse(std::string_view text) noexcept;
  [[nodiscard]] bool contains(const IpAddress& one) const noexcept;
  /// In CIDR notation; an IPv4 network in the IPv4 form.
  [[nodiscard]] std::string text() const;
};

/// The key of a client: 4 bytes for IPv4, the first 8 bytes for IPv6. Empty if the text is not an address.
[[nodiscard]] std::string client_subject(std::string_view address);

}  // namespace taskward::model
