// TASKS_PER_USER: nobody gets more tasks than that, nobody fewer, and what does not fit is told so.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "load.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;

constexpr int kQuota = 20;

struct Bounded : TaskOwner {
  Bounded() : TaskOwner(running_stack({{"TASKS_PER_USER", std::to_string(kQuota)}})) {}

  void fill(int number) {
    std::string body = R"({"create":[)";
    for (int i = 0; i < number; ++i) body += i == 0 ? R"({"title":"Tea"})" : R"(,{"title":"Tea"})";
    BOOST_TEST(batch(body + "]}")["created"].size() == static_cast<std::size_t>(number));
  }
  [[nodiscard]] std::size_t tasks() const { return count("not trashed"); }
  [[nodiscard]] std::size_t trashed() const { return count("trashed"); }
  Answer create() { return ask("POST", "/tasks", R"({"title":"Tea"})"); }
  Answer restore(const std::string& id) { return ask("POST", "/tasks/" + id + "/restore"); }
  std::string rows_of_file(int number) {
    std::string file = "[";
    for (int i = 0; i < number; ++i)
      file += (i == 0 ? "\n" : ",\n") + (R"({"title":"t)" + std::to_string(i) + "\"}");
    return file + "\n]";
  }
};

int count_of(const std::vector<Answer>& answers, int success) {
  int done = 0;
  for (const Answer& answer : answers) {
    if (answer.status == success)
      ++done;
    else
      expect_problem(answer, 422, "quota_exceeded");
  }
  return done;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(quota, Bounded)

BOOST_AUTO_TEST_CASE(of_sixty_who_make_one_at_once_exactly_as_many_do_as_fit) {
  const auto answers = at_once(stack, 60, [&](HttpClient& one, std::size_t) {
    return one.post("/tasks", R"({"title":"Tea"})", token);
  });
  BOOST_TEST(count_of(answers, 201) == kQuota);
  BOOST_TEST(tasks() == 20U);
  expect_problem(create(), 422, "quota_exceeded");
}

BOOST_AUTO_TEST_CASE(so_it_is_with_keys_of_their_own_and_a_refused_key_is_free) {
  fill(15);
  const auto ask_with_key = [&](HttpClient& one, const std::string& key) {
    return one.send({.method = "POST",
                     .path = "/tasks",
                     .body = R"({"title":"Tea"})",
                     .token = token,
                     .headers = {"Idempotency-Key: " + key}});
  };
  const auto answers = at_once(stack, 24, [&](HttpClient& one, std::size_t index) {
    return ask_with_key(one, "key-" + std::to_string(index));
  });
  BOOST_TEST(count_of(answers, 201) == 5);
  BOOST_TEST(tasks() == 20U);
  std::size_t refused = 0;
  while (answers.at(refused).status == 201) ++refused;
  BOOST_TEST(ask("DELETE", ids().at(0)).status == 204);
  BOOST_TEST(ask_with_key(client, "key-" + std::to_string(refused)).status == 201);
}

BOOST_AUTO_TEST_CASE(deleting_makes_room_at_once_in_the_trash_or_for_good) {
  fill(kQuota);
  for (const std::string how : {"", "?permanent=true"}) {
    expect_problem(create(), 422, "quota_exceeded");
    BOOST_TEST(ask("DELETE", ids().at(0) + how).status == 204);
    BOOST_TEST(create().status == 201);
  }
  // What lies in the trash took no room, so it gives none.
  BOOST_TEST(ask("DELETE", ids("?trash=true").at(0) + "?permanent=true").status == 204);
  expect_problem(create(), 422, "quota_exceeded");
  BOOST_TEST(tasks() == 20U);
}

BOOST_AUTO_TEST_CASE(what_is_taken_back_needs_room) {
  fill(kQuota);
  const std::string id = ids().at(0);
  BOOST_TEST(ask("DELETE", id).status == 204);
  BOOST_TEST(create().status == 201);
  const std::string before = rows();
  expect_problem(restore(id), 422, "quota_exceeded");
  BOOST_TEST(rows() == before);
  BOOST_TEST(ask("DELETE", ids().at(0) + "?permanent=true").status == 204);
  BOOST_TEST(restore(id).status == 200);
  // One that is no longer in the trash needs none.
  BOOST_TEST(restore(id).status == 200);
  BOOST_TEST(tasks() == 20U);
}

BOOST_AUTO_TEST_CASE(of_many_who_take_back_and_make_at_once_as_many_do_as_fit) {
  fill(kQuota);
  const auto all = ids();
  for (std::size_t i = 0; i < 10; ++i) BOOST_TEST(ask("DELETE", all[i]).status == 204);
  fill(5);
  const auto answers = at_once(stack, 20, [&](HttpClient& one, std::size_t index) {
    if (index % 2 == 1) return one.post("/tasks", R"({"title":"Tea"})", token);
    return one.send({.method = "POST", .path = "/tasks/" + all[index / 2] + "/restore", .token = token});
  });
  int done = 0;
  for (const Answer& answer : answers) {
    if (answer.status == 200 || answer.status == 201)
      ++done;
    else
      expect_problem(answer, 422, "quota_exceeded");
  }
  BOOST_TEST(done == 5);
  BOOST_TEST(tasks() == 20U);
}

BOOST_AUTO_TEST_CASE(a_batch_that_does_not_fit_does_nothing_and_one_that_makes_its_own_room_fits) {
  fill(18);
  const auto some = ids();
  const std::string three = R"({"title":"a"},{"title":"b"},{"title":"c"})";
  const std::string change = R"("update":[{"id":")" + some[0] + R"(","title":"changed"}])";
  const std::string before = rows();
  expect_problem(ask("POST", "/tasks/batch", R"({"create":[)" + three + "]," + change + '}'), 422,
                 "quota_exceeded");
  BOOST_TEST(rows() == before);
  const Json done = batch(R"({"create":[)" + three + "]," + change + R"(,"delete":[")" + some[1] + "\"]}");
  BOOST_TEST(done["created"].size() == 3U);
  BOOST_TEST(tasks() == 20U);
  // Beyond it in no single step.
  BOOST_TEST(batch(R"({"create":[)" + three + R"(],"delete":[")" + some[2] + "\",\"" + some[3] + "\",\"" +
                   some[4] + "\"]}")["created"]
                 .size() == 3U);
  BOOST_TEST(tasks() == 20U);
  BOOST_TEST(batch('{' + change + '}')["updated"].size() == 1U);
}

BOOST_AUTO_TEST_CASE(batches_at_once_get_all_they_ask_for_or_nothing) {
  const auto answers = at_once(stack, 12, [&](HttpClient& one, std::size_t) {
    return one.post("/tasks/batch", R"({"create":[{"title":"a"},{"title":"b"},{"title":"c"}]})", token);
  });
  BOOST_TEST(count_of(answers, 200) == 6);
  BOOST_TEST(tasks() == 18U);
}

BOOST_AUTO_TEST_CASE(an_import_takes_the_first_that_fit_and_names_the_lines_of_the_rest) {
  fill(16);
  const Json outcome = import(rows_of_file(8));
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

BOOST_AUTO_TEST_CASE(imports_and_makers_at_once_fill_it_exactly) {
  const std::string file = rows_of_file(7);
  const auto answers = at_once(stack, 16, [&](HttpClient& one, std::size_t index) {
    if (index % 2 == 0) return one.post("/tasks/import", file, token);
    return one.post("/tasks", R"({"title":"Tea"})", token);
  });
  std::int64_t made = 0;
  for (const Answer& answer : answers) {
    if (answer.status == 200) {
      const Json outcome = answer.json();
      BOOST_TEST(outcome["imported"].number() + static_cast<std::int64_t>(outcome["refused"].size()) == 7);
      made += outcome["imported"].number();
    } else if (answer.status == 201) {
      ++made;
    } else {
      expect_problem(answer, 422, "quota_exceeded");
    }
  }
  BOOST_TEST(made == kQuota);
  BOOST_TEST(tasks() == 20U);
}

BOOST_AUTO_TEST_CASE(the_trash_holds_as_many_as_a_list_and_then_what_lay_there_longest_makes_room) {
  fill(kQuota);
  const auto first = ids("?limit=20&sort=created_at");
  for (const std::string& id : first) BOOST_TEST(ask("DELETE", id).status == 204);
  BOOST_TEST(trashed() == 20U);
  fill(3);
  const auto then = ids("?sort=created_at");
  BOOST_TEST(ask("DELETE", then[0]).status == 204);
  static_cast<void>(batch(R"({"delete":[")" + then[1] + R"(",")" + then[2] + "\"]}"));
  BOOST_TEST(trashed() == 20U);
  auto expected = std::vector<std::string>(first.begin() + 3, first.end());
  expected.insert(expected.end(), then.begin(), then.end());
  auto held = ids("?trash=true&limit=20");
  std::sort(expected.begin(), expected.end());
  std::sort(held.begin(), held.end());
  BOOST_TEST(held == expected, boost::test_tools::per_element());
  for (std::size_t i = 0; i < 3; ++i) {
    expect_problem(ask("POST", "/tasks/" + first[i] + "/restore"), 404, "not_found");
    BOOST_TEST(stack.sql("select count(*) from taskward.audit where reason = 'trash_full' and object_id = '" +
                         first[i] + "'") == "1");
  }
}

BOOST_AUTO_TEST_CASE(one_who_is_full_takes_nothing_from_another) {
  fill(kQuota);
  Bounded other;
  other.fill(kQuota);
  expect_problem(create(), 422, "quota_exceeded");
  expect_problem(other.create(), 422, "quota_exceeded");
}

BOOST_AUTO_TEST_SUITE_END()
