// Only records of months dropped after their retention period may be missing. A kept seal reveals what the
// remaining seals cannot.
#include "audit_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::months;

struct RetentionFixture : AuditFixture {
  /// Records of January 2020 are sealed while there are no others: the first seal accepts any timestamps.
  RetentionFixture() {
    execute(
        "insert into taskward.audit (id, at, action, outcome) select gen_random_uuid(), timestamptz "
        "'2020-01-10 12:00:00+00' + n * interval '1 day', 'session.login', 'success' from generate_series(1, "
        "5) n");
    seal();
    write_many(2);
    seal();
  }
  void drop_january() { execute("delete from taskward.audit where at < '2020-02-01'"); }
  void record_drop(const std::string& month, const std::string& outcome = "success") {
    execute(
        "insert into taskward.audit (id, action, object_type, outcome, reason) values (gen_random_uuid(), "
        "'audit.drop', 'audit_month', '" +
        outcome + "', '" + month + "')");
  }
  std::string verdict_with(months retention) {
    domain::AuditCheck check;
    check.retention = retention;
    return verdict(std::move(check));
  }
};

BOOST_FIXTURE_TEST_SUITE(audit_retention, RetentionFixture)

BOOST_AUTO_TEST_CASE(month_dropped_after_its_retention_period_verifies) {
  drop_january();
  BOOST_TEST(verdict_with(months(12)) == "record_removed");
  record_drop("2020-01");
  seal();
  domain::AuditCheck check;
  check.retention = months(12);
  const auto found = verify(std::move(check));
  BOOST_TEST(verdict_name(found) == "sound");
  BOOST_TEST(found.dropped == 5);
}

BOOST_AUTO_TEST_CASE(drop_is_accepted_only_after_the_retention_period) {
  drop_january();
  record_drop("2020-01");
  seal();
  BOOST_TEST(verdict_with(months(0)) == "record_removed");
  BOOST_TEST(verdict_with(months(1200)) == "record_removed");
}

BOOST_AUTO_TEST_CASE(drop_needs_a_successful_record_for_that_month) {
  drop_january();
  record_drop("2019-12");
  record_drop("2020-01", "failure");
  for (const char* no_month : {"2020-13", "2020-1", "", "January", "2020-011", "x020-01"})
    record_drop(no_month);
  seal();
  BOOST_TEST(verdict_with(months(12)) == "record_removed");
}

BOOST_AUTO_TEST_CASE(inserted_drop_record_is_not_trusted) {
  drop_january();
  record_drop("2020-01");
  execute(
      "update taskward.audit set xid = (select min(xid::text::bigint)::text::xid8 from taskward.audit) where "
      "action = 'audit.drop'");
  BOOST_TEST(verdict_with(months(12)) == "record_removed");
}

BOOST_AUTO_TEST_CASE(drop_of_one_month_does_not_excuse_later_records) {
  drop_january();
  record_drop("2020-01");
  seal();
  execute("delete from taskward.audit where action = 'session.login'");
  BOOST_TEST(verdict_with(months(12)) == "record_removed");
}

BOOST_AUTO_TEST_CASE(leaves_are_deleted_when_all_their_records_are_gone) {
  const auto forget_leaves = [&] {
    return service.query("select taskward.forget_audit_leaves('2020-02-01')", db::Params()).row(0).number();
  };
  BOOST_TEST(forget_leaves() == 0);
  drop_january();
  BOOST_TEST(forget_leaves() == 1);
  BOOST_TEST(forget_leaves() == 0);
  BOOST_TEST(count_rows("audit_seals where leaves is null") == 1);
  BOOST_TEST(verdict_with(months(12)) == "record_removed");
  record_drop("2020-01");
  seal();
  domain::AuditCheck check;
  check.retention = months(12);
  const auto found = verify(std::move(check));
  BOOST_TEST(verdict_name(found) == "sound");
  BOOST_TEST(found.dropped == 5);
}

BOOST_AUTO_TEST_CASE(only_records_in_the_time_span_are_compared) {
  execute("update taskward.audit set reason = 'x' where at < '2020-01-12'");
  const auto between = [&](int first, int last) {
    const auto day = [](int d) { return Timestamp(std::chrono::sys_days(std::chrono::year(2020) / 1 / d)); };
    domain::AuditCheck check;
    check.span = {day(first), day(last)};
    return verify(std::move(check));
  };
  BOOST_TEST(verdict_name(between(1, 31)) == "record_changed");
  const auto found = between(13, 31);
  BOOST_TEST(verdict_name(found) == "sound");
  BOOST_TEST(found.records == 3);
}

struct HeadFixture : AuditFixture {
  domain::KeptHead newest_head() {
    const auto head = store::newest_seal(service);
    return {head->seal.number, domain::hash_of(head->seal)};
  }
  std::string verdict_with(const domain::KeptHead& kept) {
    domain::AuditCheck check;
    check.kept = kept;
    return verdict(std::move(check));
  }
};

BOOST_FIXTURE_TEST_CASE(kept_seal_reveals_removed_later_seals, HeadFixture) {
  write_many(2);
  seal();
  write_many(2);
  seal();
  const auto kept = newest_head();
  write();
  seal();
  BOOST_TEST(verdict_with(kept) == "sound");
  execute("delete from taskward.audit_seals where number > 1");
  BOOST_TEST(verdict() == "sound");  // nothing else can tell
  BOOST_TEST(verdict_with(kept) == "chain_cut");
}

BOOST_FIXTURE_TEST_CASE(kept_seal_reveals_a_rebuilt_chain, HeadFixture) {
  write_many(2);
  seal();
  const auto kept = newest_head();
  execute("delete from taskward.audit_seals");
  execute("update taskward.audit set reason = 'x'");
  seal();
  BOOST_TEST(verdict() == "sound");
  BOOST_TEST(verdict_with(kept) == "chain_replaced");
}

BOOST_FIXTURE_TEST_CASE(seals_of_an_earlier_key_verify_when_it_is_supplied, HeadFixture) {
  write_many(2);
  const auto old = crypto::SigningKey::generate(model::JwsAlgorithm::EdDSA);
  domain::AuditSealer before(crypto::SigningKey::from_pkcs8(model::JwsAlgorithm::EdDSA, old.pkcs8()).value(),
                             clock, random);
  seal(before, service);
  write();
  seal();
  BOOST_TEST(verdict() == "seal_changed");
  domain::AuditCheck check;
  check.keys.push_back(old.verification_key());
  BOOST_TEST(verdict(std::move(check)) == "sound");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
