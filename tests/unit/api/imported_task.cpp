// A task from an import file, which may have more fields than the body of a new task.
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

std::string import_errors(const std::string& members) {
  return read_of(imported_task_shape(), R"({"title":"x")" + members + '}');
}

BOOST_AUTO_TEST_SUITE(imported_tasks)

BOOST_AUTO_TEST_CASE(imported_task_keeps_its_creation_and_completion_times) {
  const auto task = read_as(imported_task_shape(),
                            R"({"title":"x","status":"completed","created_at":"2020-01-01T00:00:00Z",)"
                            R"("completed_at":"2020-01-02T00:00:00.5+01:00"})");
  BOOST_REQUIRE(task);
  BOOST_TEST((task->status == model::TaskStatus::done));
  BOOST_TEST(rfc3339(task->created_at.value()) == "2020-01-01T00:00:00.000Z");
  BOOST_TEST(rfc3339(task->completed_at.value()) == "2020-01-01T23:00:00.500Z");
}

BOOST_AUTO_TEST_CASE(null_timestamp_counts_as_absent) {
  const auto task =
      read_as(imported_task_shape(), R"({"title":"x","created_at":null,"completed_at":null,"due_at":null})");
  BOOST_REQUIRE(task);
  BOOST_TEST((!task->created_at && !task->completed_at && !task->due_at));
}

BOOST_AUTO_TEST_CASE(id_updated_at_and_version_are_ignored_whatever_their_value) {
  for (const char* name : {"id", "updated_at", "version"}) {
    for (const char* value : {"null", "1", "\"\"", "\"not what it should be\"", "[]", R"({"a":[1]})", "true"})
      BOOST_TEST(import_errors(",\"" + std::string(name) + "\":" + value) == "ok", name << ' ' << value);
  }
}

BOOST_AUTO_TEST_CASE(imported_task_obeys_the_rules_of_a_new_task) {
  BOOST_TEST(read_of(imported_task_shape(), "{}") == "title required");
  BOOST_TEST(read_of(imported_task_shape(), R"({"title":null})") == "title wrong_type");
  BOOST_TEST(
      import_errors(R"(,"status":"soon","priority":"x","due_at":"x","tags":[""],"description":1)") ==
      "description wrong_type, status invalid_value, priority invalid_value, due_at invalid_format, tags[0] "
      "too_short");
  BOOST_TEST(import_errors(R"(,"created_at":"2020-01-01","completed_at":5)") ==
             "created_at invalid_format, completed_at wrong_type");
  for (const char* name : {"deleted_at", "owner_id", "Id", "created"})
    BOOST_TEST(import_errors(",\"" + std::string(name) + "\":null") == std::string(name) + " unknown_member");
}

BOOST_AUTO_TEST_CASE(imported_tags_are_sorted_and_deduplicated) {
  const auto task = read_as(imported_task_shape(), R"({"title":"x","tags":["b","a","b"]})");
  BOOST_REQUIRE(task);
  BOOST_TEST((task->tags == std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(every_field_of_an_exported_task_can_be_imported) {
  model::Task task;
  task.title = "x";
  json::Writer w;
  write_object(w, task, task_parts());
  BOOST_TEST(read_of(imported_task_shape(), w.take()) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
