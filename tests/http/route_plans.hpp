// A request for each row of the route table, and who asks: for the tests that walk every route.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "people.hpp"
#include "running_stack.hpp"

namespace taskward::test {

/// A row, as `taskward routes` prints it.
struct Row {
  std::string name;
  std::string method;
  std::string path;
  std::string permission;
  std::string roles;
};
[[nodiscard]] std::vector<Row> route_table(const Stack& stack);
[[nodiscard]] bool is_open(const Row& row);
[[nodiscard]] bool has_id(const Row& row);

struct Cast {
  const Stack& stack = running_stack();
  std::map<std::string, Person> by_role{
      {"guest", join(stack, "guest")}, {"user", join(stack)}, {"admin", join(stack, "admin")}};
  Person other = join(stack);
  HttpClient client = stack.client();

  /// In the database, because a guest cannot make one.
  std::string task_of(const Person& owner) const;
  /// A live session that nobody has a token of.
  std::string session_of(const Person& owner) const;
  /// An account that nobody uses.
  std::string account() const;
};

/// What a request of a row needs, and the status it ends with when it is permitted.
struct Plan {
  int status;
  std::function<std::optional<std::string>(Cast&)> body = [](Cast&) { return std::nullopt; };
};
[[nodiscard]] const std::map<std::string, Plan>& plans();

/// The id of something that the row's path is about, and that the person may have to do with; empty when the
/// path has none.
[[nodiscard]] std::string id_for(const Row& row, const Cast& cast, const Person& person);
[[nodiscard]] Ask ask_of(const Row& row, Cast& cast, const std::string& token, const std::string& id);

/// Runs the check for each row of the table, with the row in the message of every failure.
void for_each_row(Cast& cast, const std::function<void(const Row&, const Plan&)>& check);
void for_each_role(Cast& cast, const std::function<void(const std::string&, const Person&)>& check);

}  // namespace taskward::test
