// The repository under test.
#pragma once

#include <filesystem>

namespace taskward::testing {

/// TASKWARD_REPO; by default the current directory. Throws std::runtime_error if it is not a clone of
/// Taskward.
[[nodiscard]] std::filesystem::path repository();

}  // namespace taskward::testing
