// Sealing continues after a restore into another cluster, whose transaction counter is a different one.
#include <filesystem>

#include "audit_fixture.hpp"
#include "taskward/domain/audit_proof.hpp"
#include "tests/support/process.hpp"

namespace taskward::testing {
namespace {

/// Runs a PostgreSQL program as the superuser of a throw-away server.
void run_postgres(const std::string& program, const std::vector<std::string>& arguments) {
  const std::string folder = environment("PG_BINDIR", "");
  test::Command command{{folder.empty() ? program : folder + '/' + program}};
  command.words.insert(command.words.end(), arguments.begin(), arguments.end());
  const test::CommandResult done = test::run_command(command);
  BOOST_TEST_REQUIRE(done.status == 0, done.err);
}

void burn_transactions(db::Connection& connection, int count) {
  for (int i = 0; i < count; ++i)
    static_cast<void>(connection.query("select pg_current_xact_id()::text", db::Params()));
}

/// The fixture's database, dumped and restored into a separate server.
struct RestoredDatabase {
  explicit RestoredDatabase(AuditFixture& from) : database(server, ThrowawayDatabase::Schema::none) {
    const ThrowawayFolder folder;
    const std::string dump = (folder.path() / "dump").string();
    run_postgres("pg_dump", {"--format=custom", "--file=" + dump,
                             "--dbname=" + std::string(from.database.superuser().reveal())});
    run_postgres("pg_restore",
                 {"--exit-on-error", "--dbname=" + std::string(database.superuser().reveal()), dump});
  }
  std::unique_ptr<db::Connection> connect(const Log& log) const {
    return std::make_unique<db::Connection>(
        db::ConnectionOptions{database.service(), "test", db::Preparation::on_first_use,
                              std::chrono::seconds(60)},
        log);
  }

  ThrowawayServer server;
  ThrowawayDatabase database;
};

struct EraFixture : AuditFixture {
  static std::int64_t number_on(db::Connection& connection, const std::string& sql) {
    return connection.query(sql, db::Params()).row(0).number();
  }
};

BOOST_FIXTURE_TEST_SUITE(audit_eras, EraFixture)

BOOST_AUTO_TEST_CASE(restored_database_starts_a_new_era_and_every_record_is_sealed_once,
                     *boost::unit_test::label("slow")) {
  burn_transactions(owner, 400);
  write_many(5);
  seal();
  const AuditId before_dump = write();
  write_many(2);
  const RestoredDatabase restored(*this);
  const auto target = restored.connect(log);
  // A record is written before the sealer runs, with a transaction id that the old cluster has used too.
  const AuditId first_after_restore = write(*target);
  BOOST_TEST(verdict_name(verify(*target)) == "sound");
  auto target_sealer = sealer();
  seal(target_sealer, *target);
  BOOST_TEST(number_on(*target, "select max(era) from taskward.audit_seals") == 2);
  BOOST_TEST(number_on(*target,
                       "select count(*) from taskward.audit where action = 'audit.era' and reason = 'cluster'"
                       " and outcome = 'success' and object_type = 'audit_seal'") == 1);
  for (const AuditId& id : {before_dump, first_after_restore})
    BOOST_TEST(std::holds_alternative<domain::AuditProof>(domain::prove_record(*target, id)));
  // Until the transaction ids of the new cluster pass those of the old records.
  for (int i = 0; i < 6; ++i) {
    burn_transactions(*target, 150);
    write(*target);
    seal(target_sealer, *target);
  }
  const auto found = verify(*target);
  BOOST_TEST(verdict_name(found) == "sound");
  BOOST_TEST(found.unsealed == 0);
  BOOST_TEST(found.records == 5 + 3 + 1 + 6 + 1);
  BOOST_TEST(number_on(*target, "select sum(records)::bigint from taskward.audit_seals") == found.records);
  BOOST_TEST(number_on(*target, "select taskward.audit_is_sealed('-infinity', 'infinity')::integer") == 1);
}

BOOST_AUTO_TEST_CASE(tampering_with_a_dump_is_detected_after_restore, *boost::unit_test::label("slow")) {
  write_many(5);
  seal();
  execute("update taskward.audit set reason = 'x' where at = (select max(at) from taskward.audit)");
  const RestoredDatabase restored(*this);
  const auto target = restored.connect(log);
  auto target_sealer = sealer();
  seal(target_sealer, *target);
  BOOST_TEST(verdict_name(verify(*target)) == "record_changed");
}

BOOST_AUTO_TEST_CASE(reset_transaction_counter_starts_a_new_era) {
  write_many(2);
  seal();
  // Simulates a seal made when the transaction counter was higher.
  auto draft = store::newest_seal(service)->seal;
  draft.xid_below += 1'000'000;
  draft.leaves.reset();
  draft.signature = key().sign(model::signed_bytes(draft));
  const auto held = service.query("select leaves from taskward.audit_seals", db::Params());
  draft.leaves = held.row(0).text();
  execute("delete from taskward.audit_seals");
  store::insert_seal(service, draft);
  const AuditId next = write();
  seal();
  BOOST_TEST(count_rows("audit where action = 'audit.era' and reason = 'transactions'") == 1);
  BOOST_TEST(std::holds_alternative<domain::AuditProof>(domain::prove_record(service, next)));
  seal();
  BOOST_TEST(verdict() == "sound");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
