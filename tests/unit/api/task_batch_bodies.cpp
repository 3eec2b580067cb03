// Many tasks in one body.
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

const std::string kOne = "0190b3a0-7a1b-7c3d-8e4f-000000000001";
const std::string kTwo = "0190b3a0-7a1b-7c3d-8e4f-00000000000a";

std::string batch(const std::string& body) { return read_of(task_batch_shape(), body); }
std::string update(const std::string& members) {
  return batch(R"({"update":[{"id":")" + kOne + '"' + members + "}]}");
}

/// So many pieces with commas between them; each # is its number, in three digits.
std::string list(int count, const std::string& piece) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    std::string one = piece;
    for (std::size_t at = 0; (at = one.find('#')) != std::string::npos;)
      one.replace(at, 1, std::to_string(1000 + i).substr(1));
    out += (i == 0 ? "" : ",") + one;
  }
  return out;
}

const std::string kNumbered = "0190b3a0-7a1b-7c3d-8e4f-000000000#";
std::string created(int count) { return "\"create\":[" + list(count, R"({"title":"x#"})") + ']'; }
std::string updated(int count) {
  return "\"update\":[" + list(count, R"({"id":")" + kNumbered + "\"}") + ']';
}
std::string deleted(int count) {
  std::string ids = list(count, '"' + kNumbered + '"');
  // Other tasks than those that are updated.
  for (std::size_t at = 0; (at = ids.find("8e4f", at)) != std::string::npos; ++at) ids.replace(at, 4, "9e4f");
  return "\"delete\":[" + ids + ']';
}

BOOST_AUTO_TEST_SUITE(task_batch_bodies)

BOOST_AUTO_TEST_CASE(each_part_is_read_in_its_order) {
  const auto read =
      read_as(task_batch_shape(), R"({"delete":[")" + kTwo + R"("],"update":[{"id":")" + kOne +
                                      R"(","status":"done","version":7,"due_at":null,"tags":["b","a"]}],)"
                                      R"("create":[{"title":"first"},{"title":"second","priority":"low"}]})");
  BOOST_REQUIRE(read);
  BOOST_REQUIRE_EQUAL(read->create.size(), 2U);
  BOOST_TEST(read->create[0].title == "first");
  BOOST_TEST((read->create[1].priority == model::TaskPriority::low));
  BOOST_REQUIRE_EQUAL(read->update.size(), 1U);
  const model::BatchUpdate& change = read->update[0];
  BOOST_TEST(change.id.text() == kOne);
  BOOST_TEST(change.version.value() == 7);
  BOOST_TEST((change.status == model::TaskStatus::done));
  BOOST_TEST((change.due_at.has_value() && !change.due_at->has_value()));
  BOOST_TEST((change.tags == std::vector<std::string>{"a", "b"}));
  BOOST_TEST((!change.title && !change.description && !change.priority));
  BOOST_REQUIRE_EQUAL(read->remove.size(), 1U);
  BOOST_TEST(read->remove[0].text() == kTwo);
}

BOOST_AUTO_TEST_CASE(each_part_may_be_left_out_or_empty_but_not_null) {
  BOOST_TEST(batch("{}") == "ok");
  BOOST_TEST(batch(R"({"create":[],"update":[],"delete":[]})") == "ok");
  BOOST_TEST(batch(R"({"create":null,"update":null,"delete":null})") ==
             "create wrong_type, update wrong_type, delete wrong_type");
  BOOST_TEST(batch(R"({"create":{},"update":"x","delete":1})") ==
             "create wrong_type, update wrong_type, delete wrong_type");
  BOOST_TEST(batch(R"({"remove":[]})") == "remove unknown_member");
}

BOOST_AUTO_TEST_CASE(an_update_needs_the_id_of_its_task) {
  BOOST_TEST(batch(R"({"update":[{"title":"x"}]})") == "update[0].id required");
  BOOST_TEST(batch(R"({"update":[{"id":null},{"id":1},{"id":"x"},{"id":""},{"id":[]}]})") ==
             "update[0].id wrong_type, update[1].id wrong_type, update[2].id invalid_format, update[3].id "
             "invalid_format, update[4].id wrong_type");
  BOOST_TEST(update("") == "ok");
  BOOST_TEST(read_of(batch_update_shape(), R"({"id":")" + kOne + "\"}") == "ok");
  BOOST_TEST(read_of(batch_update_shape(), "{}") == "id required");
}

BOOST_AUTO_TEST_CASE(a_version_is_a_whole_number_from_1) {
  const auto version = [](const std::string& text) { return update(",\"version\":" + text); };
  BOOST_TEST(version("1") == "ok");
  BOOST_TEST(version("9223372036854775807") == "ok");
  BOOST_TEST(version("null") == "ok");
  BOOST_TEST(version("0") == "update[0].version out_of_range");
  BOOST_TEST(version("-1") == "update[0].version out_of_range");
  for (const char* bad : {"1.5", "1.0", "1e0", "9223372036854775808", "\"1\"", "true", "[]", "{}"})
    BOOST_TEST(version(bad) == "update[0].version wrong_type", bad);
  const auto read = read_as(task_batch_shape(), R"({"update":[{"id":")" + kOne + R"(","version":null}]})");
  BOOST_REQUIRE(read);
  BOOST_TEST(!read->update[0].version);
  const auto low = read_as(task_batch_shape(), R"({"update":[{"id":")" + kOne + R"(","version":0}]})");
  BOOST_REQUIRE(!low);
  BOOST_TEST(low.error().faults.front().message == "must be at least 1");
}

BOOST_AUTO_TEST_CASE(a_fault_is_named_by_its_place_in_the_body) {
  BOOST_TEST(
      batch(R"({"create":[{"title":"x","tags":["a","b","c",""]},{"title":"x"},{"titel":"x","due_at":1}],)"
            R"("update":[{"id":")" +
            kOne + R"("},{"id":")" + kTwo + R"(","title":""},{"x":1}],"delete":["x",")" + kOne.substr(1) +
            R"(",null,5]})") ==
      "create[0].tags[3] too_short, create[2].title required, create[2].due_at wrong_type, create[2].titel "
      "unknown_member, update[1].title too_short, update[2].id required, update[2].x unknown_member, "
      "delete[0] invalid_format, delete[1] invalid_format, delete[2] wrong_type, delete[3] wrong_type");
}

BOOST_AUTO_TEST_CASE(what_stands_in_the_place_of_a_task_must_be_an_object) {
  BOOST_TEST(
      batch(R"({"create":["x",null,[],{"title":"x"},1],"update":[[{}],true]})") ==
      "create[0] wrong_type, create[1] wrong_type, create[2] wrong_type, create[4] wrong_type, update[0] "
      "wrong_type, update[1] wrong_type");
}

BOOST_AUTO_TEST_CASE(a_null_means_in_a_batch_what_it_means_by_itself) {
  BOOST_TEST(update(R"(,"title":null)") == "update[0].title wrong_type");
  BOOST_TEST(update(R"(,"status":null)") == "update[0].status wrong_type");
  BOOST_TEST(update(R"(,"description":null,"priority":null,"due_at":null,"tags":null)") == "ok");
  BOOST_TEST(batch(R"({"create":[{"title":null}]})") == "create[0].title wrong_type");
}

BOOST_AUTO_TEST_CASE(a_batch_has_100_tasks_at_most_in_each_part_and_in_all) {
  BOOST_TEST(batch('{' + created(100) + '}') == "ok");
  BOOST_TEST(batch('{' + updated(100) + '}') == "ok");
  BOOST_TEST(batch('{' + deleted(100) + '}') == "ok");
  BOOST_TEST(batch('{' + created(101) + '}') == "create too_many");
  BOOST_TEST(batch('{' + updated(101) + '}') == "update too_many");
  BOOST_TEST(batch('{' + deleted(101) + '}') == "delete too_many");
  BOOST_TEST(batch('{' + created(40) + ',' + updated(30) + ',' + deleted(30) + '}') == "ok");
  BOOST_TEST(batch('{' + created(41) + ',' + updated(30) + ',' + deleted(30) + '}') == " too_many");
  BOOST_TEST(batch('{' + created(100) + ',' + deleted(1) + '}') == " too_many");
  BOOST_TEST(batch('{' + created(101) + ',' + updated(101) + ',' + deleted(101) + '}') ==
             "create too_many, update too_many, delete too_many");
}

BOOST_AUTO_TEST_CASE(a_task_stands_in_a_batch_once) {
  const auto of = [](const std::string& id) { return R"({"id":")" + id + "\"}"; };
  BOOST_TEST(batch("{\"update\":[" + of(kOne) + ',' + of(kTwo) + "]}") == "ok");
  BOOST_TEST(batch("{\"update\":[" + of(kOne) + ',' + of(kTwo) + ',' + of(kOne) + ',' + of(kOne) + "]}") ==
             "update[2].id duplicate, update[3].id duplicate");
  BOOST_TEST(batch("{\"delete\":[\"" + kOne + "\",\"" + kOne + "\"]}") == "delete[1] duplicate");
  BOOST_TEST(batch("{\"delete\":[\"" + kOne + "\"],\"update\":[" + of(kTwo) + ',' + of(kOne) + "]}") ==
             "delete[0] duplicate");
  // Upper case spells the same id.
  std::string upper = kTwo;
  std::replace(upper.begin(), upper.end(), 'a', 'A');
  BOOST_TEST(batch("{\"update\":[" + of(kTwo) + "],\"delete\":[\"" + upper + "\"]}") ==
             "delete[0] duplicate");
}

BOOST_AUTO_TEST_CASE(two_ids_that_are_none_are_not_one_task_that_stands_twice) {
  BOOST_TEST(
      batch(R"({"update":[{},{}],"delete":["x","x"]})") ==
      "update[0].id required, update[1].id required, delete[0] invalid_format, delete[1] invalid_format");
}

BOOST_AUTO_TEST_CASE(new_tasks_may_be_alike) {
  BOOST_TEST(batch(R"({"create":[{"title":"x"},{"title":"x"}]})") == "ok");
}

BOOST_AUTO_TEST_CASE(no_more_than_20_unknown_members_are_named_over_the_whole_body) {
  std::string tasks;
  for (int i = 0; i < 50; ++i) tasks += std::string(i == 0 ? "" : ",") + R"({"title":"x","a":1,"b":2,"c":3})";
  const auto read = read_as(task_batch_shape(), R"({"create":[)" + tasks + R"(],"x":1,"update":[{"y":1}]})");
  BOOST_REQUIRE(!read);
  const auto named =
      std::count_if(read.error().faults.begin(), read.error().faults.end(),
                    [](const FieldFault& one) { return one.code == FaultCode::unknown_member; });
  BOOST_TEST(named == 20);
  // Faults of another kind are told all the same.
  BOOST_TEST(testing::faults_of(read).back() == "update[0].id required");
  BOOST_TEST(testing::faults_of(read).front() == "create[0].a unknown_member");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
