// The mail that a stack without a mail server writes to files.
#pragma once

#include <string>
#include <vector>

#include "../support/stack.hpp"

namespace taskward::test {

/// The complete messages to the address so far, oldest first.
[[nodiscard]] std::vector<std::string> mails_to(const Stack& stack, const std::string& address);
/// Waits until there are `count` messages to the address and returns the newest. Throws std::runtime_error if
/// they do not arrive within 10 s.
[[nodiscard]] std::string mail_to(const Stack& stack, const std::string& address, std::size_t count = 1);
/// The code at the beginning of the subject.
[[nodiscard]] std::string code_in(const std::string& mail);

}  // namespace taskward::test
