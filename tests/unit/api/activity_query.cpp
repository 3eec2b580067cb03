// Query parameters of the caller's own security events.
#include <boost/test/unit_test.hpp>
#include <string>

#include "src/api/account_endpoints.hpp"
#include "taskward/db/failure.hpp"
#include "tests/support/any_access.hpp"
#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_resources.hpp"

namespace taskward::api {
namespace {

struct ActivityFixture : testing::ResourcesWithoutDatabase {
  /// The errors, or "asked" when the query is valid and the handler tried to reach the database.
  std::string read(const std::string& query) {
    http::Request request;
    request.query = query;
    const Call call{request, resources, {}, {}};
    const auto access = testing::AnyAccess::of<model::Permission::own_profile>({}, {});
    try {
      const auto response = list_activity(call, access);
      return testing::error_summary(response);
    } catch (const db::Unavailable&) {
      return "asked";
    }
  }
};

BOOST_FIXTURE_TEST_SUITE(activity_query, ActivityFixture)

BOOST_AUTO_TEST_CASE(activity_limit_is_an_integer_from_1_to_100) {
  BOOST_TEST(read("") == "asked");
  BOOST_TEST(read("limit=1") == "asked");
  BOOST_TEST(read("limit=100") == "asked");
  BOOST_TEST(read("limit=0") == "limit out_of_range");
  BOOST_TEST(read("limit=101") == "limit out_of_range");
  for (const std::string bad : {"", "x", "1.0", "1e1", "+1", "%201"})
    BOOST_TEST(read("limit=" + bad) == "limit wrong_type", bad);
}

BOOST_AUTO_TEST_CASE(activity_cursor_is_a_timestamp_and_an_event_id) {
  BOOST_TEST(read("cursor=1764154800000000.0190b3a0-7a1b-7c3d-8e4f-0123456789ab&limit=5") == "asked");
  for (const std::string bad : {"", "1", "null", "0190b3a0-7a1b-7c3d-8e4f-0123456789ab",
                                "1764154800000000.0190b3a0-7a1b-7c3d-8e4f-0123456789a",
                                "-1.0190b3a0-7a1b-7c3d-8e4f-0123456789ab", "x%27%20or%201=1"})
    BOOST_TEST(read("cursor=" + bad) == "cursor invalid_value", bad);
}

BOOST_AUTO_TEST_CASE(activity_query_reports_all_errors_together) {
  BOOST_TEST(read("limit=0&cursor=x&offset=1&limit=5") ==
             "limit out_of_range, cursor invalid_value, offset unknown_member, limit duplicate");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
