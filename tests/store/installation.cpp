// The rights of the two roles, compared with what the migrations grant.
#include "taskward/store/installation.hpp"

#include "superuser_fixture.hpp"

namespace taskward::testing {
namespace {

using namespace std::chrono_literals;

struct RightsFixture : SuperuserFixture {
  // sql/roles.sql was run in another database of this server.
  RightsFixture() {
    superuser.execute(
        "do $$ begin execute format('revoke temporary on database %I from public', current_database()); end "
        "$$");
  }
  std::string missing() { return joined(store::service_rights(service).missing); }
  std::string excessive() { return joined(store::service_rights(service).excessive); }
  static std::string joined(const Lines& lines) {
    std::string out;
    for (const std::string& one : lines) out += (out.empty() ? "" : ", ") + one;
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(installation, RightsFixture)

BOOST_AUTO_TEST_CASE(migrated_database_has_exactly_the_expected_rights) {
  BOOST_TEST(missing() == "");
  BOOST_TEST(excessive() == "");
  BOOST_TEST(store::has_role_limits(service));
  BOOST_TEST(joined(store::owner_rights(owner).missing) == "");
  BOOST_TEST(joined(store::owner_rights(owner).excessive) == "");
}

BOOST_AUTO_TEST_CASE(revoked_right_is_missing) {
  execute("revoke update on taskward.tasks from taskward");
  execute("revoke insert (reason) on taskward.audit from taskward");
  execute("revoke execute on function taskward.this_cluster() from taskward");
  BOOST_TEST(missing() == "execute on this_cluster, insert of audit.reason, update on tasks");
  BOOST_TEST(excessive() == "");
}

BOOST_AUTO_TEST_CASE(granted_right_is_excessive) {
  execute("grant delete, truncate on taskward.audit to taskward");
  execute("grant insert on taskward.audit_default to public");
  execute("grant insert (xid) on taskward.audit to taskward");
  execute("alter table taskward.audit_seals disable row level security");
  BOOST_TEST(excessive() ==
             "all rows of audit_seals, delete on audit, insert of audit.xid, insert on audit_default, "
             "truncate on audit");
  BOOST_TEST(missing() == "");
}

BOOST_AUTO_TEST_CASE(owner_that_is_the_service_has_excessive_rights) {
  const store::RoleRights rights = store::service_rights(owner);
  BOOST_TEST(count_of(rights.excessive, "ownership of users") == 1);
  BOOST_TEST(count_of(rights.excessive, "create in the schema taskward") == 1);
}

BOOST_AUTO_TEST_CASE(superuser_is_reported_alone) {
  const store::RoleRights rights = store::service_rights(superuser);
  BOOST_TEST(rights.is_superuser);
  BOOST_TEST(rights.missing.empty());
  BOOST_TEST(rights.excessive.empty());
  BOOST_TEST(count_of(store::owner_rights(superuser).excessive, "superuser") == 1);
}

BOOST_AUTO_TEST_CASE(load_and_clock_are_read_by_the_service) {
  const store::DatabaseLoad load = store::read_database_load(service, 10s);
  BOOST_TEST(load.connections >= 1);
  BOOST_TEST(load.bytes > 1'000'000);
  BOOST_TEST(!load.is_standby);
  BOOST_TEST((std::chrono::abs(store::database_time(service) - clock.now()) < 30s));
  BOOST_TEST(!store::data_directory(service).has_value());
  BOOST_TEST(store::data_directory(superuser).has_value());
}

BOOST_AUTO_TEST_CASE(record_without_a_month_is_found) {
  execute("delete from taskward.audit_default");
  BOOST_TEST(!store::has_unfiled_audit(owner));
  execute(
      "insert into taskward.audit (id, at, action, outcome) values (gen_random_uuid(), '2001-01-01', 'x', "
      "'success')");
  BOOST_TEST(store::has_unfiled_audit(owner));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
