// Stacks that test cases share: one for each set of settings, started when the first case asks for it
// and stopped when the last case is done. A case that breaks things makes a Stack of its own.
#pragma once

#include <vector>

#include "../support/stack.hpp"

namespace taskward::test {

[[nodiscard]] const Stack& running_stack(const Environment& settings = {});
[[nodiscard]] std::vector<const Stack*> running_stacks();
void stop_running_stacks();

}  // namespace taskward::test
