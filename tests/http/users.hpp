// Accounts and tokens for tests, each with a unique name.
#pragma once

#include <string>
#include <string_view>

#include "../support/stack.hpp"

namespace taskward::test {

struct Tokens {
  std::string access;
  std::string refresh;
};

struct User {
  std::string id;
  std::string email;
  std::string password;
  Tokens tokens;
};

/// A different word in each call.
[[nodiscard]] std::string unique_name();
[[nodiscard]] std::string new_email();

/// Creates an account and logs in; an admin is created by `taskward user create`. Throws std::runtime_error
/// on failure.
[[nodiscard]] User new_user(const Stack& stack, const std::string& role = "user");
[[nodiscard]] Tokens log_in(const Stack& stack, const User& user);
[[nodiscard]] Tokens tokens_of(const Response& response);
[[nodiscard]] std::string credentials(const User& user);

/// Creates a task and returns its id.
[[nodiscard]] std::string new_task(const Stack& stack, const std::string& token,
                                   const std::string& title = "Tea");

/// Part of every password that new_user() sets, so that a leak of any of them can be found.
inline constexpr std::string_view kPasswordMark = "pass of n";
/// The beginning of every token: the base64url of `{"alg":`.
inline constexpr std::string_view kTokenMark = "eyJhbGciOi";

}  // namespace taskward::test
