// The owner of the database tampers with the audit record and its seals; verification reports the first
// discrepancy.
#include <boost/test/data/test_case.hpp>

#include "audit_fixture.hpp"

namespace taskward::testing {
namespace {

namespace data = boost::unit_test::data;

struct TamperingFixture : AuditFixture {
  TamperingFixture() {
    for (int batch = 0; batch < 3; ++batch) {
      for (int i = 0; i < 4; ++i) ids.push_back(write());
      seal();
    }
    BOOST_TEST_REQUIRE(verdict() == "sound");
    BOOST_TEST_REQUIRE(seals() == 3);
  }

  /// The verdict after running `sql`, with the record and the seal it names.
  std::string verdict_after(const std::string& sql) {
    execute(sql);
    const auto found = verify();
    if (!found.fault) return verdict_name(found);
    std::string out = verdict_name(found);
    if (found.fault->record) out += ' ' + index_of(*found.fault->record);
    if (found.fault->seal) out += " seal " + std::to_string(*found.fault->seal);
    return out;
  }
  /// The index in `ids`.
  std::string index_of(const AuditId& id) const {
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (ids[i] == id) return std::to_string(i);
    return "new";
  }
  std::string where(std::size_t index) const { return " where id = " + quoted(ids[index]); }

  std::vector<AuditId> ids;
};

const auto changes = std::to_array<std::string>({
    "xid = '4'",
    "xid = '18446744073709551615'",
    "actor_id = gen_random_uuid()",
    "actor_role = 'admin'",
    "actor_role = ''",
    "action = 'session.logout'",
    "object_type = 'task'",
    "object_id = gen_random_uuid()",
    "outcome = 'success'",
    "reason = null",
    "reason = 'wrong_passwore'",
    "client_address = '192.0.2.8'",
    "client_address = '192.0.2.7/24'",
    "client_address = null",
    "user_agent = 'another'",
    "request_id = 'request-2'",
    "token_id = gen_random_uuid()",
    "changed_fields = '{}'",
    "changed_fields = '{NULL}'",
    "changed_fields = '{a,b}'",
    "changed_fields = '{{a,b},{c,NULL}}'",
    "changed_fields = '[3:4]={a,b}'",
});

BOOST_DATA_TEST_CASE_F(TamperingFixture, every_column_is_sealed, data::make(changes), change) {
  BOOST_TEST(verdict_after("update taskward.audit set " + change + where(5)) == "record_changed 5 seal 2");
}

BOOST_FIXTURE_TEST_SUITE(audit_tampering, TamperingFixture)

BOOST_AUTO_TEST_CASE(first_of_several_changes_is_reported) {
  execute("update taskward.audit set reason = 'x'" + where(9));
  execute("delete from taskward.audit" + where(6));
  BOOST_TEST(verdict_after("update taskward.audit set reason = 'x'" + where(2)) == "record_changed 2 seal 1");
}

BOOST_AUTO_TEST_CASE(removed_record_is_reported) {
  BOOST_TEST(verdict_after("delete from taskward.audit" + where(7)) == "record_removed 7 seal 2");
}

BOOST_AUTO_TEST_CASE(record_moved_to_a_later_time_is_reported) {
  BOOST_TEST(verdict_after("update taskward.audit set at = at + interval '1 hour'" + where(3)) ==
             "record_reordered 3 seal 1");
}

BOOST_AUTO_TEST_CASE(record_moved_to_an_earlier_time_is_reported) {
  BOOST_TEST(verdict_after("update taskward.audit set at = at - interval '3 days'" + where(9)) ==
             "record_reordered 9 seal 3");
}

BOOST_AUTO_TEST_CASE(record_moved_outside_the_supported_dates_is_reported) {
  BOOST_TEST(verdict_after("update taskward.audit set at = 'infinity'" + where(1)) == "record_slipped_in 1");
  execute("update taskward.audit set at = '20000-01-01'" + where(1));
  BOOST_TEST(verdict() == "record_slipped_in");
}

BOOST_AUTO_TEST_CASE(swapped_timestamps_are_reported) {
  execute(
      "create temporary table both_times as select a.id, b.at from taskward.audit a, taskward.audit b where "
      "(a.id, b.id) in ((" +
      quoted(ids[2]) + ',' + quoted(ids[8]) + "),(" + quoted(ids[8]) + ',' + quoted(ids[2]) + "))");
  BOOST_TEST(verdict_after("update taskward.audit a set at = b.at from both_times b where a.id = b.id") ==
             "record_reordered 2 seal 1");
}

BOOST_AUTO_TEST_CASE(swapped_contents_are_reported) {
  execute("update taskward.audit set reason = 'other'" + where(10));
  // Seals the record in its changed form.
  execute("delete from taskward.audit_seals");
  seal();
  BOOST_TEST(verdict_after("update taskward.audit set reason = case id when " + quoted(ids[4]) +
                           " then 'other' else 'wrong_password' end where id in (" + quoted(ids[4]) + ',' +
                           quoted(ids[10]) + ')') == "record_changed 4 seal 1");
}

BOOST_AUTO_TEST_CASE(record_inserted_with_an_old_transaction_id_is_reported) {
  BOOST_TEST(
      verdict_after(
          "insert into taskward.audit (id, at, xid, action, outcome) select gen_random_uuid(), at + interval "
          "'1 microsecond', xid, action, outcome from taskward.audit" +
          where(5)) == "record_slipped_in new seal 2");
}

BOOST_AUTO_TEST_CASE(copy_of_a_record_at_another_time_is_reported) {
  BOOST_TEST(
      verdict_after("insert into taskward.audit (id, at, xid, action, outcome) select id, at - interval "
                    "'1 hour', xid, action, outcome from taskward.audit" +
                    where(5)) == "record_slipped_in 5 seal 2");
}

BOOST_AUTO_TEST_CASE(record_with_an_unknown_transaction_id_is_reported) {
  BOOST_TEST(
      verdict_after(
          "insert into taskward.audit (id, xid, action, outcome) values (gen_random_uuid(), '4000000000', "
          "'session.login', 'success')") == "record_slipped_in new");
}

BOOST_AUTO_TEST_CASE(backdated_record_is_reported_even_when_sealed) {
  execute(
      "insert into taskward.audit (id, at, action, outcome) select gen_random_uuid(), at - interval '1 "
      "minute',"
      " action, outcome from taskward.audit" +
      where(5));
  seal();
  BOOST_TEST(verdict_after("select 1") == "record_slipped_in new seal 4");
}

BOOST_AUTO_TEST_CASE(postdated_record_is_reported_even_when_sealed) {
  execute(
      "insert into taskward.audit (id, at, action, outcome) values (gen_random_uuid(), now() + interval '1 "
      "day',"
      " 'session.login', 'success')");
  seal();
  BOOST_TEST(verdict_after("select 1") == "record_slipped_in new seal 4");
}

BOOST_AUTO_TEST_CASE(removed_seal_is_reported) {
  BOOST_TEST(verdict_after("delete from taskward.audit_seals where number = 2") == "seal_removed seal 2");
  BOOST_TEST(verdict_after("delete from taskward.audit_seals where number = 1") == "seal_removed seal 1");
}

const auto seal_changes = std::to_array<std::string>(
    {"era = 7", "cluster = 'x'", "xid_from = null", "xid_from = '3'", "xid_below = '9000000'", "open = '{5}'",
     "era_at = null", "root = sha256(root)", "previous = sha256(previous)",
     "sealed_at = sealed_at - interval '1 hour'", "sealed_at = 'infinity'",
     "first_at = first_at - interval '1 microsecond'", "last_at = 'infinity'",
     "signature = sha256(root) || sha256(root)"});

BOOST_DATA_TEST_CASE_F(TamperingFixture, every_field_of_a_seal_is_signed, data::make(seal_changes), change) {
  BOOST_TEST(verdict_after("update taskward.audit_seals set " + change + " where number = 2") ==
             "seal_changed seal 2");
}

BOOST_AUTO_TEST_CASE(changed_leaves_are_reported) {
  BOOST_TEST(
      verdict_after(
          "update taskward.audit_seals set leaves = set_byte(leaves, 60, 256 - 1 - get_byte(leaves, 60))"
          " where number = 3") == "seal_changed seal 3");
  BOOST_TEST(verdict_after("update taskward.audit_seals set leaves = null where number = 3") ==
             "record_removed seal 3");
}

BOOST_AUTO_TEST_CASE(record_and_leaf_removed_together_are_reported) {
  execute("delete from taskward.audit" + where(6));
  BOOST_TEST(
      verdict_after(
          "update taskward.audit_seals set records = 3, leaves = substr(leaves, 1, 168) where number = 2") ==
      "seal_changed seal 2");
}

BOOST_AUTO_TEST_CASE(swapped_seal_numbers_are_reported) {
  execute("update taskward.audit_seals set number = 99 where number = 1");
  execute("update taskward.audit_seals set number = 1 where number = 2");
  BOOST_TEST(verdict_after("update taskward.audit_seals set number = 2 where number = 99") ==
             "seal_changed seal 1");
}

BOOST_AUTO_TEST_CASE(seals_made_with_another_key_are_reported) {
  execute("delete from taskward.audit_seals");
  execute("delete from taskward.audit" + where(6));
  domain::AuditSealer forger(crypto::SigningKey::generate(model::JwsAlgorithm::EdDSA), clock, random);
  seal(forger, *connect_as_owner());
  BOOST_TEST(verdict_after("select 1") == "seal_changed seal 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
