// The table of findings, and the exit statuses of `taskward doctor`.
#include "taskward/model/finding.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

namespace taskward::testing {
namespace {

using namespace model;

BOOST_AUTO_TEST_SUITE(finding)

BOOST_AUTO_TEST_CASE(codes_are_unique_names_and_texts_are_sentences) {
  std::set<std::string_view> codes;
  for (const FindingFacts& one : every_finding()) {
    BOOST_TEST(codes.insert(one.code).second);
    BOOST_TEST(one.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    BOOST_TEST(one.meaning.ends_with('.'));
    BOOST_TEST(one.action.ends_with('.'));
    BOOST_TEST(facts(one.finding).code == one.code);
  }
}

BOOST_AUTO_TEST_CASE(status_is_that_of_a_nagios_plugin) {
  BOOST_TEST(doctor_status(0, 0) == 0);
  BOOST_TEST(doctor_status(3, 0) == 1);
  BOOST_TEST(doctor_status(0, 1) == 2);
  BOOST_TEST(doctor_status(3, 1) == 2);
}

BOOST_AUTO_TEST_CASE(statuses_do_not_have_two_meanings) {
  const std::set<int> all{kDoctorHealthy, kDoctorWarnings, kDoctorCritical, kDoctorUsage, kDoctorFailed};
  BOOST_TEST(all.size() == 5U);
}

BOOST_AUTO_TEST_CASE(counts_are_written_in_words) {
  BOOST_TEST(finding_counts(0, 0) == "0 warnings, 0 critical");
  BOOST_TEST(finding_counts(1, 2) == "1 warning, 2 critical");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
