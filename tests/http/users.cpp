#include "users.hpp"

#include <atomic>
#include <random>
#include <stdexcept>

#include "expectations.hpp"

namespace taskward::test {
std::string unique_name() {
  static const std::string run = std::to_string(std::random_device{}());
  static std::atomic<int> count{0};
  return "n" + run + '-' + std::to_string(++count);
}

std::string new_email() { return unique_name() + "@example.org"; }

std::string credentials(const User& user) {
  return R"({"email":)" + json_string(user.email) + R"(,"password":)" + json_string(user.password) + '}';
}

Tokens tokens_of(const Response& response) {
  require_status(response, 200, "login failed");
  const Json body = response.json();
  return {body["access_token"].text(), body["refresh_token"].text()};
}

Tokens log_in(const Stack& stack, const User& user) {
  return tokens_of(stack.client().post("/auth/login", credentials(user)));
}

User new_user(const Stack& stack, const std::string& role) {
  User user{"", new_email(), "pass of " + unique_name(), {}};
  if (role == "admin") {
    const CommandResult created =
        stack.exec({"taskward", "user", "create", "--email", user.email, "--role", role, "--password-stdin"},
                   user.password + '\n');
    if (created.status != 0) throw std::runtime_error("no administrator was created: " + created.err);
    user.id = created.out.substr(0, created.out.find('\n'));
  } else {
    const std::string body = R"({"email":)" + json_string(user.email) + R"(,"password":)" +
                             json_string(user.password) + R"(,"role":)" + json_string(role) + '}';
    const Response created = stack.client().post("/auth/register", body);
    require_status(created, 201, "no account was created");
    user.id = created.json()["id"].text();
  }
  user.tokens = log_in(stack, user);
  return user;
}

std::string new_task(const Stack& stack, const std::string& token, const std::string& title) {
  const Response created = stack.client().post("/tasks", R"({"title":)" + json_string(title) + '}', token);
  require_status(created, 201, "no task was created");
  return created.json()["id"].text();
}

}  // namespace taskward::test
