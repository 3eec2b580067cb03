// Request bodies with many tasks.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/api/task_bodies.hpp"
#include "tests/unit/api/support_bodies.hpp"

namespace taskward::api {
namespace {

using testing::read_as;
using testing::read_of;

const std::string kFirstId = "0190b3a0-7a1b-7c3d-8e4f-000000000001";
const std::string kSecondId = "0190b3a0-7a1b-7c3d-8e4f-00000000000a";

std::string batch_errors(const std::string& body) { return read_of(task_batch_shape(), body); }
std::string update_errors(const std::string& members) {
  return batch_errors(R"({"update":[{"id":")" + kFirstId + '"' + members + "}]}");
}

/// `count` comma-separated copies of `piece`; each # is replaced by the index of the copy, in three digits.
std::string numbered_list(int count, const std::string& piece) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    std::string one = piece;
    for (std::size_t at = 0; (at = one.find('#')) != std::string::npos;)
      one.replace(at, 1, std::to_string(1000 + i).substr(1));
    out += (i == 0 ? "" : ",") + one;
  }
  return out;
}

const std::string kNumberedId = "0190b3a0-7a1b-7c3d-8e4f-000000000#";
std::string create_part(int count) {
  return "\"create\":[" + numbered_list(count, R"({"title":"x#"})") + ']';
}
std::string update_part(int count) {
  return "\"update\":[" + numbered_list(count, R"({"id":")" + kNumberedId + "\"}") + ']';
}
std::string delete_part(int count) {
  std::string ids = numbered_list(count, '"' + kNumberedId + '"');
  // Different from the ids of the updated tasks.
  for (std::size_t at = 0; (at = ids.find("8e4f", at)) != std::string::npos; ++at) ids.replace(at, 4, "9e4f");
  return "\"delete\":[" + ids + ']';
}

BOOST_AUTO_TEST_SUITE(task_batch_bodies)

BOOST_AUTO_TEST_CASE(batch_parts_are_parsed_in_order) {
  const auto read =
      read_as(task_batch_shape(), R"({"delete":[")" + kSecondId + R"("],"update":[{"id":")" + kFirstId +
                                      R"(","status":"done","version":7,"due_at":null,"tags":["b","a"]}],)"
                                      R"("create":[{"title":"first"},{"title":"second","priority":"low"}]})");
  BOOST_REQUIRE(read);
  BOOST_REQUIRE_EQUAL(read->create.size(), 2U);
  BOOST_TEST(read->create[0].title == "first");
  BOOST_TEST((read->create[1].priority == model::TaskPriority::low));
  BOOST_REQUIRE_EQUAL(read->update.size(), 1U);
  const model::BatchUpdate& change = read->update[0];
  BOOST_TEST(change.id.text() == kFirstId);
  BOOST_TEST(change.version.value() == 7);
  BOOST_TEST((change.status == model::TaskStatus::done));
  BOOST_TEST((change.due_at.has_value() && !change.due_at->has_value()));
  BOOST_TEST((change.tags == std::vector<std::string>{"a", "b"}));
  BOOST_TEST((!change.title && !change.description && !change.priority));
  BOOST_REQUIRE_EQUAL(read->remove.size(), 1U);
  BOOST_TEST(read->remove[0].text() == kSecondId);
}

BOOST_AUTO_TEST_CASE(batch_part_may_be_absent_or_empty_but_not_null) {
  BOOST_TEST(batch_errors("{}") == "ok");
  BOOST_TEST(batch_errors(R"({"create":[],"update":[],"delete":[]})") == "ok");
  BOOST_TEST(batch_errors(R"({"create":null,"update":null,"delete":null})") ==
             "create wrong_type, update wrong_type, delete wrong_type");
  BOOST_TEST(batch_errors(R"({"create":{},"update":"x","delete":1})") ==
             "create wrong_type, update wrong_type, delete wrong_type");
  BOOST_TEST(batch_errors(R"({"remove":[]})") == "remove unknown_member");
}

BOOST_AUTO_TEST_CASE(update_requires_the_id_of_the_task) {
  BOOST_TEST(batch_errors(R"({"update":[{"title":"x"}]})") == "update[0].id required");
  BOOST_TEST(batch_errors(R"({"update":[{"id":null},{"id":1},{"id":"x"},{"id":""},{"id":[]}]})") ==
             "update[0].id wrong_type, update[1].id wrong_type, update[2].id invalid_format, update[3].id "
             "invalid_format, update[4].id wrong_type");
  BOOST_TEST(update_errors("") == "ok");
  BOOST_TEST(read_of(batch_update_shape(), R"({"id":")" + kFirstId + "\"}") == "ok");
  BOOST_TEST(read_of(batch_update_shape(), "{}") == "id required");
}

BOOST_AUTO_TEST_CASE(version_is_a_positive_integer) {
  const auto version_errors = [](const std::string& text) { return update_errors(",\"version\":" + text); };
  BOOST_TEST(version_errors("1") == "ok");
  BOOST_TEST(version_errors("9223372036854775807") == "ok");
  BOOST_TEST(version_errors("null") == "ok");
  BOOST_TEST(version_errors("0") == "update[0].version out_of_range");
  BOOST_TEST(version_errors("-1") == "update[0].version out_of_range");
  for (const char* bad : {"1.5", "1.0", "1e0", "9223372036854775808", "\"1\"", "true", "[]", "{}"})
    BOOST_TEST(version_errors(bad) == "update[0].version wrong_type", bad);
  const auto read =
      read_as(task_batch_shape(), R"({"update":[{"id":")" + kFirstId + R"(","version":null}]})");
  BOOST_REQUIRE(read);
  BOOST_TEST(!read->update[0].version);
  const auto low = read_as(task_batch_shape(), R"({"update":[{"id":")" + kFirstId + R"(","version":0}]})");
  BOOST_REQUIRE(!low);
  BOOST_TEST(low.error().faults.front().message == "must be at least 1");
}

BOOST_AUTO_TEST_CASE(batch_errors_name_the_path_of_the_field) {
  BOOST_TEST(
      batch_errors(
          R"({"create":[{"title":"x","tags":["a","b","c",""]},{"title":"x"},{"titel":"x","due_at":1}],)"
          R"("update":[{"id":")" +
          kFirstId + R"("},{"id":")" + kSecondId + R"(","title":""},{"x":1}],"delete":["x",")" +
          kFirstId.substr(1) + R"(",null,5]})") ==
      "create[0].tags[3] too_short, create[2].title required, create[2].due_at wrong_type, create[2].titel "
      "unknown_member, update[1].title too_short, update[2].id required, update[2].x unknown_member, "
      "delete[0] invalid_format, delete[1] invalid_format, delete[2] wrong_type, delete[3] wrong_type");
}

BOOST_AUTO_TEST_CASE(batch_items_must_be_objects) {
  BOOST_TEST(
      batch_errors(R"({"create":["x",null,[],{"title":"x"},1],"update":[[{}],true]})") ==
      "create[0] wrong_type, create[1] wrong_type, create[2] wrong_type, create[4] wrong_type, update[0] "
      "wrong_type, update[1] wrong_type");
}

BOOST_AUTO_TEST_CASE(null_means_the_same_in_a_batch_as_in_a_single_request) {
  BOOST_TEST(update_errors(R"(,"title":null)") == "update[0].title wrong_type");
  BOOST_TEST(update_errors(R"(,"status":null)") == "update[0].status wrong_type");
  BOOST_TEST(update_errors(R"(,"description":null,"priority":null,"due_at":null,"tags":null)") == "ok");
  BOOST_TEST(batch_errors(R"({"create":[{"title":null}]})") == "create[0].title wrong_type");
}

BOOST_AUTO_TEST_CASE(batch_has_at_most_100_tasks_per_part_and_in_total) {
  BOOST_TEST(batch_errors('{' + create_part(100) + '}') == "ok");
  BOOST_TEST(batch_errors('{' + update_part(100) + '}') == "ok");
  BOOST_TEST(batch_errors('{' + delete_part(100) + '}') == "ok");
  BOOST_TEST(batch_errors('{' + create_part(101) + '}') == "create too_many");
  BOOST_TEST(batch_errors('{' + update_part(101) + '}') == "update too_many");
  BOOST_TEST(batch_errors('{' + delete_part(101) + '}') == "delete too_many");
  BOOST_TEST(batch_errors('{' + create_part(40) + ',' + update_part(30) + ',' + delete_part(30) + '}') ==
             "ok");
  BOOST_TEST(batch_errors('{' + create_part(41) + ',' + update_part(30) + ',' + delete_part(30) + '}') ==
             " too_many");
  BOOST_TEST(batch_errors('{' + create_part(100) + ',' + delete_part(1) + '}') == " too_many");
  BOOST_TEST(batch_errors('{' + create_part(101) + ',' + update_part(101) + ',' + delete_part(101) + '}') ==
             "create too_many, update too_many, delete too_many");
}

BOOST_AUTO_TEST_CASE(task_may_appear_only_once_in_a_batch) {
  const auto of = [](const std::string& id) { return R"({"id":")" + id + "\"}"; };
  BOOST_TEST(batch_errors("{\"update\":[" + of(kFirstId) + ',' + of(kSecondId) + "]}") == "ok");
  BOOST_TEST(batch_errors("{\"update\":[" + of(kFirstId) + ',' + of(kSecondId) + ',' + of(kFirstId) + ',' +
                          of(kFirstId) + "]}") == "update[2].id duplicate, update[3].id duplicate");
  BOOST_TEST(batch_errors("{\"delete\":[\"" + kFirstId + "\",\"" + kFirstId + "\"]}") ==
             "delete[1] duplicate");
  BOOST_TEST(batch_errors("{\"delete\":[\"" + kFirstId + "\"],\"update\":[" + of(kSecondId) + ',' +
                          of(kFirstId) + "]}") == "delete[0] duplicate");
  // Ids are case-insensitive.
  std::string upper = kSecondId;
  std::replace(upper.begin(), upper.end(), 'a', 'A');
  BOOST_TEST(batch_errors("{\"update\":[" + of(kSecondId) + "],\"delete\":[\"" + upper + "\"]}") ==
             "delete[0] duplicate");
}

BOOST_AUTO_TEST_CASE(two_invalid_ids_are_not_reported_as_duplicates) {
  BOOST_TEST(
      batch_errors(R"({"update":[{},{}],"delete":["x","x"]})") ==
      "update[0].id required, update[1].id required, delete[0] invalid_format, delete[1] invalid_format");
}

BOOST_AUTO_TEST_CASE(new_tasks_may_be_identical) {
  BOOST_TEST(batch_errors(R"({"create":[{"title":"x"},{"title":"x"}]})") == "ok");
}

BOOST_AUTO_TEST_CASE(at_most_20_unknown_fields_are_reported_per_batch) {
  std::string tasks;
  for (int i = 0; i < 50; ++i) tasks += std::string(i == 0 ? "" : ",") + R"({"title":"x","a":1,"b":2,"c":3})";
  const auto read = read_as(task_batch_shape(), R"({"create":[)" + tasks + R"(],"x":1,"update":[{"y":1}]})");
  BOOST_REQUIRE(!read);
  const auto reported =
      std::count_if(read.error().faults.begin(), read.error().faults.end(),
                    [](const FieldFault& one) { return one.code == FaultCode::unknown_member; });
  BOOST_TEST(reported == 20);
  // Other errors are still reported.
  BOOST_TEST(testing::faults_of(read).back() == "update[0].id required");
  BOOST_TEST(testing::faults_of(read).front() == "create[0].a unknown_member");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
