// Stacks shared by test cases: one for each set of settings, started on first use and stopped after the last
// test case. A case that damages its stack creates its own Stack.
#pragma once

#include <vector>

#include "../support/stack.hpp"

namespace taskward::test {

[[nodiscard]] const Stack& running_stack(const Environment& settings = {});
[[nodiscard]] std::vector<const Stack*> running_stacks();
void stop_running_stacks();

}  // namespace taskward::test
