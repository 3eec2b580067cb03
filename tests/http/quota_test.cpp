// TASKS_PER_USER: a user can have exactly that many tasks; requests beyond it are rejected with
// quota_exceeded.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;

constexpr int kQuota = 20;

struct QuotaFixture : TaskOwner {
  QuotaFixture() : TaskOwner(running_stack({{"TASKS_PER_USER", std::to_string(kQuota)}})) {}

  void fill(int number) {
    std::string body = R"({"create":[)";
    for (int i = 0; i < number; ++i) body += i == 0 ? R"({"title":"Tea"})" : R"(,{"title":"Tea"})";
    BOOST_TEST(batch(body + "]}")["created"].size() == static_cast<std::size_t>(number));
  }
  [[nodiscard]] std::size_t active_count() const { return count("not trashed"); }
  [[nodiscard]] std::size_t trashed_count() const { return count("trashed"); }
  Response create() { return request("POST", "/tasks", R"({"title":"Tea"})"); }
  Response restore(const std::string& id) { return request("POST", "/tasks/" + id + "/restore"); }
  std::string import_file(int number) {
    std::string file = "[";
    for (int i = 0; i < number; ++i)
      file += (i == 0 ? "\n" : ",\n") + (R"({"title":"t)" + std::to_string(i) + "\"}");
    return file + "\n]";
  }
};

int succeeded(const std::vector<Response>& responses, int success) {
  int done = 0;
  for (const Response& response : responses) {
    if (response.status == success)
      ++done;
    else
      expect_problem(response, 422, "quota_exceeded");
  }
  return done;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(quota, QuotaFixture)

BOOST_AUTO_TEST_CASE(concurrent_creations_fill_the_quota_exactly) {
  const auto responses = concurrently(stack, 60, [&](HttpClient& one, std::size_t) {
    return one.post("/tasks", R"({"title":"Tea"})", token);
  });
  BOOST_TEST(succeeded(responses, 201) == kQuota);
  BOOST_TEST(active_count() == 20U);
  expect_problem(create(), 422, "quota_exceeded");
}

BOOST_AUTO_TEST_CASE(keyed_creations_fill_the_quota_and_a_rejected_key_is_reusable) {
  fill(15);
  const auto create_with_key = [&](HttpClient& one, const std::string& key) {
    return one.send({.method = "POST",
                     .path = "/tasks",
                     .body = R"({"title":"Tea"})",
                     .token = token,
                     .headers = {"Idempotency-Key: " + key}});
  };
  const auto responses = concurrently(stack, 24, [&](HttpClient& one, std::size_t index) {
    return create_with_key(one, "key-" + std::to_string(index));
  });
  BOOST_TEST(succeeded(responses, 201) == 5);
  BOOST_TEST(active_count() == 20U);
  std::size_t refused = 0;
  while (responses.at(refused).status == 201) ++refused;
  BOOST_TEST(request("DELETE", ids().at(0)).status == 204);
  BOOST_TEST(create_with_key(client, "key-" + std::to_string(refused)).status == 201);
}

BOOST_AUTO_TEST_CASE(trashing_or_erasing_a_task_frees_quota_immediately) {
  fill(kQuota);
  for (const std::string how : {"", "?permanent=true"}) {
    expect_problem(create(), 422, "quota_exceeded");
    BOOST_TEST(request("DELETE", ids().at(0) + how).status == 204);
    BOOST_TEST(create().status == 201);
  }
  // Tasks in the trash do not count, so erasing them frees no quota.
  BOOST_TEST(request("DELETE", ids("?trash=true").at(0) + "?permanent=true").status == 204);
  expect_problem(create(), 422, "quota_exceeded");
  BOOST_TEST(active_count() == 20U);
}

BOOST_AUTO_TEST_CASE(restoring_a_task_needs_free_quota) {
  fill(kQuota);
  const std::string id = ids().at(0);
  BOOST_TEST(request("DELETE", id).status == 204);
  BOOST_TEST(create().status == 201);
  const std::string before = rows();
  expect_problem(restore(id), 422, "quota_exceeded");
  BOOST_TEST(rows() == before);
  BOOST_TEST(request("DELETE", ids().at(0) + "?permanent=true").status == 204);
  BOOST_TEST(restore(id).status == 200);
  // Restoring a task that is not in the trash needs no quota.
  BOOST_TEST(restore(id).status == 200);
  BOOST_TEST(active_count() == 20U);
}

BOOST_AUTO_TEST_CASE(concurrent_restores_and_creations_fill_the_quota_exactly) {
  fill(kQuota);
  const auto all = ids();
  for (std::size_t i = 0; i < 10; ++i) BOOST_TEST(request("DELETE", all[i]).status == 204);
  fill(5);
  const auto responses = concurrently(stack, 20, [&](HttpClient& one, std::size_t index) {
    if (index % 2 == 1) return one.post("/tasks", R"({"title":"Tea"})", token);
    return one.send({.method = "POST", .path = "/tasks/" + all[index / 2] + "/restore", .token = token});
  });
  int done = 0;
  for (const Response& response : responses) {
    if (response.status == 200 || response.status == 201)
      ++done;
    else
      expect_problem(response, 422, "quota_exceeded");
  }
  BOOST_TEST(done == 5);
  BOOST_TEST(active_count() == 20U);
}

BOOST_AUTO_TEST_CASE(batch_is_all_or_nothing_and_may_free_its_own_quota) {
  fill(18);
  const auto some = ids();
  const std::string three = R"({"title":"a"},{"title":"b"},{"title":"c"})";
  const std::string change = R"("update":[{"id":")" + some[0] + R"(","title":"changed"}])";
  const std::string before = rows();
  expect_problem(request("POST", "/tasks/batch", R"({"create":[)" + three + "]," + change + '}'), 422,
                 "quota_exceeded");
  BOOST_TEST(rows() == before);
  const Json done = batch(R"({"create":[)" + three + "]," + change + R"(,"delete":[")" + some[1] + "\"]}");
  BOOST_TEST(done["created"].size() == 3U);
  BOOST_TEST(active_count() == 20U);
  // The quota is not exceeded even temporarily.
  BOOST_TEST(batch(R"({"create":[)" + three + R"(],"delete":[")" + some[2] + "\",\"" + some[3] + "\",\"" +
                   some[4] + "\"]}")["created"]
                 .size() == 3U);
  BOOST_TEST(active_count() == 20U);
  BOOST_TEST(batch('{' + change + '}')["updated"].size() == 1U);
}

BOOST_AUTO_TEST_CASE(concurrent_batches_create_all_of_their_tasks_or_none) {
  const auto responses = concurrently(stack, 12, [&](HttpClient& one, std::size_t) {
    return one.post("/tasks/batch", R"({"create":[{"title":"a"},{"title":"b"},{"title":"c"}]})", token);
  });
  BOOST_TEST(succeeded(responses, 200) == 6);
  BOOST_TEST(active_count() == 18U);
}

BOOST_AUTO_TEST_CASE(import_fills_the_quota_and_reports_the_remaining_lines) {
  fill(16);
  const Json outcome = import(import_file(8));
  BOOST_TEST(outcome["imported"].number() == 4);
  BOOST_TEST(outcome["refused"].size() == 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(outcome["refused"].at(i)["line"].number() == static_cast<std::int64_t>(6 + i));
    BOOST_TEST(outcome["refused"].at(i)["code"].text() == "quota_exceeded");
  }
  BOOST_TEST(titles("?q=t&sort=title&limit=4").size() == 4U);
  BOOST_TEST(count("title in ('t0', 't1', 't2', 't3')") == 4U);
  const Json none = import("title\r\n,\r\nx\r\n\"\"\r\ny\r\n", "text/csv");
  BOOST_TEST(none["imported"].number() == 0);
  BOOST_TEST(texts_of(none["refused"], "code") ==
                 (std::vector<std::string>{"invalid_format", "quota_exceeded", "required", "quota_exceeded"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(concurrent_imports_and_creations_fill_the_quota_exactly) {
  const std::string file = import_file(7);
  const auto responses = concurrently(stack, 16, [&](HttpClient& one, std::size_t index) {
    if (index % 2 == 0) return one.post("/tasks/import", file, token);
    return one.post("/tasks", R"({"title":"Tea"})", token);
  });
  std::int64_t created = 0;
  for (const Response& response : responses) {
    if (response.status == 200) {
      const Json outcome = response.json();
      BOOST_TEST(outcome["imported"].number() + static_cast<std::int64_t>(outcome["refused"].size()) == 7);
      created += outcome["imported"].number();
    } else if (response.status == 201) {
      ++created;
    } else {
      expect_problem(response, 422, "quota_exceeded");
    }
  }
  BOOST_TEST(created == kQuota);
  BOOST_TEST(active_count() == 20U);
}

BOOST_AUTO_TEST_CASE(full_trash_evicts_the_tasks_deleted_first) {
  fill(kQuota);
  const auto first = ids("?limit=20&sort=created_at");
  for (const std::string& id : first) BOOST_TEST(request("DELETE", id).status == 204);
  BOOST_TEST(trashed_count() == 20U);
  fill(3);
  const auto then = ids("?sort=created_at");
  BOOST_TEST(request("DELETE", then[0]).status == 204);
  static_cast<void>(batch(R"({"delete":[")" + then[1] + R"(",")" + then[2] + "\"]}"));
  BOOST_TEST(trashed_count() == 20U);
  auto expected = std::vector<std::string>(first.begin() + 3, first.end());
  expected.insert(expected.end(), then.begin(), then.end());
  auto held = ids("?trash=true&limit=20");
  std::sort(expected.begin(), expected.end());
  std::sort(held.begin(), held.end());
  BOOST_TEST(held == expected, boost::test_tools::per_element());
  for (std::size_t i = 0; i < 3; ++i) {
    expect_problem(request("POST", "/tasks/" + first[i] + "/restore"), 404, "not_found");
    BOOST_TEST(stack.sql("select count(*) from taskward.audit where reason = 'trash_full' and object_id = '" +
                         first[i] + "'") == "1");
  }
}

BOOST_AUTO_TEST_CASE(quota_of_one_user_does_not_affect_another) {
  fill(kQuota);
  QuotaFixture other;
  other.fill(kQuota);
  expect_problem(create(), 422, "quota_exceeded");
  expect_problem(other.create(), 422, "quota_exceeded");
}

BOOST_AUTO_TEST_SUITE_END()
