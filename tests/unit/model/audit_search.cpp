#include "taskward/model/audit_search.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

namespace taskward::model {
namespace {

using std::chrono::microseconds;

BOOST_AUTO_TEST_SUITE(audit_search)

BOOST_AUTO_TEST_CASE(audit_cursor_keeps_the_time_to_the_microsecond) {
  const std::string text = "1764154800123456.019ac0f7-5b80-7000-8000-0123456789ab";
  const auto cursor = AuditPosition::parse(text);
  BOOST_TEST_REQUIRE(cursor.has_value());
  BOOST_TEST((cursor->at == Timestamp(microseconds(1764154800123456))));
  BOOST_TEST(cursor->id.text() == "019ac0f7-5b80-7000-8000-0123456789ab");
  BOOST_TEST(cursor->text() == text);
  BOOST_TEST(AuditPosition::parse("0.00000000-0000-0000-0000-000000000000")->text() ==
             "0.00000000-0000-0000-0000-000000000000");
  // The latest timestamp that can be formatted.
  BOOST_TEST(AuditPosition::parse("253402300799999999.019ac0f7-5b80-7000-8000-0123456789ab").has_value());
}

BOOST_AUTO_TEST_CASE(malformed_audit_cursor_is_rejected) {
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
    BOOST_TEST(!AuditPosition::parse(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_CASE(audit_action_filter_is_a_name_or_a_prefix_with_a_dot) {
  BOOST_TEST((audit_actions("session.login") == std::vector{AuditAction::session_login}));
  const auto key_actions = audit_actions("key.");
  BOOST_TEST((key_actions == std::vector{AuditAction::key_rotate, AuditAction::key_revoke}));
  for (const std::string_view bad : {"", ".", "key", "key.rot", "key.*", "KEY.", "session.login.", "s."})
    BOOST_TEST(audit_actions(bad).empty(), bad);
  std::set<AuditAction> all;
  for (const AuditAction one : every_audit_action()) {
    const std::string_view full_name = name(one);
    for (const AuditAction member : audit_actions(full_name.substr(0, full_name.find('.') + 1)))
      all.insert(member);
  }
  BOOST_TEST(all.size() == every_audit_action().size());
}

BOOST_AUTO_TEST_CASE(audit_outcomes_are_parsed_by_their_names) {
  for (const AuditOutcome one : kAuditOutcomes) BOOST_TEST((audit_outcome(name(one)) == one));
  BOOST_TEST(!audit_outcome("Success").has_value());
  BOOST_TEST(!audit_outcome("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
