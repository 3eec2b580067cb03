#include "src/api/task_query.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/base/utf8.hpp"
#include "tests/unit/support_outcome.hpp"

namespace taskward::api {
namespace {

/// "limit offset statuses", or the errors.
std::string read(std::string_view text) {
  const auto query = read_task_query(text);
  if (!query) return testing::error_summary(query);
  std::string out = std::to_string(query->limit) + ' ' + std::to_string(query->offset);
  for (const auto status : query->filter.statuses) out += ' ' + std::string(model::name(status));
  return out;
}

BOOST_AUTO_TEST_SUITE(task_query)

BOOST_AUTO_TEST_CASE(absent_parameters_have_their_defaults) {
  BOOST_TEST(read("") == "20 0");
  BOOST_TEST(read("&&") == "20 0");
  BOOST_TEST(read("offset=7") == "20 7");
}

BOOST_AUTO_TEST_CASE(limit_and_offset_are_checked_against_their_ranges) {
  BOOST_TEST(read("limit=1&offset=0") == "1 0");
  BOOST_TEST(read("limit=100&offset=1000000") == "100 1000000");
  BOOST_TEST(read("limit=0") == "limit out_of_range");
  BOOST_TEST(read("limit=101") == "limit out_of_range");
  BOOST_TEST(read("limit=-1&offset=-1") == "limit out_of_range, offset out_of_range");
  BOOST_TEST(read("offset=1000001") == "offset out_of_range");
  BOOST_TEST(read("limit=2147483648&offset=99999999999999999999999") ==
             "limit out_of_range, offset out_of_range");
  BOOST_TEST(read("limit=-99999999999999999999999") == "limit out_of_range");
}

BOOST_AUTO_TEST_CASE(limit_and_offset_must_be_integers) {
  for (const std::string_view bad : {"", "x", "1x", "1.0", "1e1", "0x1", "%201", "1%20", "+1", "--1", "-",
                                     "1,2", "null", "99999999999999999999999x", "%D9%A1"}) {
    BOOST_TEST(read("limit=" + std::string(bad)) == "limit wrong_type", bad);
    BOOST_TEST(read("offset=" + std::string(bad)) == "offset wrong_type", bad);
  }
  BOOST_TEST(read("limit") == "limit wrong_type");
}

BOOST_AUTO_TEST_CASE(statuses_may_be_a_list_or_repeated_and_are_deduplicated) {
  BOOST_TEST(read("status=done") == "20 0 done");
  BOOST_TEST(read("status=done,todo") == "20 0 done todo");
  BOOST_TEST(read("status=done&status=todo&status=done,in_progress") == "20 0 done todo in_progress");
  BOOST_TEST(read("status=Pending,In+Progress,COMPLETED") == "20 0 todo in_progress done");
  BOOST_TEST(read("status=%20done%20,,todo,") == "20 0 done todo");
}

BOOST_AUTO_TEST_CASE(unknown_or_empty_status_is_rejected) {
  for (const std::string_view bad : {"", ",", "x", "done,x", "x,done", "done;todo", "todo%00"}) {
    const std::string outcome = read("status=" + std::string(bad));
    BOOST_TEST(outcome == (bad == "todo%00" ? "bad_request" : "status invalid_value"), bad);
  }
  BOOST_TEST(read("status=done&status=") == "status invalid_value");
}

BOOST_AUTO_TEST_CASE(limit_and_offset_may_appear_only_once) {
  BOOST_TEST(read("limit=5&limit=5") == "limit duplicate");
  BOOST_TEST(read("offset=1&limit=5&offset=2") == "offset duplicate");
}

BOOST_AUTO_TEST_CASE(task_query_reports_all_errors_together) {
  BOOST_TEST(
      read("limit=x&page=2&offset=-1&status=x&=y") ==
      "limit wrong_type, page unknown_member, offset out_of_range, status invalid_value,  unknown_member");
}

BOOST_AUTO_TEST_CASE(parameter_names_are_matched_exactly) {
  for (const std::string_view bad : {"Limit", "limits", "limit%20", "limit[]", "status[]"}) {
    BOOST_TEST(read(std::string(bad) + "=1").ends_with(" unknown_member"), bad);
  }
}

BOOST_AUTO_TEST_CASE(at_most_20_unknown_parameters_are_reported_each_truncated) {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += '&' + std::string(static_cast<std::size_t>(i % 4), 'x');
    for (int k = 0; k < 40; ++k) text += "%F0%9F%A6%8A";
    text += "=1";
  }
  const auto query = read_task_query(text);
  BOOST_REQUIRE(!query);
  BOOST_TEST(query.error().faults.size() == 20U);
  for (const FieldFault& fault : query.error().faults) {
    BOOST_TEST(fault.field.size() <= 100U);
    BOOST_TEST(code_points(fault.field).has_value());
  }
}

BOOST_AUTO_TEST_CASE(undecodable_query_is_400) {
  for (const std::string_view bad : {"limit=%", "limit=%zz", "%ff=1", "status=%c3", "limit=5&x=%00"}) {
    BOOST_TEST(read(bad) == "bad_request", bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
