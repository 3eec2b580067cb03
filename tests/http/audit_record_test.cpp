// Administrators read the audit record: in pages, and all of it as a stream.
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "expectations.hpp"
#include "people.hpp"
#include "running_stack.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;

constexpr const char* kLines = "Accept: application/x-ndjson";

struct Auditor {
  explicit Auditor(const Stack& its_stack = running_stack()) : stack(its_stack) {}
  Auditor(const Auditor&) = delete;
  Auditor& operator=(const Auditor&) = delete;
  ~Auditor() = default;

  const Stack& stack;
  Person admin = join(stack, "admin");
  HttpClient client = stack.client();

  Answer get(const std::string& query) { return client.get("/admin/audit" + query, admin.tokens.access); }
  Answer stream(const std::string& query) {
    return client.send({.path = "/admin/audit" + query, .token = admin.tokens.access, .headers = {kLines}});
  }
  std::vector<std::string> actions(const std::string& query) {
    const Answer answer = get(query);
    BOOST_TEST_REQUIRE(answer.status == 200, answer.body);
    return texts_of(answer.json()["items"], "action");
  }
  std::string recorded(const Answer& answer) const {
    return stack.sql(
        "select action, outcome, actor_id, actor_role, object_type, coalesce(reason, '-') from "
        "taskward.audit where request_id = '" +
        answer.header("x-request-id") + "'");
  }
};

std::vector<std::string> lines_of(const std::string& body) {
  std::vector<std::string> lines;
  std::istringstream text(body);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

/// Records of somebody who is nobody's account, a second after each other, for tests that need many.
struct ManyRecords : Auditor {
  explicit ManyRecords(int count) : Auditor(running_stack({{"TASKS_PER_USER", "20"}})) {
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
  // So that what looks at all databases afterwards need not look at these.
  ~ManyRecords() {
    try {
      static_cast<void>(stack.sql("delete from taskward.audit where actor_id = '" + actor + "'"));
    } catch (const std::exception& fault) {
      BOOST_TEST_MESSAGE(fault.what());
    }
  }
  const std::string actor = "019c0000-0000-7000-8000-0000000000aa";

  /// The most memory that each of the workers ever held, in MB.
  [[nodiscard]] std::map<std::string, std::size_t> peaks() const {
    std::map<std::string, std::size_t> found;
    for (const auto& [name, pid] : stack.workers()) {
      if (!name.starts_with("api")) continue;
      std::ifstream status("/proc/" + std::to_string(pid) + "/status");
      for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) found[name] = std::stoul(line.substr(6)) / 1024;
      }
    }
    return found;
  }
};

bool is_sanitized() {
  const char* variant = std::getenv("VARIANT");  // NOLINT: nothing in the tests sets a variable
  return variant != nullptr && std::string(variant) == "sanitize";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_record)

BOOST_FIXTURE_TEST_CASE(what_somebody_did_is_found_by_each_filter, Auditor) {
  TaskOwner ada(stack);
  const std::string before =
      stack.sql("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
  const Answer made = ada.ask("POST", "/tasks", R"({"title":"Tea"})");
  BOOST_TEST_REQUIRE(made.status == 201);
  const std::string task = made.json()["id"].text();
  BOOST_TEST_REQUIRE(ada.ask("PATCH", task, R"({"title":"Coffee"})").status == 200);
  BOOST_TEST_REQUIRE(ada.ask("GET", "/admin/audit").status == 403);
  using Names = std::vector<std::string>;
  const auto check = [&](const std::string& query, const Names& expected) {
    BOOST_TEST(actions(query) == expected, query << " has " << json_array(actions(query)));
  };
  const std::string of_ada = "?actor=" + ada.person.id + "&from=" + before;
  check(of_ada, {"access.denied", "task.update", "task.create"});
  check(of_ada + "&action=task.", {"task.update", "task.create"});
  check(of_ada + "&action=task.create", {"task.create"});
  check(of_ada + "&outcome=denied,failure", {"access.denied"});
  check(of_ada + "&address=127.0.0.1", {"access.denied", "task.update", "task.create"});
  check(of_ada + "&address=127.0.0.0/8&outcome=success", {"task.update", "task.create"});
  check(of_ada + "&address=192.0.2.0/24", {});
  check("?object=" + task, {"task.update", "task.create"});
  check("?object=" + task + "&to=" + before, {});
  check("?request_id=" + made.header("x-request-id"), {"task.create"});

  const Json record = get("?request_id=" + made.header("x-request-id")).json()["items"].at(0);
  BOOST_TEST(record["actor_id"].text() == ada.person.id);
  BOOST_TEST(record["actor_role"].text() == "user");
  BOOST_TEST(record["object_type"].text() == "task");
  BOOST_TEST(record["object_id"].text() == task);
  BOOST_TEST(record["outcome"].text() == "success");
  BOOST_TEST(record["client_address"].text() == "127.0.0.1");
  BOOST_TEST(record["reason"].is_null());
  // What is shown of a moment names it.
  const std::string at = record["at"].text();
  BOOST_TEST(at.size() == std::string("2026-05-01T12:00:00.000000Z").size());
  check("?object=" + task + "&to=" + at, {});
  check("?object=" + task + "&from=" + at, {"task.update", "task.create"});
}

BOOST_FIXTURE_TEST_CASE(pages_follow_one_another_by_their_links, Auditor) {
  TaskOwner ada(stack);
  for (int i = 0; i < 7; ++i) static_cast<void>(ada.make_titled("Tea"));
  const std::string query = "?actor=" + ada.person.id + "&action=task.create&limit=3";
  std::vector<std::string> ids;
  std::vector<std::size_t> sizes;
  for (std::string path = "/admin/audit" + query; !path.empty();) {
    const Answer page = client.get(path, admin.tokens.access);
    BOOST_TEST_REQUIRE(page.status == 200, page.body);
    BOOST_TEST(page.header("vary") == "Accept");
    BOOST_TEST(page.json()["limit"].number() == 3);
    const auto some = texts_of(page.json()["items"], "id");
    sizes.push_back(some.size());
    ids.insert(ids.end(), some.begin(), some.end());
    const std::string link = page.header("link");
    path = link.empty() ? "" : link.substr(1, link.find('>') - 1);
    BOOST_TEST(link.empty() == !page.json().has("next_cursor"));
    static_cast<void>(ada.make_titled("More tea"));
  }
  BOOST_TEST(sizes == (std::vector<std::size_t>{3, 3, 1}), boost::test_tools::per_element());
  BOOST_TEST(std::set<std::string>(ids.begin(), ids.end()).size() == 7U);
}

BOOST_FIXTURE_TEST_CASE(a_look_is_recorded_and_a_refused_one_too, Auditor) {
  const std::string of_admin = admin.id + "|admin|audit|-";
  BOOST_TEST(recorded(get("?limit=1")) == "audit.read|success|" + of_admin);
  BOOST_TEST(recorded(stream("?actor=" + admin.id)) == "audit.export|success|" + of_admin);
  for (const std::vector<std::string>& headers : {std::vector<std::string>{}, {kLines}}) {
    const Answer head = client.send(
        {.method = "HEAD", .path = "/admin/audit", .token = admin.tokens.access, .headers = headers});
    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.body.empty());
    BOOST_TEST(head.header("content-type") ==
               (headers.empty() ? "application/json" : "application/x-ndjson"));
    BOOST_TEST(recorded(head) == "audit.read|success|" + of_admin);
  }
  for (const std::string role : {"guest", "user"}) {
    const Person person = join(stack, role);
    const Answer page = client.get("/admin/audit", person.tokens.access);
    expect_problem(page, 403, "forbidden");
    BOOST_TEST(recorded(page) == "access.denied|denied|" + person.id + '|' + role + "|audit|audit.read");
    const Answer lines =
        client.send({.path = "/admin/audit", .token = person.tokens.access, .headers = {kLines}});
    expect_problem(lines, 403, "forbidden");
    BOOST_TEST(recorded(lines) == "access.denied|denied|" + person.id + '|' + role + "|audit|audit.export");
    // Not what would be wrong with the request.
    expect_problem(client.get("/admin/audit?limit=0", person.tokens.access), 403, "forbidden");
  }
  expect_problem(client.get("/admin/audit"), 401, "authentication_required");
}

BOOST_FIXTURE_TEST_CASE(bad_parameters_are_named, Auditor) {
  expect_faults(get("?actor=x&action=nothing&outcome=x&address=x&from=x&to=x&limit=0&cursor=x&more=1"),
                {"actor:invalid_format", "action:invalid_value", "outcome:invalid_value",
                 "address:invalid_format", "from:invalid_format", "to:invalid_format", "limit:out_of_range",
                 "cursor:invalid_value", "more:unknown_member"});
  expect_faults(stream("?limit=5"), {"limit:invalid_value"});
}

BOOST_FIXTURE_TEST_CASE(a_stream_has_all_records_as_lines_and_no_secret, Auditor) {
  TaskOwner ada(stack);
  static_cast<void>(ada.make_titled("Tea"));
  const Answer answer = stream("");
  BOOST_TEST_REQUIRE(answer.status == 200);
  BOOST_TEST(answer.header("content-type") == "application/x-ndjson");
  BOOST_TEST(answer.header("content-disposition") == "attachment; filename=\"audit.ndjson\"");
  BOOST_TEST(answer.header("vary") == "Accept");
  BOOST_TEST(answer.body.ends_with("}\n"));
  BOOST_TEST(answer.body.find(kPasswordMark) == std::string::npos);
  BOOST_TEST(answer.body.find(kTokenMark) == std::string::npos);
  BOOST_TEST(answer.body.find(ada.person.email) == std::string::npos);
  const auto lines = lines_of(answer.body);
  const auto before_it = stack.sql(
      "select count(*) from taskward.audit where at < (select at from "
      "taskward.audit where request_id = '" +
      answer.header("x-request-id") + "')");
  BOOST_TEST(std::to_string(lines.size()) == before_it);
  for (const std::string& line : lines) BOOST_TEST_REQUIRE(Json::parse(line).has("id"));
  // The same filters, and nothing at all when nothing fits.
  const auto created = lines_of(stream("?action=task.create&actor=" + ada.person.id).body);
  BOOST_TEST_REQUIRE(created.size() == 1U);
  BOOST_TEST(Json::parse(created.front())["action"].text() == "task.create");
  BOOST_TEST(stream("?actor=018f0000-0000-7000-8000-000000000000").body.empty());
  // Only for who asks for it.
  for (const std::string usual : {"Accept: */*", "Accept: application/json, application/x-ndjson;q=0.9"}) {
    const Answer page =
        client.send({.path = "/admin/audit?limit=1", .token = admin.tokens.access, .headers = {usual}});
    BOOST_TEST(page.header("content-type") == "application/json", usual);
  }
}

BOOST_AUTO_TEST_CASE(a_long_record_takes_a_worker_little_memory) {
  ManyRecords many(50'000);
  const auto before = many.peaks();
  BOOST_TEST(before.size() >= 1U);
  const Answer answer = many.stream("?actor=" + many.actor);
  BOOST_TEST(answer.body.size() > 20'000'000U);
  const auto lines = lines_of(answer.body);
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
  for (const auto& [name, after] : many.peaks()) {
    BOOST_TEST_MESSAGE(name << " held " << before.at(name) << " MB before and " << after << " MB after");
    // The sanitizer's allocator keeps what was freed.
    if (!is_sanitized()) BOOST_TEST(after < before.at(name) + 10);
  }
}

BOOST_AUTO_TEST_CASE(a_stream_whose_reader_is_demoted_meanwhile_is_broken_off) {
  ManyRecords many(50'000);
  // Looks all the time, within the database, so that it acts between the first pieces of the stream.
  const std::string demote_once_it_has_begun =
      "do $$ begin for i in 1..20000 loop if exists (select from taskward.audit where action = "
      "'audit.export' "
      "and actor_id = '" +
      many.admin.id + "') then update taskward.users set role = 'user' where id = '" + many.admin.id +
      "'; exit; end if; perform pg_sleep(0.002); end loop; end $$";
  std::jthread demoting([&] { static_cast<void>(many.stack.sql(demote_once_it_has_begun)); });
  const std::string is_looking =
      "select count(*) from pg_stat_activity where state = 'active' and query like 'do $$%pg_sleep%'";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (many.stack.sql(is_looking) != "1" && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  BOOST_CHECK_THROW(static_cast<void>(many.stream("?actor=" + many.actor)), NoAnswer);
  demoting.join();
  BOOST_TEST(many.stack.sql("select count(*) from taskward.audit where actor_id = '" + many.admin.id +
                            "' and action = 'access.denied' and reason = 'audit.export'") == "1");
  expect_problem(many.get(""), 403, "forbidden");
  // The worker goes on.
  BOOST_TEST(many.client.get("/readyz").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
