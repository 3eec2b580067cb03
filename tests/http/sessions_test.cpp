// Refresh and logout.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <future>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "expectations.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

struct SessionFixture {
  const Stack& stack = running_stack();
  User user = new_user(stack);
  HttpClient client = stack.client();

  Response refresh(const std::string& token, const std::string& path = "/auth/refresh") {
    return client.post(path, R"({"refresh_token":)" + json_string(token) + '}');
  }
  Response log_out(const std::string& body, const std::string& token = {}) {
    return client.post("/auth/logout", body, token);
  }
  /// Reuse within a few seconds is tolerated (two browser tabs); later reuse ends the session.
  void expire_reuse_tolerance() {
    static_cast<void>(stack.sql(
        "update taskward.sessions set last_used_at = last_used_at - interval '11 seconds' where user_id = '" +
        user.id + "'"));
  }
  int status_of_profile(const std::string& token) { return client.get("/auth/me", token).status; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sessions, SessionFixture)

BOOST_DATA_TEST_CASE(refresh_token_in_the_body_returns_a_new_pair,
                     data::make({"/auth/refresh", "/refresh", "/refresh/"}), path) {
  const Response response = refresh(user.tokens.refresh, path);
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("cache-control") == "no-store");
  const Tokens fresh = tokens_of(response);
  BOOST_TEST(fresh.refresh != user.tokens.refresh);
  BOOST_TEST(status_of_profile(fresh.access) == 200);
}

BOOST_DATA_TEST_CASE(refresh_token_in_the_header_needs_no_body, data::make({"/auth/refresh", "/refresh"}),
                     path) {
  const Response response = client.send({.method = "POST", .path = path, .token = user.tokens.refresh});
  BOOST_TEST(response.status == 200);
  BOOST_TEST(status_of_profile(tokens_of(response).access) == 200);
}

BOOST_AUTO_TEST_CASE(successive_refreshes_keep_one_session) {
  Tokens tokens = user.tokens;
  for (int i = 0; i < 5; ++i) tokens = tokens_of(refresh(tokens.refresh));
  BOOST_TEST(stack.sql("select count(*) from taskward.sessions where user_id = '" + user.id + "'") == "1");
}

BOOST_AUTO_TEST_CASE(lost_answer_is_sent_again_with_the_same_refresh_token) {
  const Tokens lost = tokens_of(refresh(user.tokens.refresh));
  // In the same second, and in another one.
  for (int i = 0; i < 2; ++i) {
    const Tokens again = tokens_of(refresh(user.tokens.refresh));
    BOOST_TEST(again.refresh == lost.refresh);
    BOOST_TEST(again.access != lost.access);
    BOOST_TEST(status_of_profile(again.access) == 200);
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  }
  BOOST_TEST(stack.sql("select string_agg(outcome || ' ' || coalesce(reason, '-'), ', ' order by id)"
                       " from taskward.audit where action = 'session.refresh' and actor_id = '" +
                       user.id + "'") == "success -, success successor_resent, success successor_resent");
  BOOST_TEST(refresh(lost.refresh).status == 200);
  // The successor has been used.
  expect_problem(refresh(user.tokens.refresh), 401, "refresh_token_reused");
}

BOOST_AUTO_TEST_CASE(immediate_reuse_of_a_refresh_token_by_another_client_keeps_the_session) {
  const Tokens fresh = tokens_of(refresh(user.tokens.refresh));
  expect_problem(client.send({.method = "POST",
                              .path = "/auth/refresh",
                              .token = user.tokens.refresh,
                              .headers = {"User-Agent: another"}}),
                 401, "refresh_token_reused");
  BOOST_TEST(status_of_profile(fresh.access) == 200);
  BOOST_TEST(refresh(fresh.refresh).status == 200);
}

BOOST_AUTO_TEST_CASE(late_reuse_of_a_refresh_token_ends_the_session_and_is_audited) {
  const Tokens fresh = tokens_of(refresh(user.tokens.refresh));
  expire_reuse_tolerance();
  const Response reused = refresh(user.tokens.refresh);
  expect_problem(reused, 401, "refresh_token_reused");
  expect_problem(client.get("/auth/me", fresh.access), 401, "invalid_token");
  BOOST_TEST(refresh(fresh.refresh).status == 401);
  BOOST_TEST(stack.sql("select action, outcome, reason from taskward.audit where request_id = '" +
                       reused.header("x-request-id") + "'") ==
             "session.refresh|failure|refresh_token_reused");
}

BOOST_AUTO_TEST_CASE(parallel_refreshes_by_one_client_receive_one_refresh_token) {
  std::vector<std::future<Response>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::async(std::launch::async, [this] {
      return stack.client().post("/refresh", R"({"refresh_token":)" + json_string(user.tokens.refresh) + '}');
    }));
  }
  std::set<std::string> received;
  for (auto& one : all) received.insert(tokens_of(one.get()).refresh);
  BOOST_TEST(received.size() == 1U);
  BOOST_TEST(refresh(*received.begin()).status == 200);
}

BOOST_AUTO_TEST_CASE(exactly_one_of_parallel_refreshes_by_different_clients_succeeds) {
  std::vector<std::future<Response>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::async(std::launch::async, [this, i] {
      return stack.client().send({.method = "POST",
                                  .path = "/refresh",
                                  .token = user.tokens.refresh,
                                  .headers = {"User-Agent: client " + std::to_string(i)}});
    }));
  }
  std::vector<Tokens> winners;
  for (auto& one : all) {
    const Response response = one.get();
    if (response.status == 200)
      winners.push_back(tokens_of(response));
    else
      expect_problem(response, 401, "refresh_token_reused");
  }
  BOOST_REQUIRE(winners.size() == 1U);
  BOOST_TEST(status_of_profile(winners.front().access) == 200);
  BOOST_TEST(refresh(winners.front().refresh).status == 200);
}

BOOST_AUTO_TEST_CASE(refresh_without_a_token_is_401) {
  expect_problem(client.send({.method = "POST", .path = "/auth/refresh"}), 401, "authentication_required");
  expect_problem(client.post("/auth/refresh", "{}"), 401, "authentication_required");
}

BOOST_DATA_TEST_CASE(logout_takes_effect_immediately_on_every_protected_route,
                     data::make({"refresh in the body", "access in the header", "refresh in the header"}),
                     how) {
  const Tokens& tokens = user.tokens;
  const std::string kind = how;
  const Response done =
      kind == "refresh in the body" ? log_out(R"({"refresh_token":)" + json_string(tokens.refresh) + '}')
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

BOOST_AUTO_TEST_CASE(logout_of_one_session_keeps_the_others) {
  const Tokens other = taskward::test::log_in(stack, user);
  BOOST_TEST(log_out("{}", user.tokens.access).status == 204);
  BOOST_TEST(status_of_profile(other.access) == 200);
}

BOOST_AUTO_TEST_CASE(logout_scope_selects_the_sessions) {
  const Tokens second = taskward::test::log_in(stack, user);
  const Tokens third = taskward::test::log_in(stack, user);
  BOOST_TEST(log_out(R"({"scope":"others"})", second.access).status == 204);
  BOOST_TEST(status_of_profile(user.tokens.access) == 401);
  BOOST_TEST(status_of_profile(second.access) == 200);
  BOOST_TEST(status_of_profile(third.access) == 401);
  const Tokens fourth = taskward::test::log_in(stack, user);
  BOOST_TEST(log_out(R"({"scope":"all"})", fourth.access).status == 204);
  BOOST_TEST(status_of_profile(second.access) == 401);
  BOOST_TEST(status_of_profile(fourth.access) == 401);
}

BOOST_AUTO_TEST_CASE(deactivation_and_demotion_apply_to_the_next_request) {
  BOOST_TEST(client.post("/tasks", R"({"title":"Tea"})", user.tokens.access).status == 201);
  static_cast<void>(stack.sql("update taskward.users set role = 'guest' where id = '" + user.id + "'"));
  expect_problem(client.post("/tasks", R"({"title":"Tea"})", user.tokens.access), 403, "forbidden");
  static_cast<void>(stack.sql("update taskward.users set is_active = false where id = '" + user.id + "'"));
  expect_problem(client.get("/auth/me", user.tokens.access), 401, "invalid_token");
  expect_problem(client.post("/login", credentials(user)), 401, "invalid_credentials");
  BOOST_TEST(refresh(user.tokens.refresh).status == 401);
}

BOOST_AUTO_TEST_CASE(refresh_token_is_stored_only_as_a_hash) {
  BOOST_TEST(stack.sql("select count(*) from taskward.sessions where user_id = '" + user.id +
                       "' and token_hash = sha256('" + user.tokens.refresh + "'::bytea)") == "1");
  const Tokens next = tokens_of(refresh(user.tokens.refresh));
  BOOST_TEST(stack.sql("select count(*) from taskward.sessions where user_id = '" + user.id +
                       "' and token_hash = sha256('" + next.refresh +
                       "'::bytea) and previous_token_hash = sha256('" + user.tokens.refresh + "'::bytea)") ==
             "1");
}

BOOST_AUTO_TEST_SUITE_END()
