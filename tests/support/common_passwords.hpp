// A list of common passwords for tests: `filler` generated lines, then the given ones.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "taskward/domain/password_policy.hpp"

namespace taskward::testing {

[[nodiscard]] inline std::string common_passwords(std::initializer_list<std::string_view> common,
                                                  std::size_t filler = domain::kCommonPasswordsMin) {
  std::string list;
  for (std::size_t i = 0; i < filler; ++i) list += "filler of the list " + std::to_string(i) + '\n';
  for (const std::string_view one : common) list += std::string(one) + '\n';
  return list;
}

}  // namespace taskward::testing
