// Administrators read the audit log: in pages, and completely as a stream.
#include <boost/test/unit_test.hpp>
#include <sstream>
#include <thread>

#include "expectations.hpp"
#include "load.hpp"
#include "running_stack.hpp"
#include "task_owner.hpp"
#include "users.hpp"
#include "worker_memory.hpp"

namespace {

using namespace taskward::test;

constexpr const char* kLines = "Accept: application/x-ndjson";

struct AuditFixture {
  explicit AuditFixture(const Stack& its_stack = running_stack()) : stack(its_stack) {}
  AuditFixture(const AuditFixture&) = delete;
  AuditFixture& operator=(const AuditFixture&) = delete;
  ~AuditFixture() = default;

  const Stack& stack;
  User admin = new_user(stack, "admin");
  HttpClient client = stack.client();

  Response get(const std::string& query) { return client.get("/admin/audit" + query, admin.tokens.access); }
  Response stream(const std::string& query) {
    return client.send({.path = "/admin/audit" + query, .token = admin.tokens.access, .headers = {kLines}});
  }
  std::vector<std::string> actions(const std::string& query) {
    const Response response = get(query);
    BOOST_TEST_REQUIRE(response.status == 200, response.body);
    return texts_of(response.json()["items"], "action");
  }
  std::string audit_of(const Response& response) const {
    return stack.sql(
        "select action, outcome, actor_id, actor_role, object_type, coalesce(reason, '-') from "
        "taskward.audit where request_id = '" +
        response.header("x-request-id") + "'");
  }
};

std::vector<std::string> lines_of(const std::string& body) {
  std::vector<std::string> lines;
  std::istringstream text(body);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

/// Many records of an actor without an account, one second apart.
struct ManyRecords : AuditFixture {
  explicit ManyRecords(int count) : AuditFixture(running_stack({{"TASKS_PER_USER", "20"}})) {
    static_cast<void>(stack.sql(
        "insert into taskward.audit (id, at, actor_id, action, outcome, user_agent, request_id) select "
        "overlay(gen_random_uuid()::text placing '7' from 15)::uuid, '2026-03-01'::timestamptz + n * "
        "interval "
        "'1 second', '" +
        actor + "', 'task.update', 'success', repeat('agent ', 40), md5(n::text) from generate_series(1, " +
        std::to_string(count) + ") n"));
  }
  ManyRecords(const ManyRecords&) = delete;
  ManyRecords& operator=(const ManyRecords&) = delete;
  // Keeps the databases small for the tests that dump them.
  ~ManyRecords() {
    try {
      static_cast<void>(stack.sql("delete from taskward.audit where actor_id = '" + actor + "'"));
    } catch (const std::exception& fault) {
      BOOST_TEST_MESSAGE(fault.what());
    }
  }
  const std::string actor = "019c0000-0000-7000-8000-0000000000aa";
};

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_log)

BOOST_FIXTURE_TEST_CASE(each_filter_selects_the_matching_records, AuditFixture) {
  TaskOwner ada(stack);
  const std::string before =
      stack.sql("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
  const Response created = ada.request("POST", "/tasks", R"({"title":"Tea"})");
  BOOST_TEST_REQUIRE(created.status == 201);
  const std::string task = created.json()["id"].text();
  BOOST_TEST_REQUIRE(ada.request("PATCH", task, R"({"title":"Coffee"})").status == 200);
  BOOST_TEST_REQUIRE(ada.request("GET", "/admin/audit").status == 403);
  using Names = std::vector<std::string>;
  const auto check = [&](const std::string& query, const Names& expected) {
    BOOST_TEST(actions(query) == expected, query << " has " << json_array(actions(query)));
  };
  const std::string of_ada = "?actor=" + ada.user.id + "&from=" + before;
  check(of_ada, {"access.denied", "task.update", "task.create"});
  check(of_ada + "&action=task.", {"task.update", "task.create"});
  check(of_ada + "&action=task.create", {"task.create"});
  check(of_ada + "&outcome=denied,failure", {"access.denied"});
  check(of_ada + "&address=127.0.0.1", {"access.denied", "task.update", "task.create"});
  check(of_ada + "&address=127.0.0.0/8&outcome=success", {"task.update", "task.create"});
  check(of_ada + "&address=192.0.2.0/24", {});
  check("?object=" + task, {"task.update", "task.create"});
  check("?object=" + task + "&to=" + before, {});
  check("?request_id=" + created.header("x-request-id"), {"task.create"});

  const Json record = get("?request_id=" + created.header("x-request-id")).json()["items"].at(0);
  BOOST_TEST(record["actor_id"].text() == ada.user.id);
  BOOST_TEST(record["actor_role"].text() == "user");
  BOOST_TEST(record["object_type"].text() == "task");
  BOOST_TEST(record["object_id"].text() == task);
  BOOST_TEST(record["outcome"].text() == "success");
  BOOST_TEST(record["client_address"].text() == "127.0.0.1");
  BOOST_TEST(record["reason"].is_null());
  // A displayed timestamp can be used as a filter.
  const std::string at = record["at"].text();
  BOOST_TEST(at.size() == std::string("2026-05-01T12:00:00.000000Z").size());
  check("?object=" + task + "&to=" + at, {});
  check("?object=" + task + "&from=" + at, {"task.update", "task.create"});
}

BOOST_FIXTURE_TEST_CASE(links_lead_through_all_pages_without_duplicates, AuditFixture) {
  TaskOwner ada(stack);
  for (int i = 0; i < 7; ++i) static_cast<void>(ada.create_titled("Tea"));
  const std::string query = "?actor=" + ada.user.id + "&action=task.create&limit=3";
  std::vector<std::string> ids;
  std::vector<std::size_t> sizes;
  for (std::string path = "/admin/audit" + query; !path.empty();) {
    const Response page = client.get(path, admin.tokens.access);
    BOOST_TEST_REQUIRE(page.status == 200, page.body);
    BOOST_TEST(page.header("vary") == "Accept");
    BOOST_TEST(page.json()["limit"].number() == 3);
    const auto page_ids = texts_of(page.json()["items"], "id");
    sizes.push_back(page_ids.size());
    ids.insert(ids.end(), page_ids.begin(), page_ids.end());
    const std::string link = page.header("link");
    path = link.empty() ? "" : link.substr(1, link.find('>') - 1);
    BOOST_TEST(link.empty() == !page.json().has("next_cursor"));
    static_cast<void>(ada.create_titled("More tea"));
  }
  BOOST_TEST(sizes == (std::vector<std::size_t>{3, 3, 1}), boost::test_tools::per_element());
  BOOST_TEST(std::set<std::string>(ids.begin(), ids.end()).size() == 7U);
}

BOOST_FIXTURE_TEST_CASE(reads_and_denied_reads_are_audited, AuditFixture) {
  const std::string of_admin = admin.id + "|admin|audit|-";
  BOOST_TEST(audit_of(get("?limit=1")) == "audit.read|success|" + of_admin);
  BOOST_TEST(audit_of(stream("?actor=" + admin.id)) == "audit.export|success|" + of_admin);
  for (const std::vector<std::string>& headers : {std::vector<std::string>{}, {kLines}}) {
    const Response head = client.send(
        {.method = "HEAD", .path = "/admin/audit", .token = admin.tokens.access, .headers = headers});
    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.body.empty());
    BOOST_TEST(head.header("content-type") ==
               (headers.empty() ? "application/json" : "application/x-ndjson"));
    BOOST_TEST(audit_of(head) == "audit.read|success|" + of_admin);
  }
  for (const std::string role : {"guest", "user"}) {
    const User user = new_user(stack, role);
    const Response page = client.get("/admin/audit", user.tokens.access);
    expect_problem(page, 403, "forbidden");
    BOOST_TEST(audit_of(page) == "access.denied|denied|" + user.id + '|' + role + "|audit|audit.read");
    const Response lines =
        client.send({.path = "/admin/audit", .token = user.tokens.access, .headers = {kLines}});
    expect_problem(lines, 403, "forbidden");
    BOOST_TEST(audit_of(lines) == "access.denied|denied|" + user.id + '|' + role + "|audit|audit.export");
    // The request is not validated first.
    expect_problem(client.get("/admin/audit?limit=0", user.tokens.access), 403, "forbidden");
  }
  expect_problem(client.get("/admin/audit"), 401, "authentication_required");
}

BOOST_FIXTURE_TEST_CASE(invalid_parameters_are_named, AuditFixture) {
  expect_faults(get("?actor=x&action=nothing&outcome=x&address=x&from=x&to=x&limit=0&cursor=x&more=1"),
                {"actor:invalid_format", "action:invalid_value", "outcome:invalid_value",
                 "address:invalid_format", "from:invalid_format", "to:invalid_format", "limit:out_of_range",
                 "cursor:invalid_value", "more:unknown_member"});
  expect_faults(stream("?limit=5"), {"limit:invalid_value"});
}

BOOST_FIXTURE_TEST_CASE(stream_contains_all_records_and_no_secret, AuditFixture) {
  TaskOwner ada(stack);
  static_cast<void>(ada.create_titled("Tea"));
  const Response response = stream("");
  BOOST_TEST_REQUIRE(response.status == 200);
  BOOST_TEST(response.header("content-type") == "application/x-ndjson");
  BOOST_TEST(response.header("content-disposition") == "attachment; filename=\"audit.ndjson\"");
  BOOST_TEST(response.header("vary") == "Accept");
  BOOST_TEST(response.body.ends_with("}\n"));
  BOOST_TEST(response.body.find(kPasswordMark) == std::string::npos);
  BOOST_TEST(response.body.find(kTokenMark) == std::string::npos);
  BOOST_TEST(response.body.find(ada.user.email) == std::string::npos);
  const auto lines = lines_of(response.body);
  const auto before_it = stack.sql(
      "select count(*) from taskward.audit where at < (select at from "
      "taskward.audit where request_id = '" +
      response.header("x-request-id") + "')");
  BOOST_TEST(std::to_string(lines.size()) == before_it);
  for (const std::string& line : lines) BOOST_TEST_REQUIRE(Json::parse(line).has("id"));
  // The same filters apply; the body is empty if nothing matches.
  const auto created = lines_of(stream("?action=task.create&actor=" + ada.user.id).body);
  BOOST_TEST_REQUIRE(created.size() == 1U);
  BOOST_TEST(Json::parse(created.front())["action"].text() == "task.create");
  BOOST_TEST(stream("?actor=018f0000-0000-7000-8000-000000000000").body.empty());
  // Only if the client asks for it.
  for (const std::string usual : {"Accept: */*", "Accept: application/json, application/x-ndjson;q=0.9"}) {
    const Response page =
        client.send({.path = "/admin/audit?limit=1", .token = admin.tokens.access, .headers = {usual}});
    BOOST_TEST(page.header("content-type") == "application/json", usual);
  }
}

BOOST_AUTO_TEST_CASE(streaming_50000_records_uses_little_worker_memory, *boost::unit_test::label("slow")) {
  ManyRecords many(50'000);
  const auto before = peak_memory(many.stack);
  BOOST_TEST(before.size() >= 1U);
  const Response response = many.stream("?actor=" + many.actor);
  BOOST_TEST(response.body.size() > 20'000'000U);
  const auto lines = lines_of(response.body);
  BOOST_TEST(lines.size() == 50'000U);
  std::set<std::string> requests;
  std::string last = "9";
  bool is_in_order = true;
  for (const std::string& line : lines) {
    const Json record = Json::parse(line);
    is_in_order = is_in_order && record["at"].text() < last;
    last = record["at"].text();
    requests.insert(record["request_id"].text());
  }
  BOOST_TEST(is_in_order);
  BOOST_TEST(requests.size() == 50'000U);
  for (const auto& [name, after] : peak_memory(many.stack)) {
    BOOST_TEST_MESSAGE(name << " used up to " << before.at(name) << " MiB before and " << after
                            << " MiB after");
    // The sanitizer's allocator does not return freed memory.
    if (!is_sanitized()) BOOST_TEST(after < before.at(name) + 10);
  }
}

BOOST_AUTO_TEST_CASE(stream_is_aborted_when_its_reader_is_demoted, *boost::unit_test::label("slow")) {
  ManyRecords many(50'000);
  std::jthread demoting =
      run_sql_when(many.stack,
                   "exists (select from taskward.audit where action = 'audit.export' and actor_id = '" +
                       many.admin.id + "')",
                   "update taskward.users set role = 'user' where id = '" + many.admin.id + "'");
  // Of these records each part is one statement, so that the first part is complete when it is recorded.
  BOOST_CHECK_THROW(static_cast<void>(many.stream("?action=task.update")), TransportError);
  demoting.join();
  BOOST_TEST(many.stack.sql("select count(*) from taskward.audit where actor_id = '" + many.admin.id +
                            "' and action = 'access.denied' and reason = 'audit.export'") == "1");
  expect_problem(many.get(""), 403, "forbidden");
  // The worker keeps serving.
  BOOST_TEST(many.client.get("/readyz").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
