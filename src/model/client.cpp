#include "taskward/model/client.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace taskward::model {
namespace {

constexpr std::array<std::uint8_t, 12> kV4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.empty() || text.size() >= copy.size() || text.find('\0') != std::string_view::npos)
    return std::nullopt;
  std::copy(text.begin(), text.end(), copy.begin());
  IpAddress address;
  if (::inet_pton(AF_INET6, copy.data(), address.bytes.data()) == 1) return address;
  std::copy(kV4Prefix.begin(), kV4Prefix.end(), address.bytes.begin());
  if (::inet_pton(AF_INET, copy.data(), address.bytes.data() + kV4Prefix.size()) == 1) return address;
  return std::nullopt;
}

bool IpAddress::is_v4() const noexcept {
  return std::equal(kV4Prefix.begin(), kV4Prefix.end(), bytes.begin());
}

std::string recorded_address(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address || !address->is_v4()) return std::string(text);
  std::string out;
  for (std::size_t i = kV4Prefix.size(); i < address->bytes.size(); ++i)
    out += (out.empty() ? "" : ".") + std::to_string(address->bytes[i]);
  return out;
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) noexcept {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return IpNetwork{*address, 128};
  const std::string_view digits = text.substr(slash + 1);
  int bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const bool written_as_v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  // from_chars accepts a minus sign; /-0 would contain all addresses.
  if (error != std::errc() || end != digits.data() + digits.size() || digits.front() == '-' ||
      bits > (written_as_v4 ? 32 : 128)) {
    return std::nullopt;
  }
  return IpNetwork{*address, written_as_v4 ? bits + 96 : bits};
}

bool IpNetwork::contains(const IpAddress& one) const noexcept {
  if (one.is_v4() && bits > 0 && bits < static_cast<int>(kV4Prefix.size()) * 8) return false;
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(one.bytes.begin(), one.bytes.begin() + whole, address.bytes.begin())) return false;
  const int rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff00U >> static_cast<unsigned>(rest));
  return ((one.bytes[whole] ^ address.bytes[whole]) & mask) == 0;
}

std::string IpNetwork::text() const {
  const bool is_v4_network = address.is_v4() && bits >= static_cast<int>(kV4Prefix.size()) * 8;
  std::array<char, INET6_ADDRSTRLEN> out{};
  ::inet_ntop(is_v4_network ? AF_INET : AF_INET6,
              address.bytes.data() + (is_v4_network ? kV4Prefix.size() : 0), out.data(), out.size());
  return std::string(out.data()) + '/' + std::to_string(is_v4_network ? bits - 96 : bits);
}

std::string client_subject(std::string_view address) {
  const auto known = IpAddress::parse(address);
  if (!known) return {};
  const auto* bytes = reinterpret_cast<const char*>(known->bytes.data());
  return known->is_v4() ? std::string(bytes + kV4Prefix.size(), 4) : std::string(bytes, 8);
}

}  // namespace taskward::model
