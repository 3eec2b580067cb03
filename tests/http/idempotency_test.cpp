// Idempotency-Key: a retried request gets the first response again and has no further effect.
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

/// A request that creates one task titled Tea.
struct Creation {
  std::string path, type, body;
};
std::ostream& operator<<(std::ostream& out, const Creation& creation) {
  return out << creation.path << ' ' << creation.type;
}

const std::vector<Creation> kCreations{
    {"/tasks", "application/json",
     R"({"title":"Tea","tags":["b","a"],"due_at":"2026-03-01T12:00:00.123+01:00"})"},
    {"/tasks/batch", "application/json", R"({"create":[{"title":"Tea","status":"done"}]})"},
    {"/tasks/import", "application/json",
     R"([{"title":"Tea","created_at":"2020-01-01T00:00:00Z"},{"title":""}])"},
    {"/tasks/import", "text/csv", "title,tags\r\nTea,\"a,b\"\r\n,\r\n"},
    {"/tasks/import", "text/calendar",
     "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:1\r\nSUMMARY:Tea\r\nRRULE:x\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"}};

struct IdempotencyFixture : TaskOwner {
  std::string key = unique_name();

  Response send(const Creation& creation) { return send_with(key, creation); }
  Response send_with(const std::string& its_key, const Creation& creation) {
    return request("POST", creation.path, creation.body,
                   {"Content-Type: " + creation.type, "Idempotency-Key: " + its_key});
  }
  void age_keys_by_a_day() const {
    static_cast<void>(
        stack.sql("update taskward.idempotency_keys set created_at = created_at - interval "
                  "'24 hours' where owner_id = '" +
                  user.id + "'"));
  }
};

/// Everything in the response that describes the task is the same.
void expect_same(const Response& again, const Response& first) {
  BOOST_TEST(again.status == first.status, again.body);
  BOOST_TEST(again.body == first.body);
  for (const char* name : {"etag", "location", "content-type", "content-length"})
    BOOST_TEST(again.header(name) == first.header(name));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(idempotency, IdempotencyFixture)

BOOST_DATA_TEST_CASE(retry_returns_the_same_bytes_and_creates_nothing, data::make(kCreations), creation) {
  const Response first = send(creation);
  BOOST_TEST(first.status == (creation.path == "/tasks" ? 201 : 200), first.body);
  const std::string before = rows();
  for (int i = 0; i < 3; ++i) expect_same(send(creation), first);
  BOOST_TEST(rows() == before);
  BOOST_TEST(count() == 1U);
  BOOST_TEST(stack.sql("select count(*) from taskward.audit where action = 'task.create' and actor_id = '" +
                       user.id + "'") == "1");
  // Without a key, or with another one, it is a new request.
  BOOST_TEST(request("POST", creation.path, creation.body, {"Content-Type: " + creation.type}).status ==
             first.status);
  BOOST_TEST(send_with(key + 'x', creation).body != std::string());
  BOOST_TEST(count() == 3U);
}

BOOST_AUTO_TEST_CASE(retry_of_a_changing_batch_returns_its_first_response) {
  const std::string changed = create_titled("Tea");
  const std::string deleted = create_titled("Milk");
  for (const std::string& body :
       {R"({"create":[{"title":"New"}],"update":[{"id":")" + changed +
            R"(","title":"Coffee","version":1}],"delete":[")" + deleted + "\"]}",
        R"({"update":[{"id":")" + changed + R"(","title":"Cocoa"}]})",
        R"({"update":[{"id":")" + changed + R"(","title":"Cocoa"}]})", std::string("{}")}) {
    BOOST_TEST_CONTEXT(body) {
      const Creation batch{"/tasks/batch", "application/json", body};
      const std::string one_key = unique_name();
      const Response first = send_with(one_key, batch);
      BOOST_TEST(first.status == 200, first.body);
      const std::string before = rows();
      expect_same(send_with(one_key, batch), first);
      BOOST_TEST(rows() == before);
    }
  }
  BOOST_TEST(count("trashed") == 1U);
}

BOOST_DATA_TEST_CASE(stored_response_survives_later_changes_of_the_task, data::make(kCreations), creation) {
  const Response first = send(creation);
  const std::string id = ids().at(0);
  static_cast<void>(change(id, R"({"title":"Coffee","description":"black","tags":[],"due_at":null})"));
  expect_same(send(creation), first);
  BOOST_TEST(request("DELETE", id).status == 204);
  expect_same(send(creation), first);
  BOOST_TEST(ids().empty());
  BOOST_TEST(request("POST", "/tasks/" + id + "/restore").status == 200);
  expect_same(send(creation), first);
  BOOST_TEST(read(id)["title"].text() == "Coffee");
}

BOOST_DATA_TEST_CASE(stored_response_with_an_erased_task_is_409,
                     data::make({0, 1}) * data::make({"?permanent=true", "trash first"}), index, how) {
  const Creation& creation = kCreations[static_cast<std::size_t>(index)];
  BOOST_TEST(send(creation).status < 300);
  const std::string id = ids().at(0);
  if (std::string(how) == "trash first") BOOST_TEST(request("DELETE", id).status == 204);
  BOOST_TEST(request("DELETE", id + "?permanent=true").status == 204);
  for (int i = 0; i < 2; ++i) expect_problem(send(creation), 409, "answer_erased");
  Creation other = creation;
  other.body += ' ';
  expect_problem(send(other), 422, "idempotency_key_reused");
  BOOST_TEST(count() == 0U);
  // The stored response does not contain the erased task.
  BOOST_TEST(stack.sql("select count(*) from taskward.idempotency_keys where owner_id = '" + user.id +
                       "' and answer::text like '%Tea%'") == "0");
}

BOOST_DATA_TEST_CASE(key_cannot_be_reused_for_another_request, data::make(kCreations), creation) {
  const Response first = send(creation);
  std::vector<Creation> others = kCreations;
  std::erase_if(others, [&](const Creation& other) {
    return other.path == creation.path && other.type == creation.type;
  });
  others.push_back(creation);
  others.back().body += '\n';
  others.push_back(creation);
  others.back().type += "; charset=utf-8";
  const std::string before = rows();
  for (const Creation& other : others) {
    BOOST_TEST_CONTEXT(other) { expect_problem(send(other), 422, "idempotency_key_reused"); }
  }
  BOOST_TEST(rows() == before);
  expect_same(send(creation), first);
}

BOOST_DATA_TEST_CASE(concurrent_retries_create_one_task_and_get_the_same_response, data::make(kCreations),
                     creation) {
  const auto responses = concurrently(stack, 16, [&](HttpClient& one, std::size_t) {
    return one.send({.method = "POST",
                     .path = creation.path,
                     .body = creation.body,
                     .token = token,
                     .headers = {"Content-Type: " + creation.type, "Idempotency-Key: " + key}});
  });
  const auto created = std::find_if(responses.begin(), responses.end(),
                                    [](const Response& response) { return response.status < 300; });
  BOOST_TEST_REQUIRE((created != responses.end()));
  for (const Response& response : responses) {
    // A retry does not wait for an import in progress.
    if (creation.path == "/tasks/import" && response.status == 409)
      expect_problem(response, 409, "idempotency_key_in_use");
    else
      expect_same(response, *created);
  }
  BOOST_TEST(count() == 1U);
}

BOOST_AUTO_TEST_CASE(only_one_of_concurrent_requests_with_different_bodies_succeeds) {
  const auto responses = concurrently(stack, 12, [&](HttpClient& one, std::size_t index) {
    return one.send({.method = "POST",
                     .path = "/tasks",
                     .body = R"({"title":"Tea )" + std::to_string(index) + "\"}",
                     .token = token,
                     .headers = {"Idempotency-Key: " + key}});
  });
  int created = 0;
  for (const Response& response : responses) {
    if (response.status == 201)
      ++created;
    else
      expect_problem(response, 422, "idempotency_key_reused");
  }
  BOOST_TEST(created == 1);
  BOOST_TEST(count() == 1U);
}

BOOST_AUTO_TEST_CASE(key_expires_after_a_day_and_can_be_used_again) {
  const Creation& creation = kCreations[0];
  const Response first = send(creation);
  age_keys_by_a_day();
  const auto responses = concurrently(stack, 8, [&](HttpClient& one, std::size_t) {
    return one.send({.method = "POST",
                     .path = creation.path,
                     .body = creation.body,
                     .token = token,
                     .headers = {"Idempotency-Key: " + key}});
  });
  for (const Response& response : responses) expect_same(response, responses.front());
  BOOST_TEST(responses.front().status == 201, responses.front().body);
  BOOST_TEST(responses.front().body != first.body);
  BOOST_TEST(count() == 2U);
}

BOOST_DATA_TEST_CASE(same_key_of_two_users_is_independent, data::make(kCreations), creation) {
  TaskOwner other;
  const std::vector<std::string> headers{"Content-Type: " + creation.type, "Idempotency-Key: " + key};
  const Response mine = send(creation);
  const Response theirs = other.request("POST", creation.path, creation.body, headers);
  BOOST_TEST(theirs.status == mine.status, theirs.body);
  BOOST_TEST(other.ids().at(0) != ids().at(0));
  const Creation changed{creation.path, creation.type, creation.body + '\n'};
  expect_same(other.request("POST", creation.path, creation.body, headers), theirs);
  BOOST_TEST(send(changed).status == 422);
  BOOST_TEST(count() == 1U);
  BOOST_TEST(other.count() == 1U);
}

BOOST_AUTO_TEST_CASE(rejected_request_does_not_use_up_its_key) {
  const Creation wrong{"/tasks", "application/json", R"({"title":""})"};
  expect_faults(send(wrong), {"title:too_short"});
  expect_problem(send({"/tasks", "text/plain", "x"}), 415, "unsupported_media_type");
  expect_problem(
      send({"/tasks/batch", "application/json", R"({"delete":["018f0000-0000-7000-8000-000000000000"]})"}),
      422, "validation_failed");
  BOOST_TEST(send(kCreations[0]).status == 201);
}

BOOST_AUTO_TEST_CASE(invalid_key_is_rejected_and_nothing_is_created) {
  BOOST_TEST(send_with(std::string(255, 'k'), kCreations[0]).status == 201);
  BOOST_TEST(send_with("!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~", kCreations[0]).status == 201);
  for (const std::string& wrong : {std::string(256, 'k'), std::string("a b"), std::string("a\tb"),
                                   std::string("\xC3\xA9"), std::string("\xFF"), std::string(3000, 'k')}) {
    for (const Creation& creation : kCreations)
      expect_faults(send_with(wrong, creation), {"Idempotency-Key:invalid_format"});
  }
  BOOST_TEST(count() == 2U);
}

BOOST_AUTO_TEST_CASE(retries_create_each_task_once_although_workers_are_killed,
                     *boost::unit_test::label("slow")) {
  TaskOwner owner(running_stack({{"API_WORKERS", "2"}, {"DATABASE_TIMEOUT", "5000"}}));
  Load load(owner.stack, 8, [&](HttpClient& one, std::size_t) {
    const std::string its_key = unique_name();
    while (true) {
      const Response response = one.send({.method = "POST",
                                          .path = "/tasks",
                                          .body = R"({"title":")" + its_key + "\"}",
                                          .token = owner.token,
                                          .headers = {"Idempotency-Key: " + its_key}});
      if (response.status != 502 && response.status != 503) return response;
    }
  });
  for (const char* name : {"api-1", "api-2", "api-1"}) {
    const std::size_t before = load.answered();
    BOOST_TEST(eventually(std::chrono::seconds(20), [&] { return load.answered() > before + 40; }));
    const auto workers = owner.stack.workers();
    if (const auto found = workers.find(name); found != workers.end()) ::kill(found->second, SIGKILL);
    BOOST_TEST(eventually(std::chrono::seconds(20), [&] { return owner.stack.workers().count(name) == 1; }));
  }
  const Tally tally = load.finish();
  BOOST_TEST(tally.answered() == tally.count(201), tally.summary());
  BOOST_TEST(owner.count() == tally.count(201));
}

BOOST_AUTO_TEST_SUITE_END()
