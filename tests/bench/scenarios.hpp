// What users do: the requests of each scenario, and the minimal statement that does the same in the database.
#pragma once

#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace taskward::bench {

using Random = std::minstd_rand;

/// A user who is signed in.
struct Session {
  std::string user;
  std::string access_token;
  std::string refresh_token;
  std::vector<std::string> tasks;
};

struct Scenario {
  std::string_view name;
  std::string_view title;
  int share;        ///< percent of the mixed load
  int connections;  ///< at most
  /// One line for load.lua.
  std::string (*request)(const Session&, Random&);
  /// The minimal statement; nothing for a mixture.
  const char* minimal;
};

[[nodiscard]] std::span<const Scenario> scenarios();
/// Throws std::runtime_error.
[[nodiscard]] const Scenario& scenario(std::string_view name);
/// One of those that have a share, in proportion to it.
[[nodiscard]] const Scenario& pick_of_mix(Random& random);

/// An item of a non-empty list.
template <class List>
[[nodiscard]] const auto& pick(const List& list, Random& random) {
  return list[random() % std::size(list)];
}

/// Words in the titles of the tasks.
[[nodiscard]] std::span<const std::string_view> words();
[[nodiscard]] std::string line(std::string_view method, std::string_view path, std::string_view token,
                               std::string_view body = {});
inline constexpr std::string_view kAnyRefreshToken = "@refresh@";

}  // namespace taskward::bench
