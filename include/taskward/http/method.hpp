// The methods of RFC 9110 (and PATCH, RFC 5789) that Taskward answers.
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
/// Methods are case-sensitive (RFC 9110, 9.1).
[[nodiscard]] std::optional<Method> method(std::string_view name) noexcept;

/// Whether a body has a meaning with the method.
[[nodiscard]] constexpr bool takes_body(Method method) noexcept {
  return method == Method::POST || method == Method::PUT || method == Method::PATCH ||
         method == Method::DELETE;
}

}  // namespace taskward::http
