// A task of a file, which may say more than one that is written by hand.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/api/task_bodies.hpp"
#include "taskward/base/rfc3339.hpp"
#include "tests/unit/api/support_bodies.hpp"

namespace taskward::api {
namespace {

using testing::read_as;
using testing::read_of;

std::string imports(const std::string& members) {
  return read_of(imported_task_shape(), R"({"title":"x")" + members + '}');
}

BOOST_AUTO_TEST_SUITE(imported_tasks)

BOOST_AUTO_TEST_CASE(it_keeps_when_it_was_made_and_completed) {
  const auto task = read_as(imported_task_shape(),
                            R"({"title":"x","status":"completed","created_at":"2020-01-01T00:00:00Z",)"
                            R"("completed_at":"2020-01-02T00:00:00.5+01:00"})");
  BOOST_REQUIRE(task);
  BOOST_TEST((task->status == model::TaskStatus::done));
  BOOST_TEST(rfc3339(task->created_at.value()) == "2020-01-01T00:00:00.000Z");
  BOOST_TEST(rfc3339(task->completed_at.value()) == "2020-01-01T23:00:00.500Z");
}

BOOST_AUTO_TEST_CASE(a_null_moment_is_the_same_as_none) {
  const auto task =
      read_as(imported_task_shape(), R"({"title":"x","created_at":null,"completed_at":null,"due_at":null})");
  BOOST_REQUIRE(task);
  BOOST_TEST((!task->created_at && !task->completed_at && !task->due_at));
}

BOOST_AUTO_TEST_CASE(what_it_cannot_keep_may_stand_there_whatever_it_is) {
  for (const char* name : {"id", "updated_at", "version"}) {
    for (const char* value : {"null", "1", "\"\"", "\"not what it should be\"", "[]", R"({"a":[1]})", "true"})
      BOOST_TEST(imports(",\"" + std::string(name) + "\":" + value) == "ok", name << ' ' << value);
  }
}

BOOST_AUTO_TEST_CASE(what_a_new_task_may_not_say_it_may_not_either) {
  BOOST_TEST(read_of(imported_task_shape(), "{}") == "title required");
  BOOST_TEST(read_of(imported_task_shape(), R"({"title":null})") == "title wrong_type");
  BOOST_TEST(
      imports(R"(,"status":"soon","priority":"x","due_at":"x","tags":[""],"description":1)") ==
      "description wrong_type, status invalid_value, priority invalid_value, due_at invalid_format, tags[0] "
      "too_short");
  BOOST_TEST(imports(R"(,"created_at":"2020-01-01","completed_at":5)") ==
             "created_at invalid_format, completed_at wrong_type");
  for (const char* name : {"deleted_at", "owner_id", "Id", "created"})
    BOOST_TEST(imports(",\"" + std::string(name) + "\":null") == std::string(name) + " unknown_member");
}

BOOST_AUTO_TEST_CASE(its_tags_are_a_set_too) {
  const auto task = read_as(imported_task_shape(), R"({"title":"x","tags":["b","a","b"]})");
  BOOST_REQUIRE(task);
  BOOST_TEST((task->tags == std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(every_member_of_a_written_task_is_one_that_is_read) {
  model::Task task;
  task.title = "x";
  json::Writer w;
  write_object(w, task, task_parts());
  BOOST_TEST(read_of(imported_task_shape(), w.take()) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
