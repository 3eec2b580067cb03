// POST /tasks/batch: many changes as one, all of them or none.
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

const std::string kNobodys = "018f0000-0000-7000-8000-000000000000";

std::string repeated_item(const std::string& item, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += (i == 0 ? "" : ",") + item;
  return out;
}

/// A batch that does the same to each of the tasks, in their order.
std::string update_of(const Texts& ids, const std::string& members) {
  std::string out = R"({"update":[)";
  for (std::size_t i = 0; i < ids.size(); ++i)
    out += (i == 0 ? R"({"id":")" : R"(,{"id":")") + ids[i] + "\"," + members + '}';
  return out + "]}";
}

struct Pile : TaskOwner {
  Texts made;

  Pile() {
    for (const char* title : {"zero", "one", "two", "three", "four"}) made.push_back(make_titled(title));
  }
  Answer send(const std::string& body) { return ask("POST", "/tasks/batch", body); }
  /// Nothing of a refused batch is done, nor recorded.
  void expect_refused(const std::string& body, const std::set<std::string>& faults) {
    const std::string before = rows();
    const std::string records = own_records();
    expect_faults(send(body), faults);
    BOOST_TEST(rows() == before);
    BOOST_TEST(own_records() == records);
  }
  [[nodiscard]] std::string own_records() const {
    return stack.sql(
        "select action, count(*) from taskward.audit where object_type = 'task' and actor_id = '" +
        person.id + "' group by action order by action");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(batches, Pile)

BOOST_AUTO_TEST_CASE(the_answer_has_the_order_of_the_batch_and_what_the_tasks_are_then) {
  const Answer answer =
      send(R"({"delete":[")" + made[4] + R"(",")" + made[0] + R"("],"update":[{"id":")" + made[3] +
           R"(","status":"done","version":1},{"title":"uno","id":")" + made[1] + R"("},{"id":")" + made[2] +
           R"("}],"create":[{"title":"b","tags":["x"]},{"title":"a","priority":"low"}]})");
  BOOST_TEST(answer.status == 200, answer.body);
  const Json done = answer.json();
  BOOST_TEST(done.names() == (Texts{"created", "updated", "deleted"}), each);
  BOOST_TEST(texts_of(done["created"], "title") == (Texts{"b", "a"}), each);
  BOOST_TEST(texts_of(done["updated"], "id") == (Texts{made[3], made[1], made[2]}), each);
  BOOST_TEST(texts_of(done["updated"], "title") == (Texts{"three", "uno", "two"}), each);
  BOOST_TEST(texts_in(done["deleted"]) == (Texts{made[4], made[0]}), each);
  // One that nothing was changed of has its version still.
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

BOOST_AUTO_TEST_CASE(a_batch_takes_away_what_a_null_takes_away) {
  static_cast<void>(change(
      made[0], R"({"description":"green","priority":"high","due_at":"2026-03-01T12:00:00Z","tags":["a"]})"));
  const Json done = batch(update_of(
      {made[0]}, R"("description":null,"priority":null,"due_at":null,"tags":null)"))["updated"]
                        .at(0);
  BOOST_TEST(done["description"].text().empty());
  BOOST_TEST(done["priority"].text() == "none");
  BOOST_TEST(done["due_at"].is_null());
  BOOST_TEST(done["tags"].size() == 0U);
  BOOST_TEST(done["title"].text() == "zero");
}

BOOST_AUTO_TEST_CASE(every_fault_of_the_members_is_named_by_its_place) {
  expect_refused(
      R"({"create":[{"title":"fine"},{"title":""},7,{"titel":"x"},{"title":"x","tags":["ok","","a\tb"]}],)"
      R"("update":[{"id":")" +
          made[0] + R"(","title":"changed"},{"title":"x"},{"id":"x","due_at":"soon"},{"id":")" + made[1] +
          R"(","version":0,"priority":"big"},{"id":")" + made[2] + R"(","version":"1","colour":1}],)" +
          R"("delete":[")" + made[3] + R"(","x",5],"destroy":[]})",
      {"create[1].title:too_short", "create[2]:wrong_type", "create[3].title:required",
       "create[3].titel:unknown_member", "create[4].tags[1]:too_short", "create[4].tags[2]:invalid_character",
       "update[1].id:required", "update[2].id:invalid_format", "update[2].due_at:invalid_format",
       "update[3].version:out_of_range", "update[3].priority:invalid_value", "update[4].version:wrong_type",
       "update[4].colour:unknown_member", "delete[1]:invalid_format", "delete[2]:wrong_type",
       "destroy:unknown_member"});
}

BOOST_AUTO_TEST_CASE(every_task_that_stands_in_the_way_is_named_by_its_place) {
  static_cast<void>(change(made[1], R"({"title":"uno"})"));
  BOOST_TEST(ask("DELETE", made[4]).status == 204);
  expect_refused(
      R"({"create":[{"title":"new"}],"update":[{"id":")" + made[0] + R"(","title":"x"},{"id":")" + made[1] +
          R"(","title":"x","version":1},{"id":")" + kNobodys + R"(","version":1},{"id":")" + made[2] +
          R"(","version":2},{"id":")" + made[4] + R"("}],"delete":[")" + made[3] + "\",\"" +
          "018f0000-0000-7000-8000-000000000001" + R"(","00000000-0000-0000-0000-000000000000"]})",
      {"update[1].version:stale_version", "update[2].id:not_found", "update[3].version:stale_version",
       "update[4].id:not_found", "delete[1]:not_found", "delete[2]:not_found"});
  expect_refused(R"({"delete":[")" + made[0] + "\",\"" + made[4] + "\"]}", {"delete[1]:not_found"});
}

BOOST_AUTO_TEST_CASE(a_task_stands_in_a_batch_once) {
  std::string loud = made[0];
  for (char& c : loud) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  expect_refused(R"({"update":[{"id":")" + made[0] + R"(","title":"a"},{"id":")" + loud +
                     R"(","title":"b"}],"delete":[")" + made[1] + "\",\"" + made[1] + "\",\"" + made[0] +
                     "\"]}",
                 {"update[1].id:duplicate", "delete[1]:duplicate", "delete[2]:duplicate"});
  // In capital letters it is the same task.
  BOOST_TEST(batch(update_of({loud}, R"("title":"loud")"))["updated"].at(0)["id"].text() == made[0]);
}

BOOST_AUTO_TEST_CASE(a_hundred_changes_are_taken_and_one_more_is_not) {
  const auto creates = [](std::size_t count) {
    return R"("create":[)" + repeated_item(R"({"title":"x"})", count) + ']';
  };
  const std::string removes = R"("delete":[")" + made[0] + "\",\"" + made[1] + "\"]";
  BOOST_TEST(batch('{' + creates(98) + ',' + removes + '}')["created"].size() == 98U);
  BOOST_TEST(count() == 103U);
  const std::string again = R"("delete":[")" + made[2] + "\",\"" + made[3] + "\"]";
  expect_refused('{' + creates(99) + ',' + again + '}', {":too_many"});
  expect_refused('{' + creates(101) + '}', {"create:too_many"});
  expect_refused(R"({"delete":[)" + repeated_item(json_string(made[2]), 101) + "]}", {"delete:too_many"});
}

BOOST_AUTO_TEST_CASE(an_empty_batch_does_nothing) {
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

BOOST_AUTO_TEST_CASE(batches_over_the_same_tasks_in_opposite_order_all_come_to_an_end) {
  Texts forward;
  for (int i = 0; i < 30; ++i) forward.push_back(make_titled("Tea"));
  const Texts backward(forward.rbegin(), forward.rend());
  Load load(stack, 10, [&](HttpClient& one, std::size_t round) {
    const Texts& ids = round % 2 == 0 ? forward : backward;
    // With a version, most of them are refused; without, all of them are done.
    const std::string version = round % 3 == 0 ? R"(,"version":)" + std::to_string(1 + round) : "";
    return one.post("/tasks/batch", update_of(ids, R"("title":")" + unique_name() + '"' + version), token);
  });
  Load single(stack, 4, [&](HttpClient& one, std::size_t round) {
    return one.send({.method = "PATCH",
                     .path = "/tasks/" + forward[round % forward.size()],
                     .body = R"({"description":")" + unique_name() + "\"}",
                     .token = token});
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  const Tally tally = load.finish();
  const Tally of_single = single.finish();
  BOOST_TEST(tally.answered() == tally.count(200) + tally.count(422), tally.summary());
  BOOST_TEST(tally.unanswered + of_single.unanswered == 0U);
  BOOST_TEST(tally.count(200) > 10U, tally.summary());
  BOOST_TEST(of_single.answered() == of_single.count(200), of_single.summary());
  // All of a batch or nothing: no two tasks have the title of different batches.
  BOOST_TEST(stack.sql("select count(distinct title) from taskward.tasks where owner_id = '" + person.id +
                       "' and title like 'n%'") == "1");
  BOOST_TEST(stack.sql("select sum(version) - count(*) from taskward.tasks where owner_id = '" + person.id +
                       "'") == std::to_string(tally.count(200) * forward.size() + of_single.count(200)));
}

BOOST_AUTO_TEST_CASE(whoever_reads_meanwhile_sees_all_of_a_batch_or_nothing) {
  Load writer(stack, 2, [&](HttpClient& one, std::size_t round) {
    const std::string status = round % 2 == 0 ? "done" : "todo";
    return one.post("/tasks/batch", update_of(made, R"("status":")" + status + '"'), token);
  });
  std::set<std::size_t> seen;
  for (int i = 0; i < 150; ++i) seen.insert(ids("?status=done&sort=title").size());
  const Tally tally = writer.finish();
  BOOST_TEST(tally.answered() == tally.count(200), tally.summary());
  BOOST_TEST(seen == (std::set<std::size_t>{0, made.size()}), each);
}

BOOST_AUTO_TEST_CASE(of_batches_that_delete_the_same_tasks_one_does) {
  const std::string body =
      R"({"create":[{"title":"instead"}],"delete":[")" + made[0] + "\",\"" + made[1] + "\"]}";
  const auto answers =
      at_once(stack, 10, [&](HttpClient& one, std::size_t) { return one.post("/tasks/batch", body, token); });
  int done = 0;
  for (const Answer& answer : answers) {
    if (answer.status == 200)
      ++done;
    else
      expect_faults(answer, {"delete[0]:not_found", "delete[1]:not_found"});
  }
  BOOST_TEST(done == 1);
  BOOST_TEST(count("title = 'instead'") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
