// The mail that a stack without a server drops as files.
#pragma once

#include <string>
#include <vector>

#include "../support/stack.hpp"

namespace taskward::test {

/// The messages to that address so far, oldest first, whole.
[[nodiscard]] std::vector<std::string> mails_to(const Stack& stack, const std::string& address);
/// Waits until there are `count` messages to the address and gives the newest. Throws std::runtime_error when
/// they do not come within 10 s.
[[nodiscard]] std::string mail_to(const Stack& stack, const std::string& address, std::size_t count = 1);
/// The code its subject begins with.
[[nodiscard]] std::string code_in(const std::string& mail);

}  // namespace taskward::test
