// The trash: deleted tasks can be restored unchanged until they are permanently deleted.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

const std::string kWhole =
    R"({"title":"Tea <&> \"\u00e4\"","description":"line\n\tline","status":"done","priority":"high",)"
    R"("due_at":"2026-03-01T12:00:00.5+01:00","tags":["b","a, c"]})";

struct TrashFixture : TaskOwner {
  Response remove(const std::string& id, const std::string& query = {}) {
    return request("DELETE", id + query);
  }
  Response restore(const std::string& id) { return request("POST", "/tasks/" + id + "/restore"); }
  /// Whether the database counts so many tasks against the quota; far from it, creations are counted several
  /// at once.
  [[nodiscard]] bool counts(std::size_t tasks) const {
    const std::string counted =
        stack.sql("select max(quota) - sum(room) from taskward.task_room where owner_id = '" + user.id + "'");
    return std::abs(std::stol(counted) - static_cast<long>(tasks)) < 16;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(trash, TrashFixture)

BOOST_AUTO_TEST_CASE(trashed_task_is_only_in_the_trash) {
  const std::string id = create(kWhole)["id"].text();
  static_cast<void>(create_titled("other"));
  BOOST_TEST(remove(id).status == 204);
  expect_problem(request("GET", id), 404, "not_found");
  for (const std::string method : {"PUT", "PATCH"})
    expect_problem(request(method, id, R"({"title":"x"})"), 404, "not_found");
  expect_problem(remove(id), 404, "not_found");
  expect_faults(request("POST", "/tasks/batch", R"({"update":[{"id":")" + id + R"("}]})"),
                {"update[0].id:not_found"});
  expect_faults(request("POST", "/tasks/batch", R"({"delete":[")" + id + R"("]})"), {"delete[0]:not_found"});
  for (const std::string query : {"", "?q=tea", "?tag=b", "?status=done", "?sort=title", "?trash=false"})
    BOOST_TEST(texts_of(list(query)["items"], "id") != Texts{id}, query);
  BOOST_TEST(list("?count=true")["total"].number() == 1);
  for (const std::string format : {"json", "csv", "ics"})
    BOOST_TEST(request("GET", "/tasks/export?format=" + format).body.find(id) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(trash_supports_all_list_queries_newest_deletion_first) {
  Texts deleted;
  for (const char* title : {"one", "two", "three", "four"}) deleted.push_back(create_titled(title));
  static_cast<void>(change(deleted[2], R"({"status":"done","tags":["a"],"due_at":"2026-03-01T12:00:00Z"})"));
  static_cast<void>(create_titled("stays"));
  for (const std::size_t i : {1U, 0U, 3U, 2U}) BOOST_TEST(remove(deleted[i]).status == 204);
  BOOST_TEST(titles("?trash=true") == (Texts{"three", "four", "one", "two"}), each);
  BOOST_TEST(titles("?trash=true&sort=title") == (Texts{"four", "one", "three", "two"}), each);
  BOOST_TEST(titles("?trash=true&sort=created_at&offset=1&limit=2") == (Texts{"two", "three"}), each);
  for (const std::string narrow : {"q=thr", "tag=a", "status=done", "due_before=2026-03-02T00:00:00Z"})
    BOOST_TEST(titles("?trash=true&" + narrow) == Texts{"three"}, each);
  BOOST_TEST(walk("?trash=true&limit=1") == (Texts{deleted[2], deleted[3], deleted[0], deleted[1]}), each);
  const Json page = list("?trash=true&count=true");
  BOOST_TEST(page["total"].number() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const Json task = page["items"].at(i);
    BOOST_TEST(task["deleted_at"].text() == task["updated_at"].text());
    BOOST_TEST(task["deleted_at"].text() >= task["created_at"].text());
  }
  BOOST_TEST(!list("")["items"].at(0).has("deleted_at"));
}

BOOST_AUTO_TEST_CASE(restored_task_is_unchanged) {
  const Json created = create(kWhole);
  const std::string id = created["id"].text();
  BOOST_TEST(remove(id).status == 204);
  const Response restored = restore(id);
  BOOST_TEST(restored.status == 200, restored.body);
  BOOST_TEST(content_of(restored.json()) == content_of(created));
  BOOST_TEST(restored.json()["version"].number() == 3);
  BOOST_TEST(restored.header("etag") == R"("3")");
  BOOST_TEST(request("GET", id).body == restored.body);
  BOOST_TEST(ids("?q=tea&tag=b") == Texts{id}, each);
  BOOST_TEST(ids("?trash=true").empty());
  // Restoring again has no effect.
  const Response again = restore(id);
  BOOST_TEST(again.status == 200);
  BOOST_TEST(again.body == restored.body);
  BOOST_TEST(stack.sql("select string_agg(action, ' ' order by id) from taskward.audit where object_id = '" +
                       id + "'") == "task.create task.delete task.restore");
}

BOOST_DATA_TEST_CASE(permanently_deleted_task_is_gone, data::make({"list", "trash"}), from) {
  const std::string id = create(kWhole)["id"].text();
  if (std::string(from) == "trash") BOOST_TEST(remove(id).status == 204);
  BOOST_TEST(remove(id, "?permanent=true").status == 204);
  BOOST_TEST(ids("?trash=true").empty());
  expect_problem(restore(id), 404, "not_found");
  expect_problem(remove(id, "?permanent=true"), 404, "not_found");
  BOOST_TEST(count() == 0U);
  BOOST_TEST(counts(0));
}

BOOST_AUTO_TEST_CASE(invalid_permanent_parameter_deletes_nothing) {
  const std::string id = create_titled("Tea");
  expect_faults(remove(id, "?permanent=1"), {"permanent:invalid_value"});
  expect_faults(remove(id, "?permanent="), {"permanent:invalid_value"});
  expect_faults(remove(id, "?permanently=true&permanent=yes"),
                {"permanently:unknown_member", "permanent:invalid_value"});
  expect_faults(remove(id, "?permanent=true&permanent=true"), {"permanent:duplicate"});
  expect_problem(remove(id, "?permanent=%ff"), 400, "bad_request");
  BOOST_TEST(ids() == Texts{id}, each);
  BOOST_TEST(remove(id, "?permanent=false").status == 204);
  BOOST_TEST(ids("?trash=true") == Texts{id}, each);
}

BOOST_DATA_TEST_CASE(invalid_id_can_neither_be_restored_nor_deleted,
                     data::make({"1", "018f0000-0000-7000-8000-000000000000",
                                 "00000000-0000-0000-0000-000000000000", "%27", "restore", "batch",
                                 "export"}),
                     id) {
  expect_problem(restore(id), 404, "not_found");
  const Response response = remove(id, "?permanent=true");
  BOOST_TEST((response.status == 404 || response.status == 405), response.status);
}

BOOST_AUTO_TEST_CASE(concurrent_deletions_and_restores_keep_the_count_exact) {
  const std::string id = create_titled("Tea");
  Load load(stack, 8, [&](HttpClient& one, std::size_t round) {
    if (round % 2 == 0) return one.send({.method = "DELETE", .path = "/tasks/" + id, .token = token});
    return one.send({.method = "POST", .path = "/tasks/" + id + "/restore", .token = token});
  });
  BOOST_TEST(eventually(std::chrono::seconds(60), [&] { return load.answered(204) > 20; }));
  const Tally tally = load.finish();
  BOOST_TEST(tally.answered() == tally.count(200) + tally.count(204) + tally.count(404), tally.summary());
  BOOST_TEST(tally.count(204) > 1U, tally.summary());
  // Deletions and restores alternate, and the counter matches the stored tasks.
  const std::string version = stack.sql("select version from taskward.tasks where id = '" + id + "'");
  const std::string records = stack.sql("select 1 + count(*) from taskward.audit where object_id = '" + id +
                                        "' and action in ('task.delete', 'task.restore')");
  BOOST_TEST(version == records);
  BOOST_TEST(counts(count("not trashed")));
}

BOOST_AUTO_TEST_CASE(concurrent_permanent_deletions_and_restores_are_consistent) {
  for (int round = 0; round < 10; ++round) {
    const std::string id = create_titled("Tea");
    BOOST_TEST(remove(id).status == 204);
    const auto responses = concurrently(stack, 8, [&](HttpClient& one, std::size_t index) {
      return index % 2 == 0
                 ? one.send({.method = "POST", .path = "/tasks/" + id + "/restore", .token = token})
                 : one.send({.method = "DELETE", .path = "/tasks/" + id + "?permanent=true", .token = token});
    });
    int deleted = 0;
    for (const Response& response : responses) {
      BOOST_TEST((response.status == 200 || response.status == 204 || response.status == 404), response.body);
      if (response.status == 204) ++deleted;
    }
    BOOST_TEST(deleted == 1);
  }
  BOOST_TEST(count() == 0U);
  BOOST_TEST(counts(0));
}

BOOST_AUTO_TEST_SUITE_END()
