// The published contract of one's own account.
#include "contract.hpp"
#include "contract_samples.hpp"
#include "query_facts.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Account";

}  // namespace

Operations account_operations() {
  return {
      {.route = "me",
       .tag = kTag,
       .summary = "Show one's own profile",
       .description = "The account as it is now.",
       .answers = {answer_of(200, "The account.", samples::user(), user_parts())}},
      {.route = "change_me",
       .tag = kTag,
       .summary = "Change one's own profile",
       .description =
           "Name and user name at once; the e-mail address in two steps: first alone, and a code is sent to "
           "it, then together with that code.",
       .body = body_of(profile_change_shape(), {R"({"name":"Ada"})", R"({"email":"ada@example.net"})",
                                                R"({"email":"ada@example.net","otp":"492817"})"}),
       .answers = {answer_of(200, "The account as it is now.", samples::user(), user_parts()),
                   answer_of(202, "A code is on its way to the new address.", samples::code_requested(),
                             code_requested_parts(), {"Cache-Control"})},
       .problems = {E::invalid_otp, E::email_taken, E::username_taken}},
      {.route = "delete_me",
       .tag = kTag,
       .summary = "Delete one's own account",
       .description =
           "The account and everything of it, with the password or with a code of `POST /auth/otp/request`.",
       .body = body_of(account_deletion_shape(),
                       {R"({"password":"correct horse battery"})", R"({"otp":"492817"})"}),
       .answers = {nothing("The account is gone.")},
       .problems = {E::invalid_credentials, E::invalid_otp, E::account_locked, E::last_administrator}},
      {.route = "change_password",
       .tag = kTag,
       .summary = "Change one's own password",
       .description = "Ends all other sessions.",
       .body = body_of(
           password_change_shape(),
           {R"({"current_password":"correct horse battery","new_password":"a better horse battery"})"}),
       .answers = {nothing("The password is changed.")},
       .problems = {E::invalid_credentials, E::account_locked}},
      {.route = "sessions",
       .tag = kTag,
       .summary = "List where one is logged in",
       .description = "The live sessions.",
       .answers = {answer_of(200, "The sessions.", SessionListBody{{samples::session()}},
                             session_list_parts())}},
      {.route = "end_session",
       .tag = kTag,
       .summary = "End one of one's own sessions",
       .description = "Its tokens are refused from the next request on.",
       .answers = {nothing("The session has ended.")}},
      {.route = "activity",
       .tag = kTag,
       .summary = "List one's own security events",
       .description = "What happened to the account, newest first.",
       .query = activity_query_facts(),
       .answers = {answer_of(200, "A page of events.", ActivityPageBody{{samples::event()}, 50, std::nullopt},
                             activity_page_parts())}},
      {.route = "protected",
       .tag = kTag,
       .summary = "Try an access token",
       .description = "Greets whoever is logged in.",
       .answers = {answer_of(200, "The token is good.", GreetingBody{"You are logged in.", samples::user()},
                             greeting_parts())}},
  };
}

}  // namespace taskward::api
