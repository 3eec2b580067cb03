#include "src/api/account_query.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/support_outcome.hpp"

namespace taskward::api {
namespace {

using testing::Lines;

Lines errors_in(std::string_view query) { return testing::faults_of(read_account_query(query)); }

BOOST_AUTO_TEST_SUITE(account_query)

BOOST_AUTO_TEST_CASE(empty_account_query_selects_the_first_20_accounts) {
  const auto query = read_account_query("");
  BOOST_TEST_REQUIRE(testing::outcome(query) == "ok");
  BOOST_TEST(query->limit == 20);
  BOOST_TEST((query->filter.text.empty() && query->filter.roles.empty() && query->filter.states.empty()));
  BOOST_TEST(!query->cursor.has_value());
  BOOST_TEST((query->total == store::AccountListing::Total::leave));
}

BOOST_AUTO_TEST_CASE(every_account_parameter_is_parsed) {
  const auto query = read_account_query(
      "q=%C3%9C%25&role=admin,user&role=guest&state=locked&state=active&limit=100&cursor=abc&count=true");
  BOOST_TEST_REQUIRE(testing::outcome(query) == "ok");
  BOOST_TEST(query->filter.text == "Ü%");
  BOOST_TEST((query->filter.roles == std::vector{model::Role::admin, model::Role::user, model::Role::guest}));
  BOOST_TEST((query->filter.states == std::vector{model::AccountState::locked, model::AccountState::active}));
  BOOST_TEST(query->limit == 100);
  BOOST_TEST(query->cursor.value() == "abc");
  BOOST_TEST((query->total == store::AccountListing::Total::count));
}

BOOST_AUTO_TEST_CASE(every_invalid_account_parameter_is_reported) {
  BOOST_TEST(errors_in("q=&role=king&state=&limit=0&count=1&sort=name") ==
                 (Lines{"q too_short", "role invalid_value", "state invalid_value", "limit out_of_range",
                        "count invalid_value", "sort unknown_member"}),
             boost::test_tools::per_element());
  BOOST_TEST(errors_in("limit=101&q=" + std::string(201, 'x')) == (Lines{"limit out_of_range", "q too_long"}),
             boost::test_tools::per_element());
  BOOST_TEST(errors_in("limit=1&limit=2&q=a&q=b") == (Lines{"limit duplicate", "q duplicate"}),
             boost::test_tools::per_element());
  BOOST_TEST(testing::outcome(read_account_query("q=%zz")) == "bad_request");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
