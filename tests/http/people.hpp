// Accounts and tokens for tests, each with a name of its own.
#pragma once

#include <string>
#include <string_view>

#include "../support/stack.hpp"

namespace taskward::test {

struct Tokens {
  std::string access;
  std::string refresh;
};

struct Person {
  std::string id;
  std::string email;
  std::string password;
  Tokens tokens;
};

/// A word no other call has given.
[[nodiscard]] std::string unique_name();
[[nodiscard]] std::string new_email();

/// Makes an account and logs it in; an admin is made by `taskward user create`. Throws when that is refused.
[[nodiscard]] Person join(const Stack& stack, const std::string& role = "user");
[[nodiscard]] Tokens log_in(const Stack& stack, const Person& person);
[[nodiscard]] Tokens tokens_of(const Answer& answer);
[[nodiscard]] std::string credentials(const Person& person);

/// Makes a task and gives its id.
[[nodiscard]] std::string new_task(const Stack& stack, const std::string& token,
                                   const std::string& title = "Tea");

/// Stands in every password that join() gives, so that a leak of any of them can be found.
inline constexpr std::string_view kPasswordMark = "pass of n";
/// How every token begins: the base64url of `{"alg":`.
inline constexpr std::string_view kTokenMark = "eyJhbGciOi";

}  // namespace taskward::test
