// POST /tasks/batch: many changes in one transaction.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

const std::string kUnknownId = "018f0000-0000-7000-8000-000000000000";

std::string repeated_item(const std::string& item, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += (i == 0 ? "" : ",") + item;
  return out;
}

/// A batch that makes the same change to each of the tasks, in order.
std::string update_batch(const Texts& ids, const std::string& members) {
  std::string out = R"({"update":[)";
  for (std::size_t i = 0; i < ids.size(); ++i)
    out += (i == 0 ? R"({"id":")" : R"(,{"id":")") + ids[i] + "\"," + members + '}';
  return out + "]}";
}

struct BatchFixture : TaskOwner {
  Texts created;

  BatchFixture() {
    for (const char* title : {"zero", "one", "two", "three", "four"}) created.push_back(create_titled(title));
  }
  Response send(const std::string& body) { return request("POST", "/tasks/batch", body); }
  /// A rejected batch changes nothing and leaves no audit record of a task.
  void expect_refused(const std::string& body, const std::set<std::string>& faults) {
    const std::string before = rows();
    const std::string records = own_records();
    expect_faults(send(body), faults);
    BOOST_TEST(rows() == before);
    BOOST_TEST(own_records() == records);
  }
  [[nodiscard]] std::string own_records() const {
    return stack.sql(
        "select action, count(*) from taskward.audit where object_type = 'task' and actor_id = '" + user.id +
        "' group by action order by action");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(batches, BatchFixture)

BOOST_AUTO_TEST_CASE(results_follow_request_order_and_show_the_stored_tasks) {
  const Response response =
      send(R"({"delete":[")" + created[4] + R"(",")" + created[0] + R"("],"update":[{"id":")" + created[3] +
           R"(","status":"done","version":1},{"title":"uno","id":")" + created[1] + R"("},{"id":")" +
           created[2] + R"("}],"create":[{"title":"b","tags":["x"]},{"title":"a","priority":"low"}]})");
  BOOST_TEST(response.status == 200, response.body);
  const Json done = response.json();
  BOOST_TEST(done.names() == (Texts{"created", "updated", "deleted"}), each);
  BOOST_TEST(texts_of(done["created"], "title") == (Texts{"b", "a"}), each);
  BOOST_TEST(texts_of(done["updated"], "id") == (Texts{created[3], created[1], created[2]}), each);
  BOOST_TEST(texts_of(done["updated"], "title") == (Texts{"three", "uno", "two"}), each);
  BOOST_TEST(texts_in(done["deleted"]) == (Texts{created[4], created[0]}), each);
  // An unchanged task keeps its version.
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST(done["updated"].at(i)["version"].number() == (i == 2 ? 1 : 2));
  for (const char* part : {"created", "updated"}) {
    for (std::size_t i = 0; i < done[part].size(); ++i) {
      const Json task = done[part].at(i);
      const Json now = read(task["id"].text());
      BOOST_TEST(content_of(now) == content_of(task));
      BOOST_TEST(now["version"].number() == task["version"].number());
    }
  }
  BOOST_TEST(ids("?trash=true").size() == 2U);
  BOOST_TEST(own_records() == "task.create|7\ntask.delete|2\ntask.update|2");
}

BOOST_AUTO_TEST_CASE(null_clears_optional_fields) {
  static_cast<void>(
      change(created[0],
             R"({"description":"green","priority":"high","due_at":"2026-03-01T12:00:00Z","tags":["a"]})"));
  const Json done = batch(update_batch(
      {created[0]}, R"("description":null,"priority":null,"due_at":null,"tags":null)"))["updated"]
                        .at(0);
  BOOST_TEST(done["description"].text().empty());
  BOOST_TEST(done["priority"].text() == "none");
  BOOST_TEST(done["due_at"].is_null());
  BOOST_TEST(done["tags"].size() == 0U);
  BOOST_TEST(done["title"].text() == "zero");
}

BOOST_AUTO_TEST_CASE(every_validation_error_names_its_position) {
  expect_refused(
      R"({"create":[{"title":"fine"},{"title":""},7,{"titel":"x"},{"title":"x","tags":["ok","","a\tb"]}],)"
      R"("update":[{"id":")" +
          created[0] + R"(","title":"changed"},{"title":"x"},{"id":"x","due_at":"soon"},{"id":")" +
          created[1] + R"(","version":0,"priority":"big"},{"id":")" + created[2] +
          R"(","version":"1","colour":1}],)" + R"("delete":[")" + created[3] + R"(","x",5],"destroy":[]})",
      {"create[1].title:too_short", "create[2]:wrong_type", "create[3].title:required",
       "create[3].titel:unknown_member", "create[4].tags[1]:too_short", "create[4].tags[2]:invalid_character",
       "update[1].id:required", "update[2].id:invalid_format", "update[2].due_at:invalid_format",
       "update[3].version:out_of_range", "update[3].priority:invalid_value", "update[4].version:wrong_type",
       "update[4].colour:unknown_member", "delete[1]:invalid_format", "delete[2]:wrong_type",
       "destroy:unknown_member"});
}

BOOST_AUTO_TEST_CASE(every_missing_or_stale_task_names_its_position) {
  static_cast<void>(change(created[1], R"({"title":"uno"})"));
  BOOST_TEST(request("DELETE", created[4]).status == 204);
  expect_refused(
      R"({"create":[{"title":"new"}],"update":[{"id":")" + created[0] + R"(","title":"x"},{"id":")" +
          created[1] + R"(","title":"x","version":1},{"id":")" + kUnknownId + R"(","version":1},{"id":")" +
          created[2] + R"(","version":2},{"id":")" + created[4] + R"("}],"delete":[")" + created[3] +
          "\",\"" + "018f0000-0000-7000-8000-000000000001" + R"(","00000000-0000-0000-0000-000000000000"]})",
      {"update[1].version:stale_version", "update[2].id:not_found", "update[3].version:stale_version",
       "update[4].id:not_found", "delete[1]:not_found", "delete[2]:not_found"});
  expect_refused(R"({"delete":[")" + created[0] + "\",\"" + created[4] + "\"]}", {"delete[1]:not_found"});
}

BOOST_AUTO_TEST_CASE(task_must_not_appear_more_than_once) {
  std::string upper_case = created[0];
  for (char& c : upper_case) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  expect_refused(R"({"update":[{"id":")" + created[0] + R"(","title":"a"},{"id":")" + upper_case +
                     R"(","title":"b"}],"delete":[")" + created[1] + "\",\"" + created[1] + "\",\"" +
                     created[0] + "\"]}",
                 {"update[1].id:duplicate", "delete[1]:duplicate", "delete[2]:duplicate"});
  // Ids are case-insensitive.
  BOOST_TEST(batch(update_batch({upper_case}, R"("title":"loud")"))["updated"].at(0)["id"].text() ==
             created[0]);
}

BOOST_AUTO_TEST_CASE(batch_of_100_changes_is_accepted_and_101_is_not) {
  const auto creates = [](std::size_t count) {
    return R"("create":[)" + repeated_item(R"({"title":"x"})", count) + ']';
  };
  const std::string deletions = R"("delete":[")" + created[0] + "\",\"" + created[1] + "\"]";
  BOOST_TEST(batch('{' + creates(98) + ',' + deletions + '}')["created"].size() == 98U);
  BOOST_TEST(count() == 103U);
  const std::string again = R"("delete":[")" + created[2] + "\",\"" + created[3] + "\"]";
  expect_refused('{' + creates(99) + ',' + again + '}', {":too_many"});
  expect_refused('{' + creates(101) + '}', {"create:too_many"});
  expect_refused(R"({"delete":[)" + repeated_item(json_string(created[2]), 101) + "]}", {"delete:too_many"});
}

BOOST_AUTO_TEST_CASE(empty_batch_changes_nothing) {
  for (const std::string body : {"{}", R"({"create":[],"update":[],"delete":[]})"}) {
    const Json done = batch(body);
    BOOST_TEST(
        (done["created"].size() == 0U && done["updated"].size() == 0U && done["deleted"].size() == 0U));
  }
  for (const std::string body : {"[]", "null", "7"}) expect_faults(send(body), {":wrong_type"});
  expect_faults(send(R"({"create":null,"update":{},"delete":"x"})"),
                {"create:wrong_type", "update:wrong_type", "delete:wrong_type"});
  expect_problem(send(""), 400, "malformed_json");
  expect_problem(send(R"({"create":[{"title":"x"}],"create":[]})"), 400, "malformed_json");
  expect_problem(send(R"({"create":[{"title":")" + std::string(65'536, 'x') + "\"}]}"), 413,
                 "payload_too_large");
}

BOOST_AUTO_TEST_CASE(batches_in_opposite_order_do_not_deadlock) {
  Texts forward;
  for (int i = 0; i < 30; ++i) forward.push_back(create_titled("Tea"));
  const Texts backward(forward.rbegin(), forward.rend());
  Load load(stack, 10, [&](HttpClient& one, std::size_t round) {
    const Texts& ids = round % 2 == 0 ? forward : backward;
    // With a version most requests are rejected; without one all succeed.
    const std::string version = round % 3 == 0 ? R"(,"version":)" + std::to_string(1 + round) : "";
    return one.post("/tasks/batch", update_batch(ids, R"("title":")" + unique_name() + '"' + version), token);
  });
  Load single(stack, 4, [&](HttpClient& one, std::size_t round) {
    return one.send({.method = "PATCH",
                     .path = "/tasks/" + forward[round % forward.size()],
                     .body = R"({"description":")" + unique_name() + "\"}",
                     .token = token});
  });
  BOOST_TEST(eventually(std::chrono::seconds(60),
                        [&] { return load.answered(200) > 20 && single.answered(200) > 100; }));
  const Tally tally = load.finish();
  const Tally of_single = single.finish();
  BOOST_TEST(tally.answered() == tally.count(200) + tally.count(422), tally.summary());
  BOOST_TEST(tally.unanswered + of_single.unanswered == 0U);
  BOOST_TEST(tally.count(200) > 10U, tally.summary());
  BOOST_TEST(of_single.answered() == of_single.count(200), of_single.summary());
  // Batches are atomic: all tasks have the title of the same batch.
  BOOST_TEST(stack.sql("select count(distinct title) from taskward.tasks where owner_id = '" + user.id +
                       "' and title like 'n%'") == "1");
  BOOST_TEST(stack.sql("select sum(version) - count(*) from taskward.tasks where owner_id = '" + user.id +
                       "'") == std::to_string(tally.count(200) * forward.size() + of_single.count(200)));
}

BOOST_AUTO_TEST_CASE(concurrent_readers_see_all_of_a_batch_or_nothing) {
  Load writer(stack, 2, [&](HttpClient& one, std::size_t round) {
    const std::string status = round % 2 == 0 ? "done" : "todo";
    return one.post("/tasks/batch", update_batch(created, R"("status":")" + status + '"'), token);
  });
  std::set<std::size_t> seen;
  for (int i = 0; i < 150; ++i) seen.insert(ids("?status=done&sort=title").size());
  const Tally tally = writer.finish();
  BOOST_TEST(tally.answered() == tally.count(200), tally.summary());
  BOOST_TEST(seen == (std::set<std::size_t>{0, created.size()}), each);
}

BOOST_AUTO_TEST_CASE(only_one_of_concurrent_batches_deletes_the_same_tasks) {
  const std::string body =
      R"({"create":[{"title":"instead"}],"delete":[")" + created[0] + "\",\"" + created[1] + "\"]}";
  const auto responses = concurrently(
      stack, 10, [&](HttpClient& one, std::size_t) { return one.post("/tasks/batch", body, token); });
  int done = 0;
  for (const Response& response : responses) {
    if (response.status == 200)
      ++done;
    else
      expect_faults(response, {"delete[0]:not_found", "delete[1]:not_found"});
  }
  BOOST_TEST(done == 1);
  BOOST_TEST(count("title = 'instead'") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
