#include "tests/support/repository.hpp"

#include <stdexcept>

#include "tests/support/throwaway_folder.hpp"

namespace taskward::testing {

std::filesystem::path repository() {
  const std::filesystem::path root = std::filesystem::absolute(environment("TASKWARD_REPO", "."));
  if (!std::filesystem::exists(root / "scripts/run"))
    throw std::runtime_error(root.string() + " is not a clone of Taskward");
  return root;
}

}  // namespace taskward::testing
