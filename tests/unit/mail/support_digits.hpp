// Detection of text that may be mistaken for a code.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "taskward/base/text.hpp"

namespace taskward::mail {

inline std::size_t longest_run_of_digits(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = is_digit(c) ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace taskward::mail
