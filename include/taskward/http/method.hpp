// The supported HTTP methods (RFC 9110; PATCH: RFC 5789).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace taskward::http {

enum class Method : std::uint8_t { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS };
inline constexpr std::array kMethods{Method::GET,   Method::HEAD,   Method::POST,   Method::PUT,
                                     Method::PATCH, Method::DELETE, Method::OPTIONS};

[[nodiscard]] std::string_view name(Method method) noexcept;
/// Methods are case-sensitive (RFC 9110, section 9.1).
[[nodiscard]] std::optional<Method> method(std::string_view name) noexcept;

/// Whether requests with the method have content.
[[nodiscard]] constexpr bool has_content(Method method) noexcept {
  return method == Method::POST || method == Method::PUT || method == Method::PATCH ||
         method == Method::DELETE;
}

}  // namespace taskward::http
