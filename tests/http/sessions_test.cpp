// Refreshing and logging out.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <future>

#include "expectations.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

struct Session {
  const Stack& stack = running_stack();
  Person person = join(stack);
  HttpClient client = stack.client();

  Answer refresh(const std::string& token, const std::string& path = "/auth/refresh") {
    return client.post(path, R"({"refresh_token":)" + json_string(token) + '}');
  }
  Answer log_out(const std::string& body, const std::string& token = {}) {
    return client.post("/auth/logout", body, token);
  }
  /// A second use is a theft only when it comes later than two tabs' would.
  void let_the_race_pass() {
    static_cast<void>(stack.sql(
        "update taskward.refresh_tokens set used_at = used_at - interval '11 seconds' where user_id = '" +
        person.id + "'"));
  }
  int status_of_profile(const std::string& token) { return client.get("/auth/me", token).status; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sessions, Session)

BOOST_DATA_TEST_CASE(a_refresh_token_in_the_body_gives_a_new_pair,
                     data::make({"/auth/refresh", "/refresh", "/refresh/"}), path) {
  const Answer answer = refresh(person.tokens.refresh, path);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.header("cache-control") == "no-store");
  const Tokens fresh = tokens_of(answer);
  BOOST_TEST(fresh.refresh != person.tokens.refresh);
  BOOST_TEST(status_of_profile(fresh.access) == 200);
}

BOOST_DATA_TEST_CASE(a_refresh_token_in_the_header_needs_no_body, data::make({"/auth/refresh", "/refresh"}),
                     path) {
  const Answer answer = client.send({.method = "POST", .path = path, .token = person.tokens.refresh});
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(status_of_profile(tokens_of(answer).access) == 200);
}

BOOST_AUTO_TEST_CASE(a_chain_of_refreshes_keeps_one_session) {
  Tokens tokens = person.tokens;
  for (int i = 0; i < 5; ++i) tokens = tokens_of(refresh(tokens.refresh));
  BOOST_TEST(stack.sql("select count(*) from taskward.sessions where user_id = '" + person.id + "'") == "1");
}

BOOST_AUTO_TEST_CASE(a_used_refresh_token_is_dead_and_a_second_tab_loses_nothing) {
  const Tokens fresh = tokens_of(refresh(person.tokens.refresh));
  expect_problem(refresh(person.tokens.refresh), 401, "refresh_token_reused");
  BOOST_TEST(status_of_profile(fresh.access) == 200);
  BOOST_TEST(refresh(fresh.refresh).status == 200);
}

BOOST_AUTO_TEST_CASE(a_dead_token_used_late_ends_the_whole_session_and_is_recorded) {
  const Tokens fresh = tokens_of(refresh(person.tokens.refresh));
  let_the_race_pass();
  const Answer reused = refresh(person.tokens.refresh);
  expect_problem(reused, 401, "refresh_token_reused");
  expect_problem(client.get("/auth/me", fresh.access), 401, "invalid_token");
  BOOST_TEST(refresh(fresh.refresh).status == 401);
  BOOST_TEST(stack.sql("select action, outcome, reason from taskward.audit where request_id = '" +
                       reused.header("x-request-id") + "'") ==
             "session.refresh|failure|refresh_token_reused");
}

BOOST_AUTO_TEST_CASE(of_parallel_refreshes_of_one_token_exactly_one_succeeds) {
  std::vector<std::future<Answer>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::async(std::launch::async, [this] {
      return stack.client().post("/refresh",
                                 R"({"refresh_token":)" + json_string(person.tokens.refresh) + '}');
    }));
  }
  std::vector<Tokens> winners;
  for (auto& one : all) {
    const Answer answer = one.get();
    if (answer.status == 200)
      winners.push_back(tokens_of(answer));
    else
      expect_problem(answer, 401, "refresh_token_reused");
  }
  BOOST_REQUIRE(winners.size() == 1U);
  BOOST_TEST(status_of_profile(winners.front().access) == 200);
  BOOST_TEST(refresh(winners.front().refresh).status == 200);
}

BOOST_AUTO_TEST_CASE(a_refresh_without_any_token_is_told_so) {
  expect_problem(client.send({.method = "POST", .path = "/auth/refresh"}), 401, "authentication_required");
  expect_problem(client.post("/auth/refresh", "{}"), 401, "authentication_required");
}

BOOST_DATA_TEST_CASE(logging_out_ends_the_session_at_once_on_every_protected_route,
                     data::make({"refresh in the body", "access in the header", "refresh in the header"}),
                     how) {
  const Tokens& tokens = person.tokens;
  const std::string kind = how;
  const Answer done = kind == "refresh in the body"
                          ? log_out(R"({"refresh_token":)" + json_string(tokens.refresh) + '}')
                      : kind == "access in the header"
                          ? client.send({.method = "POST", .path = "/auth/logout", .token = tokens.access})
                          : client.send({.method = "POST", .path = "/auth/logout", .token = tokens.refresh});
  BOOST_TEST(done.status == 204, done.body);
  const std::string task = "/tasks/018f0000-0000-7000-8000-000000000000";
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{{"GET", "/auth/me"},
                                                        {"GET", "/auth/protected"},
                                                        {"GET", "/tasks"},
                                                        {"POST", "/tasks"},
                                                        {"GET", task},
                                                        {"PUT", task},
                                                        {"PATCH", task},
                                                        {"DELETE", task},
                                                        {"POST", "/auth/logout"}}) {
    BOOST_TEST_CONTEXT(method << ' ' << path) {
      const auto body = method == "POST" || method == "PUT" || method == "PATCH"
                            ? std::optional<std::string>(path == "/auth/logout" ? "{}" : R"({"title":"Tea"})")
                            : std::nullopt;
      expect_problem(client.send({.method = method, .path = path, .body = body, .token = tokens.access}), 401,
                     "invalid_token");
    }
  }
  BOOST_TEST(refresh(tokens.refresh).status == 401);
}

BOOST_AUTO_TEST_CASE(logging_out_of_one_session_leaves_the_others) {
  const Tokens other = taskward::test::log_in(stack, person);
  BOOST_TEST(log_out("{}", person.tokens.access).status == 204);
  BOOST_TEST(status_of_profile(other.access) == 200);
}

BOOST_AUTO_TEST_CASE(the_scope_says_which_sessions_end) {
  const Tokens second = taskward::test::log_in(stack, person);
  const Tokens third = taskward::test::log_in(stack, person);
  BOOST_TEST(log_out(R"({"scope":"others"})", second.access).status == 204);
  BOOST_TEST(status_of_profile(person.tokens.access) == 401);
  BOOST_TEST(status_of_profile(second.access) == 200);
  BOOST_TEST(status_of_profile(third.access) == 401);
  const Tokens fourth = taskward::test::log_in(stack, person);
  BOOST_TEST(log_out(R"({"scope":"all"})", fourth.access).status == 204);
  BOOST_TEST(status_of_profile(second.access) == 401);
  BOOST_TEST(status_of_profile(fourth.access) == 401);
}

BOOST_AUTO_TEST_CASE(deactivation_and_demotion_hold_from_the_next_request_on) {
  BOOST_TEST(client.post("/tasks", R"({"title":"Tea"})", person.tokens.access).status == 201);
  static_cast<void>(stack.sql("update taskward.users set role = 'guest' where id = '" + person.id + "'"));
  expect_problem(client.post("/tasks", R"({"title":"Tea"})", person.tokens.access), 403, "forbidden");
  static_cast<void>(stack.sql("update taskward.users set is_active = false where id = '" + person.id + "'"));
  expect_problem(client.get("/auth/me", person.tokens.access), 401, "invalid_token");
  expect_problem(client.post("/login", credentials(person)), 401, "invalid_credentials");
  BOOST_TEST(refresh(person.tokens.refresh).status == 401);
}

BOOST_AUTO_TEST_CASE(a_refresh_token_lies_in_the_database_as_a_hash_only) {
  BOOST_TEST(stack.sql("select count(*) from taskward.refresh_tokens t where user_id = '" + person.id +
                       "' and token_hash = sha256('" + person.tokens.refresh + "'::bytea)") == "1");
}

BOOST_AUTO_TEST_SUITE_END()
