#include "running_stack.hpp"

#include <map>
#include <memory>

namespace taskward::test {
namespace {

std::map<Environment, std::unique_ptr<Stack>>& stacks() {
  static std::map<Environment, std::unique_ptr<Stack>> all;
  return all;
}

}  // namespace

const Stack& running_stack(const Environment& settings) {
  auto& stack = stacks()[settings];
  if (stack == nullptr) stack = std::make_unique<Stack>(settings);
  return *stack;
}

std::vector<const Stack*> running_stacks() {
  std::vector<const Stack*> out;
  for (const auto& [settings, stack] : stacks())
    if (stack != nullptr) out.push_back(stack.get());
  return out;
}

void stop_running_stacks() { stacks().clear(); }

}  // namespace taskward::test
