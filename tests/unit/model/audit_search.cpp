#include "taskward/model/audit_search.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

namespace taskward::model {
namespace {

using std::chrono::microseconds;

BOOST_AUTO_TEST_SUITE(audit_places)

BOOST_AUTO_TEST_CASE(a_place_is_written_and_read_to_the_microsecond) {
  const std::string text = "1764154800123456.019ac0f7-5b80-7000-8000-0123456789ab";
  const auto place = AuditPlace::parse(text);
  BOOST_TEST_REQUIRE(place.has_value());
  BOOST_TEST((place->at == Timestamp(microseconds(1764154800123456))));
  BOOST_TEST(place->id.text() == "019ac0f7-5b80-7000-8000-0123456789ab");
  BOOST_TEST(place->text() == text);
  BOOST_TEST(AuditPlace::parse("0.00000000-0000-0000-0000-000000000000")->text() ==
             "0.00000000-0000-0000-0000-000000000000");
  // The last moment that can be written.
  BOOST_TEST(AuditPlace::parse("253402300799999999.019ac0f7-5b80-7000-8000-0123456789ab").has_value());
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_place) {
  const std::string id = "019ac0f7-5b80-7000-8000-0123456789ab";
  for (const std::string& bad : {std::string(),
                                 std::string("."),
                                 std::string("1"),
                                 std::string("1."),
                                 '.' + id,
                                 id,
                                 "-1." + id,
                                 "+1." + id,
                                 " 1." + id,
                                 "01." + id,
                                 "00." + id,
                                 "1 ." + id,
                                 "1.5." + id,
                                 "0x1." + id,
                                 "1e3." + id,
                                 "1." + id + ' ',
                                 "1." + id + '0',
                                 "1." + id.substr(1),
                                 "253402300800000000." + id,
                                 "9223372036854775807." + id,
                                 "9223372036854775808." + id,
                                 "99999999999999999999." + id}) {
    BOOST_TEST(!AuditPlace::parse(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(an_action_is_named_by_itself_or_by_the_beginning_that_ends_with_a_point) {
  BOOST_TEST((audit_actions("session.login") == std::vector{AuditAction::session_login}));
  const auto keys = audit_actions("key.");
  BOOST_TEST((keys == std::vector{AuditAction::key_rotate, AuditAction::key_revoke}));
  for (const std::string_view bad : {"", ".", "key", "key.rot", "key.*", "KEY.", "session.login.", "s."})
    BOOST_TEST(audit_actions(bad).empty(), bad);
  std::set<AuditAction> all;
  for (const AuditAction one : every_audit_action()) {
    const std::string_view whole = name(one);
    for (const AuditAction member : audit_actions(whole.substr(0, whole.find('.') + 1))) all.insert(member);
  }
  BOOST_TEST(all.size() == every_audit_action().size());
}

BOOST_AUTO_TEST_CASE(outcomes_have_names) {
  for (const AuditOutcome one : kAuditOutcomes) BOOST_TEST((audit_outcome(name(one)) == one));
  BOOST_TEST(!audit_outcome("Success").has_value());
  BOOST_TEST(!audit_outcome("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
