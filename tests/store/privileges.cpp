// What PostgreSQL denies to the service's role.
#include <boost/test/data/test_case.hpp>

#include "fixture.hpp"

namespace taskward::testing {
namespace {

namespace data = boost::unit_test::data;

constexpr const char* kInsufficientPrivilege = "42501";

const auto forbidden_to_the_service = std::to_array<std::string>({
    "update taskward.audit set outcome = 'success'",
    "delete from taskward.audit",
    "truncate taskward.audit",
    "insert into taskward.audit (id, at, action, outcome) values (gen_random_uuid(), '2001-01-01', 'x', "
    "'success')",
    "insert into taskward.audit (id, xid, action, outcome) values (gen_random_uuid(), '3', 'x', 'success')",
    "insert into taskward.audit_default (id, action, outcome) values (gen_random_uuid(), 'x', 'success')",
    "update taskward.audit_policy set retention_months = 1",
    "select taskward.make_audit_month(now())",
    "update taskward.audit_seals set leaves = null",
    "delete from taskward.audit_seals",
    "truncate taskward.audit_seals",
    "insert into taskward.schema_migrations values (2, 'x', 'x', 1)",
    "update taskward.schema_migrations set checksum = 'x'",
    "delete from taskward.schema_migrations",
    "delete from taskward.signing_keys",
    "truncate taskward.users cascade",
    "create table taskward.more (id integer)",
    "create table public.more (id integer)",
    "create schema more",
    "alter table taskward.users add column more text",
    "drop table taskward.tasks",
    "drop schema taskward cascade",
    "alter table taskward.audit disable trigger all",
    "create index on taskward.tasks (title)",
    "create role more",
    "set role taskward_owner",
});

BOOST_FIXTURE_TEST_SUITE(privileges, StoreFixture)

BOOST_DATA_TEST_CASE_F(StoreFixture, service_is_denied, data::make(forbidden_to_the_service), sql) {
  BOOST_CHECK_EXCEPTION(service.execute(sql), db::StatementFailed, [](const db::StatementFailed& failure) {
    return failure.sqlstate() == kInsufficientPrivilege;
  });
}

BOOST_AUTO_TEST_CASE(service_can_read_the_audit_record) {
  BOOST_CHECK_NO_THROW(service.execute("select * from taskward.audit"));
}

// The owner creates the databases in which backups are verified.
BOOST_AUTO_TEST_CASE(neither_role_has_elevated_attributes) {
  BOOST_TEST(number("select count(*) from pg_roles where rolname in ('taskward', 'taskward_owner')"
                    " and not (rolsuper or rolcreaterole or rolreplication or rolbypassrls)"
                    " and rolcreatedb = (rolname = 'taskward_owner')") == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
