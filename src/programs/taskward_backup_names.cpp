#include "taskward_backup_names.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "taskward/base/rfc3339.hpp"

namespace taskward::programs {
namespace {

constexpr std::string_view kPattern = "taskward-00000000T000000Z.backup";
constexpr std::string_view kEncrypted = ".age";

bool is_backup(std::string_view name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  if (name.size() == kPattern.size() + kEncrypted.size() && name.ends_with(kEncrypted))
    name.remove_suffix(kEncrypted.size());
  return std::ranges::equal(name, kPattern, [](char c, char expected) {
    return expected == '0' ? c >= '0' && c <= '9' : c == expected;
  });
}

}  // namespace

std::string backup_name(Timestamp time, bool is_encrypted) {
  std::string digits = rfc3339(time);
  digits = digits.substr(0, digits.find_first_of(".Z"));
  std::erase_if(digits, [](char c) { return c == '-' || c == ':'; });
  return "taskward-" + digits + "Z.backup" + std::string(is_encrypted ? kEncrypted : "");
}

std::vector<std::string> backups_in(const std::string& folder, std::string_view suffix) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && !entry.is_symlink() && is_backup(name, suffix))
      names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace taskward::programs
