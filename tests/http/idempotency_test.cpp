// Idempotency-Key: a request that is sent again gives the first answer again and does nothing.
#include <signal.h>
#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

/// A request that makes one task called Tea.
struct Making {
  std::string path, type, body;
};
std::ostream& operator<<(std::ostream& out, const Making& making) {
  return out << making.path << ' ' << making.type;
}

const std::vector<Making> kMakings{
    {"/tasks", "application/json",
     R"({"title":"Tea","tags":["b","a"],"due_at":"2026-03-01T12:00:00.123+01:00"})"},
    {"/tasks/batch", "application/json", R"({"create":[{"title":"Tea","status":"done"}]})"},
    {"/tasks/import", "application/json",
     R"([{"title":"Tea","created_at":"2020-01-01T00:00:00Z"},{"title":""}])"},
    {"/tasks/import", "text/csv", "title,tags\r\nTea,\"a,b\"\r\n,\r\n"}};

struct Keyed : TaskOwner {
  std::string key = unique_name();

  Answer send(const Making& making) { return send_with(key, making); }
  Answer send_with(const std::string& its_key, const Making& making) {
    return ask("POST", making.path, making.body,
               {"Content-Type: " + making.type, "Idempotency-Key: " + its_key});
  }
  void let_a_day_pass() const {
    static_cast<void>(
        stack.sql("update taskward.idempotency_keys set created_at = created_at - interval "
                  "'24 hours' where owner_id = '" +
                  person.id + "'"));
  }
};

/// What a retry must have alike: all that speaks of the task.
void expect_same(const Answer& again, const Answer& first) {
  BOOST_TEST(again.status == first.status, again.body);
  BOOST_TEST(again.body == first.body);
  for (const char* name : {"etag", "location", "content-type", "content-length"})
    BOOST_TEST(again.header(name) == first.header(name));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(idempotency, Keyed)

BOOST_DATA_TEST_CASE(a_retry_gives_the_same_bytes_and_makes_nothing, data::make(kMakings), making) {
  const Answer first = send(making);
  BOOST_TEST(first.status == (making.path == "/tasks" ? 201 : 200), first.body);
  const std::string before = rows();
  for (int i = 0; i < 3; ++i) expect_same(send(making), first);
  BOOST_TEST(rows() == before);
  BOOST_TEST(count() == 1U);
  BOOST_TEST(stack.sql("select count(*) from taskward.audit where action = 'task.create' and actor_id = '" +
                       person.id + "'") == "1");
  // Without a key, and with another, it is another request.
  BOOST_TEST(ask("POST", making.path, making.body, {"Content-Type: " + making.type}).status == first.status);
  BOOST_TEST(send_with(key + 'x', making).body != std::string());
  BOOST_TEST(count() == 3U);
}

BOOST_AUTO_TEST_CASE(the_retry_of_a_batch_that_changes_and_deletes_gives_its_first_answer) {
  const std::string changed = make_titled("Tea");
  const std::string deleted = make_titled("Milk");
  for (const std::string& body :
       {R"({"create":[{"title":"New"}],"update":[{"id":")" + changed +
            R"(","title":"Coffee","version":1}],"delete":[")" + deleted + "\"]}",
        R"({"update":[{"id":")" + changed + R"(","title":"Cocoa"}]})",
        R"({"update":[{"id":")" + changed + R"(","title":"Cocoa"}]})", std::string("{}")}) {
    BOOST_TEST_CONTEXT(body) {
      const Making batch{"/tasks/batch", "application/json", body};
      const std::string one_key = unique_name();
      const Answer first = send_with(one_key, batch);
      BOOST_TEST(first.status == 200, first.body);
      const std::string before = rows();
      expect_same(send_with(one_key, batch), first);
      BOOST_TEST(rows() == before);
    }
  }
  BOOST_TEST(count("trashed") == 1U);
}

BOOST_DATA_TEST_CASE(the_first_answer_stays_whatever_becomes_of_the_task, data::make(kMakings), making) {
  const Answer first = send(making);
  const std::string id = ids().at(0);
  static_cast<void>(change(id, R"({"title":"Coffee","description":"black","tags":[],"due_at":null})"));
  expect_same(send(making), first);
  BOOST_TEST(ask("DELETE", id).status == 204);
  expect_same(send(making), first);
  BOOST_TEST(ids().empty());
  BOOST_TEST(ask("POST", "/tasks/" + id + "/restore").status == 200);
  expect_same(send(making), first);
  BOOST_TEST(read(id)["title"].text() == "Coffee");
}

BOOST_DATA_TEST_CASE(an_answer_with_a_task_that_was_deleted_for_good_is_given_no_more,
                     data::make({0, 1}) * data::make({"?permanent=true", "trash first"}), index, how) {
  const Making& making = kMakings[static_cast<std::size_t>(index)];
  BOOST_TEST(send(making).status < 300);
  const std::string id = ids().at(0);
  if (std::string(how) == "trash first") BOOST_TEST(ask("DELETE", id).status == 204);
  BOOST_TEST(ask("DELETE", id + "?permanent=true").status == 204);
  for (int i = 0; i < 2; ++i) expect_problem(send(making), 409, "answer_erased");
  Making other = making;
  other.body += ' ';
  expect_problem(send(other), 422, "idempotency_key_reused");
  BOOST_TEST(count() == 0U);
  // Nothing of it is left.
  BOOST_TEST(stack.sql("select count(*) from taskward.idempotency_keys where owner_id = '" + person.id +
                       "' and answer::text like '%Tea%'") == "0");
}

BOOST_DATA_TEST_CASE(one_key_is_for_one_request, data::make(kMakings), making) {
  const Answer first = send(making);
  std::vector<Making> others = kMakings;
  std::erase_if(others,
                [&](const Making& other) { return other.path == making.path && other.type == making.type; });
  others.push_back(making);
  others.back().body += '\n';
  others.push_back(making);
  others.back().type += "; charset=utf-8";
  const std::string before = rows();
  for (const Making& other : others) {
    BOOST_TEST_CONTEXT(other) { expect_problem(send(other), 422, "idempotency_key_reused"); }
  }
  BOOST_TEST(rows() == before);
  expect_same(send(making), first);
}

BOOST_DATA_TEST_CASE(of_sixteen_twins_at_once_one_makes_the_task_and_all_tell_of_it, data::make(kMakings),
                     making) {
  const auto answers = at_once(stack, 16, [&](HttpClient& one, std::size_t) {
    return one.send({.method = "POST",
                     .path = making.path,
                     .body = making.body,
                     .token = token,
                     .headers = {"Content-Type: " + making.type, "Idempotency-Key: " + key}});
  });
  const auto made =
      std::find_if(answers.begin(), answers.end(), [](const Answer& answer) { return answer.status < 300; });
  BOOST_TEST_REQUIRE((made != answers.end()));
  for (const Answer& answer : answers) {
    // Nobody waits for an import.
    if (making.path == "/tasks/import" && answer.status == 409)
      expect_problem(answer, 409, "idempotency_key_in_use");
    else
      expect_same(answer, *made);
  }
  BOOST_TEST(count() == 1U);
}

BOOST_AUTO_TEST_CASE(of_twins_with_different_bodies_one_wins_and_the_others_are_refused) {
  const auto answers = at_once(stack, 12, [&](HttpClient& one, std::size_t index) {
    return one.send({.method = "POST",
                     .path = "/tasks",
                     .body = R"({"title":"Tea )" + std::to_string(index) + "\"}",
                     .token = token,
                     .headers = {"Idempotency-Key: " + key}});
  });
  int made = 0;
  for (const Answer& answer : answers) {
    if (answer.status == 201)
      ++made;
    else
      expect_problem(answer, 422, "idempotency_key_reused");
  }
  BOOST_TEST(made == 1);
  BOOST_TEST(count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_key_is_forgotten_after_a_day_and_then_twins_make_one_task_again) {
  const Making& making = kMakings[0];
  const Answer first = send(making);
  let_a_day_pass();
  const auto answers = at_once(stack, 8, [&](HttpClient& one, std::size_t) {
    return one.send({.method = "POST",
                     .path = making.path,
                     .body = making.body,
                     .token = token,
                     .headers = {"Idempotency-Key: " + key}});
  });
  for (const Answer& answer : answers) expect_same(answer, answers.front());
  BOOST_TEST(answers.front().status == 201, answers.front().body);
  BOOST_TEST(answers.front().body != first.body);
  BOOST_TEST(count() == 2U);
}

BOOST_DATA_TEST_CASE(keys_of_two_people_are_two_keys, data::make(kMakings), making) {
  TaskOwner other;
  const std::vector<std::string> headers{"Content-Type: " + making.type, "Idempotency-Key: " + key};
  const Answer mine = send(making);
  const Answer theirs = other.ask("POST", making.path, making.body, headers);
  BOOST_TEST(theirs.status == mine.status, theirs.body);
  BOOST_TEST(other.ids().at(0) != ids().at(0));
  const Making changed{making.path, making.type, making.body + '\n'};
  expect_same(other.ask("POST", making.path, making.body, headers), theirs);
  BOOST_TEST(send(changed).status == 422);
  BOOST_TEST(count() == 1U);
  BOOST_TEST(other.count() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_refused_is_not_remembered) {
  const Making wrong{"/tasks", "application/json", R"({"title":""})"};
  expect_faults(send(wrong), {"title:too_short"});
  expect_problem(send({"/tasks", "text/plain", "x"}), 415, "unsupported_media_type");
  expect_problem(
      send({"/tasks/batch", "application/json", R"({"delete":["018f0000-0000-7000-8000-000000000000"]})"}),
      422, "validation_failed");
  BOOST_TEST(send(kMakings[0]).status == 201);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_none_is_refused_and_nothing_is_made) {
  BOOST_TEST(send_with(std::string(255, 'k'), kMakings[0]).status == 201);
  BOOST_TEST(send_with("!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~", kMakings[0]).status == 201);
  for (const std::string& wrong : {std::string(256, 'k'), std::string("a b"), std::string("a\tb"),
                                   std::string("\xC3\xA9"), std::string("\xFF"), std::string(3000, 'k')}) {
    for (const Making& making : kMakings)
      expect_faults(send_with(wrong, making), {"Idempotency-Key:invalid_format"});
  }
  BOOST_TEST(count() == 2U);
}

BOOST_AUTO_TEST_CASE(
    a_client_that_retries_until_it_is_answered_makes_each_task_once_though_workers_are_killed) {
  TaskOwner hurried(running_stack({{"API_WORKERS", "2"}, {"DATABASE_TIMEOUT", "5000"}}));
  Load load(hurried.stack, 8, [&](HttpClient& one, std::size_t) {
    const std::string its_key = unique_name();
    while (true) {
      const Answer answer = one.send({.method = "POST",
                                      .path = "/tasks",
                                      .body = R"({"title":")" + its_key + "\"}",
                                      .token = hurried.token,
                                      .headers = {"Idempotency-Key: " + its_key}});
      if (answer.status != 502 && answer.status != 503) return answer;
    }
  });
  for (const char* name : {"api-1", "api-2", "api-1"}) {
    const std::size_t before = load.answered();
    BOOST_TEST(eventually(std::chrono::seconds(20), [&] { return load.answered() > before + 40; }));
    const auto workers = hurried.stack.workers();
    if (const auto found = workers.find(name); found != workers.end()) ::kill(found->second, SIGKILL);
    BOOST_TEST(
        eventually(std::chrono::seconds(20), [&] { return hurried.stack.workers().count(name) == 1; }));
  }
  const Tally tally = load.finish();
  BOOST_TEST(tally.answered() == tally.count(201), tally.summary());
  BOOST_TEST(hurried.count() == tally.count(201));
}

BOOST_AUTO_TEST_SUITE_END()
