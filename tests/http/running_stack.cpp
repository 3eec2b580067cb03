#include "running_stack.hpp"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>

namespace taskward::test {
namespace {

struct Started {
  std::unique_ptr<Stack> stack;
  std::string failure;
};

std::map<Environment, Started>& stacks() {
  static std::map<Environment, Started> all;
  return all;
}

}  // namespace

const Stack& running_stack(const Environment& settings) {
  const auto [found, fresh] = stacks().try_emplace(settings);
  Started& started = found->second;
  // A failed start is not repeated for each test case.
  if (!fresh && started.stack == nullptr) throw std::runtime_error(started.failure);
  if (fresh) {
    try {
      started.stack = std::make_unique<Stack>(settings);
    } catch (const std::exception& fault) {
      started.failure = fault.what();
      throw;
    }
  }
  return *started.stack;
}

std::vector<const Stack*> running_stacks() {
  std::vector<const Stack*> out;
  for (const auto& [settings, started] : stacks())
    if (started.stack != nullptr) out.push_back(started.stack.get());
  return out;
}

void stop_running_stacks() { stacks().clear(); }

}  // namespace taskward::test
