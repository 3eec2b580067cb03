// A request for each route of the route table, and users of every role, for tests that cover all routes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "running_stack.hpp"
#include "users.hpp"

namespace taskward::test {

/// A row of `taskward routes`.
struct Row {
  std::string name;
  std::string method;
  std::string path;
  std::string permission;
  std::string scope;  ///< of personal access tokens; "none" if no token may use the route
  std::string assurance;
  std::string roles;
};
[[nodiscard]] std::vector<Row> route_table(const Stack& stack);
[[nodiscard]] bool is_open(const Row& row);
[[nodiscard]] bool has_id(const Row& row);

struct RouteFixture {
  explicit RouteFixture(const Stack& on = running_stack()) : stack(on) {}

  const Stack& stack;
  std::map<std::string, User> by_role{
      {"guest", new_user(stack, "guest")}, {"user", new_user(stack)}, {"admin", new_user(stack, "admin")}};
  User other = new_user(stack);
  HttpClient client = stack.client();

  /// Inserted by SQL, because a guest cannot create tasks.
  std::string task_of(const User& owner) const;
  /// A live session without tokens.
  std::string session_of(const User& owner) const;
  /// The only passkey of the account, with which nothing can sign. The account has no second factor yet.
  std::string passkey_of(const User& owner) const;
  /// A live personal access token that nobody knows.
  std::string token_of(const User& owner) const;
  /// A new account that no other test uses.
  std::string sealed_record() const;
  std::string dead_mail() const;
  std::string account() const;
};

/// The body that a request of the route needs, and the status of a permitted request.
struct Plan {
  int status;
  std::function<std::optional<std::string>(RouteFixture&)> body = [](RouteFixture&) { return std::nullopt; };
};
[[nodiscard]] const std::map<std::string, Plan>& plans();

/// The id of a new object of the kind that the path addresses, accessible to the user; empty if the path has
/// no id.
[[nodiscard]] std::string id_for(const Row& row, const RouteFixture& fixture, const User& user);
[[nodiscard]] Request request_for(const Row& row, RouteFixture& fixture, const std::string& token,
                                  const std::string& id);

/// Runs the check for each route, with the route as context of every failure.
void for_each_row(RouteFixture& fixture, const std::function<void(const Row&, const Plan&)>& check);
void for_each_role(RouteFixture& fixture, const std::function<void(const std::string&, const User&)>& check);

}  // namespace taskward::test
