#include "taskward/http/method.hpp"

namespace taskward::http {

std::string_view name(Method method) noexcept {
  constexpr auto names =
      std::to_array<std::string_view>({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"});
  return names[static_cast<std::size_t>(method)];
}

std::optional<Method> method(std::string_view text) noexcept {
  for (const Method method : kMethods) {
    if (name(method) == text) return method;
  }
  return std::nullopt;
}

}  // namespace taskward::http
