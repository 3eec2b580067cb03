// Changing tasks: omitted, null and read-only fields.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <random>

#include "expectations.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(task_changes, TaskOwner)

BOOST_DATA_TEST_CASE(null_clears_optional_fields,
                     data::make({"PATCH", "PATCH", "PUT"}) ^
                         data::make({"application/json", "application/merge-patch+json", "application/json"}),
                     method, type) {
  const std::string whole =
      R"({"title":"Tea","description":"green","status":"done","priority":"high","due_at":"2026-03-01T12:00:00Z","tags":["a"]})";
  const std::vector<std::string> headers{"Content-Type: " + std::string(type)};
  for (const std::string member : {"description", "priority", "due_at", "tags"}) {
    BOOST_TEST_CONTEXT(member) {
      const Json before = create(whole);
      const std::string id = before["id"].text();
      const Response response = request(method, id, "{\"" + member + "\":null}", headers);
      BOOST_TEST(response.status == 200, response.body);
      const Json after = response.json();
      BOOST_TEST(after["version"].number() == 2);
      BOOST_TEST(after["description"].text() == (member == "description" ? "" : "green"));
      BOOST_TEST(after["priority"].text() == (member == "priority" ? "none" : "high"));
      BOOST_TEST(after["due_at"].is_null() == (member == "due_at"));
      BOOST_TEST(after["tags"].size() == (member == "tags" ? 0U : 1U));
      BOOST_TEST(after["title"].text() == "Tea");
      BOOST_TEST(after["completed_at"].text() == before["completed_at"].text());
      BOOST_TEST(content_of(read(id)) == content_of(after));
    }
  }
  const std::string id = create(whole)["id"].text();
  expect_faults(request(method, id, R"({"title":null,"status":null,"description":null})", headers),
                {"title:wrong_type", "status:wrong_type"});
  BOOST_TEST(read(id)["version"].number() == 1);
}

BOOST_AUTO_TEST_CASE(merge_patch_is_accepted_by_patch_only) {
  const std::string id = create_titled("Tea");
  const std::vector<std::string> merge{"Content-Type: application/merge-patch+json; charset=utf-8"};
  BOOST_TEST(request("PATCH", id, R"({"status":"done"})", merge).status == 200);
  for (const auto& [method, path] : std::map<std::string, std::string>{{"PUT", id}, {"POST", "/tasks"}})
    expect_problem(request(method, path, R"({"title":"x"})", merge), 415, "unsupported_media_type");
  for (const std::string other : {"application/json-patch+json", "text/plain", "application/merge-patch"}) {
    const Response response = request("PATCH", id, "{}", {"Content-Type: " + other});
    expect_problem(response, 415, "unsupported_media_type");
    BOOST_TEST(split_list(response.header("accept-patch")) ==
                   (std::set<std::string>{"application/merge-patch+json", "application/json"}),
               each);
  }
  BOOST_TEST(split_list(request("OPTIONS", id).header("accept-patch")).size() == 2U);
  BOOST_TEST(read(id)["title"].text() == "Tea");
}

BOOST_AUTO_TEST_CASE(completed_at_follows_the_status) {
  const Json created = create(R"({"title":"Tea","status":"done"})");
  BOOST_TEST(created["completed_at"].text() == created["created_at"].text());
  const std::string id = created["id"].text();
  const auto completed = [](const Json& task) {
    return task["completed_at"].is_null() ? "" : task["completed_at"].text();
  };
  BOOST_TEST(completed(change(id, R"({"title":"Coffee"})")) == completed(created));
  BOOST_TEST(completed(change(id, R"({"status":"done","priority":"low"})")) == completed(created));
  for (const std::string open : {"in_progress", "todo"}) {
    BOOST_TEST(completed(change(id, R"({"status":")" + open + "\"}")).empty());
    const Json again = change(id, R"({"status":"done"})");
    BOOST_TEST(completed(again) == again["updated_at"].text());
    BOOST_TEST(completed(again) > completed(created));
  }
  BOOST_TEST(
      completed(batch(R"({"update":[{"id":")" + id + R"(","status":"todo"}]})")["updated"].at(0)).empty());
  const Json last = batch(R"({"update":[{"id":")" + id + R"(","status":"done"}]})")["updated"].at(0);
  BOOST_TEST(completed(last) == last["updated_at"].text());
}

BOOST_AUTO_TEST_CASE(change_without_effect_keeps_version_time_and_audit_log) {
  const Json created = create(R"({"title":"Tea","due_at":"2026-03-01T12:00:00Z","tags":["a"]})");
  const std::string id = created["id"].text();
  for (const std::string body :
       {"{}", R"({"title":"Tea"})",
        R"({"due_at":"2026-03-01T13:00:00+01:00","tags":["a","a"],"description":null})"}) {
    const Response response = request("PATCH", id, body);
    BOOST_TEST(response.status == 200, response.body);
    BOOST_TEST(response.json()["version"].number() == 1);
    BOOST_TEST(response.json()["updated_at"].text() == created["updated_at"].text());
    BOOST_TEST(response.header("etag") == R"("1")");
  }
  BOOST_TEST(stack.sql("select count(*) from taskward.audit where action = 'task.update' and object_id = '" +
                       id + "'") == "0");
}

BOOST_DATA_TEST_CASE(read_only_fields_cannot_be_written, data::make({"POST", "PUT", "PATCH"}), method) {
  const std::string id = create_titled("Tea");
  std::string body = R"({"title":"x")";
  std::set<std::string> faults;
  for (const char* name :
       {"id", "owner_id", "version", "created_at", "updated_at", "completed_at", "deleted_at"}) {
    body += std::string(",\"") + name + "\":null";
    faults.insert(std::string(name) + ":unknown_member");
  }
  expect_faults(request(method, method == std::string("POST") ? "/tasks" : id, body + '}'), faults);
  BOOST_TEST(titles() == Texts{"Tea"}, each);
}

BOOST_AUTO_TEST_CASE(random_series_of_changes_gives_the_expected_task) {
  std::mt19937 random(7);
  const auto one_of = [&](const Texts& values) { return values[random() % values.size()]; };
  const std::map<std::string, Texts> values{
      {"title", {R"("Tea")", R"("Coffee")", R"(" \" ")"}},
      {"description", {R"("")", R"("green")", "null"}},
      {"status", {R"("todo")", R"("in_progress")", R"("done")"}},
      {"priority", {R"("none")", R"("low")", R"("urgent")", "null"}},
      {"due_at", {"null", R"("2026-03-01T12:00:00Z")", R"("2027-01-01T00:00:00+02:00")"}},
      {"tags", {"null", "[]", R"(["b","a"])", R"(["c"])"}}};
  const std::map<std::string, std::string> canonical{
      {R"(["b","a"])", R"(["a","b"])"},
      {R"("2026-03-01T12:00:00Z")", R"("2026-03-01T12:00:00.000Z")"},
      {R"("2027-01-01T00:00:00+02:00")", R"("2026-12-31T22:00:00.000Z")"}};
  const std::map<std::string, std::string> cleared{
      {"description", "\"\""}, {"priority", "\"none\""}, {"due_at", "null"}, {"tags", "[]"}};
  std::map<std::string, std::string> expected{{"title", "\"Tea\""}, {"status", "\"todo\""}};
  expected.insert(cleared.begin(), cleared.end());
  const std::string id = create_titled("Tea");
  std::int64_t version = 1;
  for (int round = 0; round < 120; ++round) {
    const auto before = expected;
    std::string body;
    for (const auto& [member, choices] : values) {
      if (random() % 3 != 0) continue;
      const std::string value = one_of(choices);
      body += (body.empty() ? "{\"" : ",\"") + member + "\":" + value;
      expected[member] = value == "null"               ? cleared.at(member)
                         : canonical.count(value) == 1 ? canonical.at(value)
                                                       : value;
    }
    if (expected != before) ++version;
    const Json task = change(id, body.empty() ? "{}" : body + '}');
    std::map<std::string, std::string> found;
    for (const auto& [member, choices] : values) {
      found[member] = member == "tags"         ? json_array(texts_in(task[member]))
                      : task[member].is_null() ? "null"
                                               : json_string(task[member].text());
    }
    BOOST_TEST((found == expected), "round " << round << ": " << body << " gives " << content_of(task));
    BOOST_TEST(task["version"].number() == version);
    BOOST_TEST(task["completed_at"].is_null() == (expected["status"] != "\"done\""));
  }
}

BOOST_AUTO_TEST_SUITE_END()
