// Loading settings from files in a temporary folder.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "taskward/config/load.hpp"
#include "tests/support/throwaway_folder.hpp"

namespace taskward::testing {

/// Like the output of `openssl rand -base64 32`.
inline const std::string kGoodKey = "q3Zk9vX1mB7tYwLr2HcNf8sJ0uEaGdQ5oPiKxRbTzM4=";
inline const std::string kOtherKey = "Wn5yR8bKc2VtHq0LxZs7JdUf3GmPa9EiToB6XwQ1NvY=";

struct SettingsFixture {
  ThrowawayFolder folder;
  config::Sources sources;

  std::string write(const std::string& name, std::string_view text) const {
    const auto path = folder.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  void use_file(std::string_view text) {
    sources.file = write("taskward.conf", text);
    sources.file_required = true;
  }

  /// The error message, or empty if the settings are valid.
  [[nodiscard]] std::string load_error() const {
    try {
      static_cast<void>(config::load(sources));
      return {};
    } catch (const config::BadSettings& fault) {
      return fault.what();
    }
  }

  /// "value from source" of a setting.
  [[nodiscard]] std::string effective(std::string_view key) const {
    const auto loaded = config::load(sources);
    for (const auto& one : loaded.effective) {
      if (one.option->key == key) return one.value + " from " + one.source;
    }
    return "no such setting";
  }
};

}  // namespace taskward::testing
