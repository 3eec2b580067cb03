// Priority, due date and tags in the body of a task.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/api/task_bodies.hpp"
#include "taskward/base/rfc3339.hpp"
#include "tests/unit/api/support_bodies.hpp"

namespace taskward::api {
namespace {

using model::TaskPriority;
using testing::body_of;
using testing::read_as;
using testing::read_of;
using testing::repeat;

using Tags = std::vector<std::string>;

std::string change_errors(const std::string& body) { return read_of(task_change_shape(), body); }

/// A body with these tags.
std::string body_with_tags(const std::vector<std::string>& tags) {
  json::Writer w;
  w.begin_object();
  w.key("tags");
  w.begin_array();
  for (const std::string& tag : tags) w.string(tag);
  w.end_array();
  w.end_object();
  return w.take();
}

Tags numbered_tags(int count) {
  Tags tags;
  for (int i = 0; i < count; ++i) tags.push_back("tag " + std::to_string(i));
  return tags;
}

BOOST_AUTO_TEST_SUITE(task_bodies)

BOOST_AUTO_TEST_CASE(absent_fields_of_a_new_task_are_empty) {
  const auto task = read_as(new_task_shape(), R"({"title":"x"})");
  BOOST_REQUIRE(task);
  BOOST_TEST((task->priority == TaskPriority::none));
  BOOST_TEST(!task->due_at);
  BOOST_TEST(task->tags.empty());
}

BOOST_AUTO_TEST_CASE(priority_due_date_and_tags_of_a_new_task_are_parsed) {
  const auto task = read_as(new_task_shape(), R"({"tags":["b","a"],"due_at":"2026-01-31T12:00:00+01:00",)"
                                              R"("priority":"Urgent","title":"x"})");
  BOOST_REQUIRE(task);
  BOOST_TEST((task->priority == TaskPriority::urgent));
  BOOST_REQUIRE(task->due_at);
  BOOST_TEST(rfc3339_precise(*task->due_at) == "2026-01-31T11:00:00.000000Z");
  BOOST_TEST((task->tags == Tags{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(absent_fields_of_a_change_are_not_set) {
  const auto change = read_as(task_change_shape(), R"({"title":"x"})");
  BOOST_REQUIRE(change);
  BOOST_TEST((!change->priority && !change->due_at && !change->tags));
}

BOOST_AUTO_TEST_CASE(null_clears_priority_due_date_tags_and_description) {
  const auto change =
      read_as(task_change_shape(), R"({"priority":null,"due_at":null,"tags":null,"description":null})");
  BOOST_REQUIRE(change);
  BOOST_TEST((change->priority == TaskPriority::none));
  // Unlike a change without due_at, which keeps the date.
  BOOST_REQUIRE(change->due_at.has_value());
  BOOST_TEST(!change->due_at->has_value());
  BOOST_REQUIRE(change->tags);
  BOOST_TEST(change->tags->empty());
  BOOST_TEST(change->description.value_or("not there") == "");
  BOOST_TEST(!change->title);
  BOOST_TEST(!change->status);
}

BOOST_AUTO_TEST_CASE(null_in_a_new_task_counts_as_absent) {
  const auto task = read_as(new_task_shape(),
                            R"({"title":"x","priority":null,"due_at":null,"tags":null,"description":null})");
  BOOST_REQUIRE(task);
  BOOST_TEST((task->priority == TaskPriority::none));
  BOOST_TEST(!task->due_at);
  BOOST_TEST(task->tags.empty());
  BOOST_TEST(task->description == "");
  BOOST_TEST(read_of(new_task_shape(), R"({"title":"x","status":null})") == "status wrong_type");
}

BOOST_AUTO_TEST_CASE(priority_due_date_and_tags_of_another_type_are_rejected) {
  for (const char* value : {"1", "1.5", "true", "[]", "{}"})
    BOOST_TEST(change_errors(R"({"priority":)" + std::string(value) + R"(,"due_at":)" + value + '}') ==
                   "priority wrong_type, due_at wrong_type",
               value);
  for (const char* value : {"1", "true", "{}", "\"home\"", "\"\"", R"({"0":"home"})"})
    BOOST_TEST(change_errors(R"({"tags":)" + std::string(value) + '}') == "tags wrong_type", value);
}

BOOST_AUTO_TEST_CASE(priority_is_one_of_five_values) {
  for (const char* good : {"none", "low", "normal", "high", "urgent", "HIGH"})
    BOOST_TEST(change_errors(body_of("priority", good)) == "ok", good);
  for (const char* bad : {"", "medium", " low", "0", "null"})
    BOOST_TEST(change_errors(body_of("priority", bad)) == "priority invalid_value", bad);
  const auto rejected = read_as(task_change_shape(), body_of("priority", "x"));
  BOOST_REQUIRE(!rejected);
  BOOST_TEST(rejected.error().faults.front().message == "must be one of none, low, normal, high, urgent");
}

BOOST_AUTO_TEST_CASE(due_date_is_a_timestamp_with_an_offset) {
  const auto due = [](std::string_view text) -> std::string {
    const auto change = read_as(task_change_shape(), body_of("due_at", text));
    if (!change) return testing::faults_of(change).front();
    BOOST_REQUIRE((change->due_at && *change->due_at));
    return rfc3339_precise(**change->due_at);
  };
  BOOST_TEST(due("2026-01-31T12:00:00Z") == "2026-01-31T12:00:00.000000Z");
  BOOST_TEST(due("2026-01-31t12:00:00.123456789-05:30") == "2026-01-31T17:30:00.123000Z");
  BOOST_TEST(due("0001-01-01T00:00:00Z") == "0001-01-01T00:00:00.000000Z");
  BOOST_TEST(due("9999-12-31T23:59:59.999Z") == "9999-12-31T23:59:59.999000Z");
  for (const char* bad : {"", "tomorrow", "2026-01-31", "2026-01-31T12:00:00", "2026-02-30T12:00:00Z",
                          "infinity", "2026-01-31T12:00:00 01:00", "1769860799"})
    BOOST_TEST(due(bad) == "due_at invalid_format", bad);
}

BOOST_AUTO_TEST_CASE(tags_are_sorted_and_deduplicated) {
  const auto read = [](const Tags& tags) {
    const auto change = read_as(task_change_shape(), body_with_tags(tags));
    return change ? change->tags.value_or(Tags{"not there"}) : Tags{"refused"};
  };
  BOOST_TEST((read({}) == Tags{}));
  BOOST_TEST((read({"b", "a", "b"}) == Tags{"a", "b"}));
  BOOST_TEST((read({"é", "z", "Home", "home"}) == Tags{"Home", "home", "z", "é"}));
  const auto task = read_as(new_task_shape(), R"({"title":"x","tags":["b","a","\u0062"]})");
  BOOST_REQUIRE(task);
  BOOST_TEST((task->tags == Tags{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(task_has_at_most_20_tags) {
  BOOST_TEST(change_errors(body_with_tags(numbered_tags(20))) == "ok");
  BOOST_TEST(change_errors(body_with_tags(numbered_tags(21))) == "tags too_many");
  // This is the only error, whatever else is wrong with the tags.
  BOOST_TEST(change_errors(R"({"tags":[)" + repeat(1000, "1,") + "1]}") == "tags too_many");
}

BOOST_AUTO_TEST_CASE(tag_has_1_to_50_characters_of_any_byte_length) {
  BOOST_TEST(change_errors(body_with_tags({""})) == "tags[0] too_short");
  for (const char* piece : {"x", "é", "🦊"}) {
    BOOST_TEST(change_errors(body_with_tags({piece})) == "ok");
    BOOST_TEST(change_errors(body_with_tags({repeat(50, piece)})) == "ok");
    BOOST_TEST(change_errors(body_with_tags({repeat(51, piece)})) == "tags[0] too_long");
  }
}

BOOST_AUTO_TEST_CASE(tag_is_one_line_and_not_blank) {
  BOOST_TEST(change_errors(body_with_tags({" "})) == "tags[0] invalid_value");
  BOOST_TEST(change_errors(body_with_tags({"   "})) == "tags[0] invalid_value");
  for (const std::string& text :
       {std::string("a\nb"), std::string("a\tb"), std::string("\t"), std::string("a\n"), std::string("a\rb"),
        std::string("a\0b", 3), std::string("a\x7f"), std::string("\x1b[31m"), std::string("a\u0085")}) {
    BOOST_TEST(change_errors(body_with_tags({text})) == "tags[0] invalid_character", text);
  }
  for (const char* good : {"a b", " a", "a,b", "\"", "'", "=1", "#home", "<script>", "null", "a;b", "\\"})
    BOOST_TEST(change_errors(body_with_tags({good})) == "ok", good);
}

BOOST_AUTO_TEST_CASE(each_invalid_tag_is_reported_with_its_index) {
  BOOST_TEST(
      change_errors(R"({"tags":["good","",1,null,["a"],{},true,"a\tb","also good"," "]})") ==
      "tags[1] too_short, tags[2] wrong_type, tags[3] wrong_type, tags[4] wrong_type, tags[5] wrong_type, "
      "tags[6] wrong_type, tags[7] invalid_character, tags[9] invalid_value");
}

BOOST_AUTO_TEST_CASE(all_errors_of_a_new_task_are_reported_together) {
  BOOST_TEST(
      read_of(new_task_shape(), R"({"due_at":"soon","tags":["x",""],"priority":"most","id":"x","status":"x",)"
                                R"("description":"\u0000"})") ==
      "title required, description invalid_character, status invalid_value, priority invalid_value, due_at "
      "invalid_format, tags[1] too_short, id unknown_member");
}

BOOST_AUTO_TEST_CASE(read_only_fields_of_a_task_are_rejected) {
  for (const char* name :
       {"id", "created_at", "updated_at", "completed_at", "version", "deleted_at", "owner_id"}) {
    BOOST_TEST(change_errors(R"({")" + std::string(name) + R"(":null})") ==
               std::string(name) + " unknown_member");
    BOOST_TEST(read_of(new_task_shape(), R"({"title":"x",")" + std::string(name) + R"(":null})") ==
               std::string(name) + " unknown_member");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
