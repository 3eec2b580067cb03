// Exports are streamed: memory use is bounded, and an aborted export is recognisable as incomplete.
#include <boost/test/unit_test.hpp>
#include <thread>

#include "calendar.hpp"
#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"
#include "tests/support/fastcgi_peer.hpp"
#include "tls_connection.hpp"
#include "worker_memory.hpp"

namespace {

using namespace taskward::test;

/// A user with tasks of 10 kB each, more than the quota, on a stack whose workers have not received a large
/// file.
struct LargeTaskOwner : TaskOwner {
  explicit LargeTaskOwner(std::size_t tasks, const Environment& settings = {{"TASKS_PER_USER", "20"}})
      : TaskOwner(running_stack(settings)) {
    static_cast<void>(stack.sql(
        "set client_min_messages = error; insert into taskward.tasks (owner_id, id, title, description, "
        "status) select '" +
        user.id +
        "', overlay(gen_random_uuid()::text placing '7' from 15)::uuid, 'Task ' || n, "
        "repeat('x', 10000), 'todo' from generate_series(1, " +
        std::to_string(tasks) + ") n"));
  }
  // Keeps the database small for the tests that dump it.
  ~LargeTaskOwner() {
    try {
      static_cast<void>(stack.sql("delete from taskward.tasks where owner_id = '" + user.id + "'"));
    } catch (const std::exception& fault) {
      BOOST_TEST_MESSAGE(fault.what());
    }
  }
  LargeTaskOwner(const LargeTaskOwner&) = delete;
  LargeTaskOwner& operator=(const LargeTaskOwner&) = delete;

  /// SQL: how many exports the user has begun.
  [[nodiscard]] std::string exports() const {
    return "select count(*) from taskward.audit where action = 'task.export' and actor_id = '" + user.id +
           "'";
  }
  Response get(const std::string& format) { return request("GET", "/tasks/export?format=" + format); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(task_streaming)

BOOST_AUTO_TEST_CASE(exporting_60_MB_uses_little_worker_memory, *boost::unit_test::label("slow")) {
  LargeTaskOwner owner(6000);
  const auto before = peak_memory(owner.stack);
  BOOST_TEST(before.size() >= 1U);
  BOOST_TEST(Json::parse(owner.get("json").body).size() == 6000U);
  BOOST_TEST(read_calendar(owner.get("ics").body).size() == 6000U);
  BOOST_TEST(owner.get("csv").body.size() > 60'000'000U);
  for (const auto& [name, after] : peak_memory(owner.stack)) {
    BOOST_TEST_MESSAGE(name << " used up to " << before.at(name) << " MiB before and " << after
                            << " MiB after");
    // The sanitizer's allocator does not return freed memory.
    if (!is_sanitized()) BOOST_TEST(after < before.at(name) + 30);
  }
}

BOOST_AUTO_TEST_CASE(slow_readers_of_one_file_do_not_shut_the_others, *boost::unit_test::label("slow")) {
  LargeTaskOwner owner(3000, {{"LIMIT_EXEMPT", ""}});
  const User admin = new_user(owner.stack, "admin");
  std::vector<TlsConnection> slow;
  for (int i = 0; i < 2; ++i) {
    slow.emplace_back(owner.stack);
    slow.back().send("GET /tasks/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + owner.token +
                     "\r\n\r\n");
  }
  BOOST_TEST_REQUIRE(
      eventually(std::chrono::seconds(8), [&] { return owner.stack.sql(owner.exports()) == "2"; }));
  expect_problem(owner.get("json"), 429, "too_many_requests");
  const Response lines = owner.client.send({.path = "/admin/audit?actor=" + admin.id,
                                            .token = admin.tokens.access,
                                            .headers = {"Accept: application/x-ndjson"}});
  BOOST_TEST(lines.status == 200, lines.body);
  BOOST_TEST(owner.client.get("/admin/audit", admin.tokens.access).status == 200);
  BOOST_TEST(owner.request("POST", "/tasks/import", "[]").status == 200);
  BOOST_TEST(owner.stack.sql(owner.exports()) == "2");
}

BOOST_AUTO_TEST_CASE(export_is_aborted_when_its_session_ends) {
  LargeTaskOwner owner(3000);
  const std::string& id = owner.user.id;
  const std::string exports = '(' + owner.exports() + ')';
  bool is_aborted = false;
  for (int tries = 0; tries < 5 && !is_aborted; ++tries) {
    for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
      const Tokens tokens = log_in(owner.stack, owner.user);
      // The export is recorded with its first piece. This ends the session as a logout does.
      const std::jthread ending = run_sql_when(
          owner.stack, exports + " > " + owner.stack.sql("select " + exports),
          "update taskward.sessions set revoked_at = now(), revoked_reason = 'logout' where user_id = '" +
              id + "' and revoked_at is null");
      HttpClient one = owner.stack.client(version);
      try {
        // The last piece may have been sent before the session ended.
        const Response response = one.get("/tasks/export?format=csv", tokens.access);
        BOOST_TEST((response.status == 401 || response.body.size() > 30'000'000U), response.status);
      } catch (const TransportError& fault) {
        BOOST_TEST_MESSAGE(fault.what());
        is_aborted = true;
      }
    }
  }
  BOOST_TEST(is_aborted);
  // The worker keeps serving.
  BOOST_TEST(owner.client.get("/readyz").status == 200);
}

BOOST_AUTO_TEST_CASE(closed_connection_is_not_logged_as_an_error) {
  LargeTaskOwner owner(3000);
  {
    // nginx closes its connection when the client does, unless it has received everything already.
    FastCgiPeer leaving(owner.stack.folder() / "run/api.sock");
    leaving.send(fastcgi_request("GET", "/tasks/export", Keep::close, {}, owner.token));
    BOOST_TEST_REQUIRE(
        eventually(std::chrono::seconds(20), [&] { return owner.stack.sql(owner.exports()) == "1"; }));
  }
  const auto logged = [&] {
    return owner.stack.log_lines("api", R"("aborted":"the client closed the connection")");
  };
  BOOST_TEST_REQUIRE(eventually(std::chrono::seconds(20), [&] { return !logged().empty(); }));
  for (const std::string& line : logged())
    BOOST_TEST(line.find(R"("level":"info")") != std::string::npos, line);
}

BOOST_AUTO_TEST_SUITE_END()
