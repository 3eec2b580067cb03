#include "people.hpp"

#include <atomic>
#include <random>

namespace taskward::test {
namespace {

void expect(const Answer& answer, int status, const std::string& what) {
  if (answer.status == status) return;
  throw std::runtime_error(what + ": " + std::to_string(answer.status) + ' ' + answer.body);
}

}  // namespace

std::string unique_name() {
  static const std::string run = std::to_string(std::random_device{}());
  static std::atomic<int> count{0};
  return "n" + run + '-' + std::to_string(++count);
}

std::string new_email() { return unique_name() + "@example.org"; }

std::string credentials(const Person& person) {
  return R"({"email":)" + json_string(person.email) + R"(,"password":)" + json_string(person.password) + '}';
}

Tokens tokens_of(const Answer& answer) {
  expect(answer, 200, "no token pair");
  const Json body = answer.json();
  return {body["access_token"].text(), body["refresh_token"].text()};
}

Tokens log_in(const Stack& stack, const Person& person) {
  return tokens_of(stack.client().post("/auth/login", credentials(person)));
}

Person join(const Stack& stack, const std::string& role) {
  Person person{"", new_email(), "pass of " + unique_name(), {}};
  if (role == "admin") {
    const Finished made = stack.exec(
        {"taskward", "user", "create", "--email", person.email, "--role", role, "--password-stdin"},
        person.password + '\n');
    if (made.status != 0) throw std::runtime_error("no administrator was made: " + made.err);
    person.id = made.out.substr(0, made.out.find('\n'));
  } else {
    const std::string body = R"({"email":)" + json_string(person.email) + R"(,"password":)" +
                             json_string(person.password) + R"(,"role":)" + json_string(role) + '}';
    const Answer made = stack.client().post("/auth/register", body);
    expect(made, 201, "no account was made");
    person.id = made.json()["id"].text();
  }
  person.tokens = log_in(stack, person);
  return person;
}

std::string new_task(const Stack& stack, const std::string& token, const std::string& title) {
  const Answer made = stack.client().post("/tasks", R"({"title":)" + json_string(title) + '}', token);
  expect(made, 201, "no task was made");
  return made.json()["id"].text();
}

}  // namespace taskward::test
