// Query parameters of the audit log, and the JSON form of a record.
#include "src/api/audit_query.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/api/audit_bodies.hpp"
#include "taskward/base/rfc3339.hpp"
#include "tests/unit/support_outcome.hpp"

namespace taskward::api {
namespace {

using model::AuditAction;
using model::AuditOutcome;

std::string read(const std::string& query) { return testing::error_summary(read_audit_query(query)); }

const std::string kId = "019ac0f7-5b80-7000-8000-0123456789ab";

BOOST_AUTO_TEST_SUITE(audit_query)

BOOST_AUTO_TEST_CASE(every_audit_parameter_is_optional) {
  const auto query = read_audit_query("");
  BOOST_TEST_REQUIRE(testing::outcome(query) == "ok");
  BOOST_TEST(!query->limit.has_value());
  BOOST_TEST(!query->before.has_value());
  BOOST_TEST(query->filter.actions.empty());
  BOOST_TEST(query->filter.request_id.empty());
}

BOOST_AUTO_TEST_CASE(every_audit_parameter_is_parsed) {
  const auto query = read_audit_query(
      "actor=" + kId + "&object=" + kId +
      "&action=session.login,key.&action=task.update&outcome=failure,denied&address=192.0.2.0/"
      "24&request_id=ab"
      "c&from=2026-05-01T12:00:00.123456Z&to=2026-05-01T14:00:00.5%2B02:00&limit=7&cursor=17." +
      kId);
  BOOST_TEST_REQUIRE(testing::outcome(query) == "ok");
  const model::AuditFilter& filter = query->filter;
  BOOST_TEST(filter.actor->text() == kId);
  BOOST_TEST(filter.object->text() == kId);
  BOOST_TEST((filter.actions == std::vector{AuditAction::session_login, AuditAction::key_rotate,
                                            AuditAction::key_revoke, AuditAction::task_update}));
  BOOST_TEST((filter.outcomes == std::vector{AuditOutcome::failure, AuditOutcome::denied}));
  BOOST_TEST(filter.address->bits == 96 + 24);
  BOOST_TEST(filter.request_id == "abc");
  BOOST_TEST(rfc3339_precise(*filter.from) == "2026-05-01T12:00:00.123456Z");
  BOOST_TEST(rfc3339_precise(*filter.to) == "2026-05-01T12:00:00.500000Z");
  BOOST_TEST(query->limit.value() == 7);
  BOOST_TEST(query->before->text() == "17." + kId);
}

BOOST_AUTO_TEST_CASE(invalid_audit_parameters_are_reported_by_name) {
  for (const std::string bad : {"", "1", "ann", "019ac0f7-5b80-7000-8000-0123456789a"}) {
    BOOST_TEST(read("actor=" + bad) == "actor invalid_format", bad);
    BOOST_TEST(read("object=" + bad) == "object invalid_format", bad);
    BOOST_TEST(read("cursor=" + bad) == "cursor invalid_value", bad);
  }
  for (const std::string bad : {"", ",", "x", "session", "session.login,x", "session.*"})
    BOOST_TEST(read("action=" + bad) == "action invalid_value", bad);
  for (const std::string bad : {"", "ok", "failure,x"})
    BOOST_TEST(read("outcome=" + bad) == "outcome invalid_value", bad);
  for (const std::string bad :
       {"", "x", "192.0.2", "192.0.2.0/33", "192.0.2.0/", "2001:db8::/129", "1.2.3.4/-0"})
    BOOST_TEST(read("address=" + bad) == "address invalid_format", bad);
  for (const std::string bad : {"", "yesterday", "2026-05-01", "2026-05-01T12:00:00"}) {
    BOOST_TEST(read("from=" + bad) == "from invalid_format", bad);
    BOOST_TEST(read("to=" + bad) == "to invalid_format", bad);
  }
  BOOST_TEST(read("request_id=") == "request_id too_short");
  BOOST_TEST(read("request_id=" + std::string(200, 'x')) == "ok");
  BOOST_TEST(read("request_id=" + std::string(201, 'x')) == "request_id too_long");
  BOOST_TEST(read("limit=0") == "limit out_of_range");
  BOOST_TEST(read("limit=101") == "limit out_of_range");
  BOOST_TEST(read("limit=x") == "limit wrong_type");
  BOOST_TEST(read("action=%00") == "bad_request");
}

BOOST_AUTO_TEST_CASE(audit_query_reports_all_errors_together) {
  BOOST_TEST(read("limit=0&actor=x&offset=1&to=x&limit=5") ==
             "limit out_of_range, actor invalid_format, offset unknown_member, to invalid_format, limit "
             "duplicate");
}

BOOST_AUTO_TEST_CASE(audit_record_is_one_json_line_with_every_field) {
  model::AuditRecord record;
  record.id = *AuditId::parse(kId);
  record.at = Timestamp(std::chrono::microseconds(1764154800000007));
  record.action = "task.update";
  record.outcome = "success";
  BOOST_TEST(audit_record_line(record) ==
             R"({"id":")" + kId +
                 R"(","at":"2025-11-26T11:00:00.000007Z","actor_id":null,"actor_role":null,)"
                 R"("action":"task.update","object_type":null,"object_id":null,"outcome":"success",)"
                 R"("reason":null,"client_address":null,"user_agent":null,"request_id":null,)"
                 R"("changed_fields":null,"token_id":null})");
  record.actor_id = *UserId::parse(kId);
  record.actor_role = "user";
  record.object_type = "task";
  record.object_id = *Uuid::parse(kId);
  record.reason = "why";
  record.client_address = "192.0.2.7";
  record.user_agent = "one\n\"line\"";
  record.request_id = "r";
  record.changed_fields = {"title", "tags"};
  record.token_id = *PersonalTokenId::parse(kId);
  BOOST_TEST(
      audit_record_line(record) ==
      R"({"id":")" + kId + R"(","at":"2025-11-26T11:00:00.000007Z","actor_id":")" + kId +
          R"(","actor_role":"user","action":"task.update","object_type":"task","object_id":")" + kId +
          R"(","outcome":"success","reason":"why","client_address":"192.0.2.7",)"
          R"("user_agent":"one\n\"line\"","request_id":"r","changed_fields":["title","tags"],"token_id":")" +
          kId + "\"}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
