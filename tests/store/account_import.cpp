// Import of accounts: all of them or none, also with concurrent registrations and imports.
#include "taskward/domain/account_import.hpp"

#include <sstream>
#include <thread>

#include "domain_fixture.hpp"
#include "taskward/db/array.hpp"

namespace taskward::testing {
namespace {

using domain::ImportMode;

struct ImportFixture : DomainFixture {
  /// "ok", or "line: reason" for each rejected line.
  std::string import(const std::string& csv, ImportMode mode = ImportMode::import) {
    std::istringstream in(csv);
    const auto file = domain::read_accounts(in, domain::AccountFormat::csv, clock, random);
    const auto refused = domain::import_accounts(*connect(), file, mode);
    if (!refused) return outcome(refused);
    std::string out;
    for (const auto& one : *refused)
      out += (out.empty() ? "" : " | ") + std::to_string(one.line) + ": " + one.why;
    return out.empty() ? "ok" : out;
  }
};

BOOST_FIXTURE_TEST_SUITE(account_import, ImportFixture)

BOOST_AUTO_TEST_CASE(imported_accounts_match_the_file_and_are_recorded) {
  BOOST_TEST(import("email,username,name,role,is_active,email_verified\n"
                    "Ann@example.com,ann,\"A \\ \"\"N\"\", {x}\",admin,true,true\n"
                    ",bob,NULL,guest,false,false\n") == "ok");
  BOOST_TEST(text("select string_agg(concat_ws('|', email, username, name, role, is_active,"
                  " email_verified_at is not null, password_hash is null), ' ' order by username)"
                  " from taskward.users") ==
             "Ann@example.com|ann|A \\ \"N\", {x}|admin|t|t|t bob|NULL|guest|f|f|t");
  const auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 2U);
  for (const AuditRow& record : records) {
    BOOST_TEST(record.line() == "account.import success -");
    BOOST_TEST(record.actor == "-");
    BOOST_TEST(record.object_type == "user");
  }
  BOOST_TEST(count_rows("audit a join taskward.users u on u.id = a.object_id") == 2);
}

BOOST_AUTO_TEST_CASE(every_bcrypt_prefix_is_accepted_for_login) {
  const std::string rest = passwords.hash(password, random).substr(3);
  BOOST_TEST(import("username,password_hash\nold-a,$2a" + rest + "\nold-b,$2b" + rest + "\nold-y,$2y" + rest +
                    "\nnone,\n") == "ok");
  for (const char* name : {"old-a", "old-b", "old-y"}) BOOST_TEST(outcome(log_in(name)) == "ok", name);
  BOOST_TEST(outcome(log_in("old-a", "another password")) == "invalid_credentials");
  BOOST_TEST(outcome(log_in("none")) == "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(taken_name_rejects_the_whole_import) {
  register_account("ann@example.com", "ann");
  clear_audit();
  const std::string file = "email,username\nx@example.com,xxx\nANN@example.com,yyy\nz@example.com,Ann\n";
  const std::string why =
      "3: email: is already in use by an account | 4: username: is already in use by an account";
  BOOST_TEST(import(file) == why);
  BOOST_TEST(import(file, ImportMode::check_only) == why);
  BOOST_TEST(count_rows("users") == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(invalid_line_rejects_the_import_but_taken_names_are_still_reported) {
  register_account("ann@example.com", nullptr);
  BOOST_TEST(import("email,role\nann@example.com,\nb@example.com,king\nc@example.com,\n") ==
             "2: email: is already in use by an account | 3: role: must be one of guest, user, admin");
  BOOST_TEST(count_rows("users") == 1);
}

BOOST_AUTO_TEST_CASE(check_only_changes_nothing) {
  BOOST_TEST(import("username\nann\nbob\n", ImportMode::check_only) == "ok");
  BOOST_TEST(count_rows("users") == 0);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(concurrent_registration_of_a_name_rejects_the_import) {
  const auto other = connect();
  std::string file = "username\n";
  for (int i = 0; i < 2500; ++i) file += "user-" + std::to_string(i) + '\n';
  std::string result;
  {
    db::Transaction transaction(*other);
    other->query(
        "insert into taskward.users (id, username, role) values (gen_random_uuid(), 'USER-2400', 'user')",
        db::Params());
    std::jthread importing([&] { result = import(file); });
    wait_for_blocked(1);
    transaction.commit();
  }
  BOOST_TEST(result == "2402: username: is already in use by an account");
  BOOST_TEST(count_rows("users") == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(rolled_back_registration_does_not_block_the_import) {
  const auto other = connect();
  std::string result;
  {
    db::Transaction transaction(*other);
    other->query("insert into taskward.users (id, username, role) values (gen_random_uuid(), 'ann', 'user')",
                 db::Params());
    std::jthread importing([&] { result = import("username\nann\nbob\n"); });
    wait_for_blocked(1);
    other->execute("rollback");
  }
  BOOST_TEST(result == "ok");
  BOOST_TEST(count_rows("users") == 2);
}

BOOST_AUTO_TEST_CASE(concurrent_imports_of_one_file_create_each_account_once) {
  std::string file = "username\n";
  for (int i = 0; i < 3000; ++i) file += "user-" + std::to_string(i) + '\n';
  std::vector<std::string> results(2);
  {
    std::vector<std::jthread> threads;
    for (std::string& result : results) threads.emplace_back([&] { result = import(file); });
  }
  BOOST_TEST(count_of(results, "ok") == 1);
  BOOST_TEST(count_rows("users") == 3000);
  BOOST_TEST(count_rows("audit") == 3000);
}

BOOST_AUTO_TEST_CASE(twenty_thousand_accounts_are_imported_within_thirty_seconds,
                     *boost::unit_test::label("timing")) {
  std::string file = "email,username,name,password_hash\n";
  const std::string hash = passwords.hash(password, random);
  for (int i = 0; i < 20'000; ++i) {
    const std::string n = std::to_string(i);
    file += "user" + n + "@example.com,user-" + n + ",User " + n + ',' + hash + '\n';
  }
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST(import(file) == "ok");
  BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(30)));
  BOOST_TEST(count_rows("users") == 20'000);
}

BOOST_AUTO_TEST_CASE(array_values_survive_a_round_trip) {
  db::ArrayText array;
  BOOST_TEST(array.c_str() == std::string("{}"));
  for (const char* value : {"", "plain", "a,b", "{", "}", "\"", "\\", "NULL", "a\nb", "é"}) array.add(value);
  array.add_null();
  array.add_or_null(std::nullopt);
  const db::Rows rows = owner.query(
      "select string_agg(coalesce(v, '<null>'), '|' order by n) from unnest($1::text[]) with ordinality as a "
      "(v, n)",
      db::Params().literal(array.c_str()));
  BOOST_TEST(rows.row(0).text() == "|plain|a,b|{|}|\"|\\|NULL|a\nb|é|<null>|<null>");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
