// Accounts of another system: all of them or none, whatever happens at the same moment.
#include "taskward/domain/account_import.hpp"

#include <sstream>
#include <thread>

#include "domain_fixture.hpp"
#include "taskward/db/array.hpp"

namespace taskward::testing {
namespace {

using domain::ImportMode;

struct ImportFixture : DomainFixture {
  /// "ok", or "line: why" of each refused line.
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
  std::int64_t users() { return number("select count(*) from taskward.users"); }
};

BOOST_FIXTURE_TEST_SUITE(account_import, ImportFixture)

BOOST_AUTO_TEST_CASE(accounts_are_made_as_they_were_each_with_its_record) {
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
    BOOST_TEST(record.deed() == "account.import success -");
    BOOST_TEST(record.actor == "-");
    BOOST_TEST(record.object_type == "user");
  }
  BOOST_TEST(number("select count(*) from taskward.audit a join taskward.users u on u.id = a.object_id") ==
             2);
}

BOOST_AUTO_TEST_CASE(hashes_of_every_kind_let_their_owners_in) {
  const std::string rest = passwords.hash(password, random).substr(3);
  BOOST_TEST(import("username,password_hash\nold-a,$2a" + rest + "\nold-b,$2b" + rest + "\nold-y,$2y" + rest +
                    "\nnone,\n") == "ok");
  for (const char* name : {"old-a", "old-b", "old-y"}) BOOST_TEST(outcome(log_in(name)) == "ok", name);
  BOOST_TEST(outcome(log_in("old-a", "another password")) == "invalid_credentials");
  BOOST_TEST(outcome(log_in("none")) == "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(a_taken_name_refuses_its_line_and_keeps_all_others_out) {
  register_account("ann@example.com", "ann");
  forget_audit();
  const std::string file = "email,username\nx@example.com,xxx\nANN@example.com,yyy\nz@example.com,Ann\n";
  const std::string why = "3: email: an account has it already | 4: username: an account has it already";
  BOOST_TEST(import(file) == why);
  BOOST_TEST(import(file, ImportMode::check_only) == why);
  BOOST_TEST(users() == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(a_refused_line_keeps_all_others_out_and_hides_no_taken_name) {
  register_account("ann@example.com", nullptr);
  BOOST_TEST(import("email,role\nann@example.com,\nb@example.com,king\nc@example.com,\n") ==
             "2: email: an account has it already | 3: role: must be one of guest, user, admin");
  BOOST_TEST(users() == 1);
}

BOOST_AUTO_TEST_CASE(a_check_changes_nothing) {
  BOOST_TEST(import("username\nann\nbob\n", ImportMode::check_only) == "ok");
  BOOST_TEST(users() == 0);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(a_registration_at_the_same_moment_keeps_all_out) {
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
    wait_for_lock(1);
    transaction.commit();
  }
  BOOST_TEST(result == "2402: username: an account has it already");
  BOOST_TEST(users() == 1);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(a_registration_that_does_not_come_about_keeps_nobody_out) {
  const auto other = connect();
  std::string result;
  {
    db::Transaction transaction(*other);
    other->query("insert into taskward.users (id, username, role) values (gen_random_uuid(), 'ann', 'user')",
                 db::Params());
    std::jthread importing([&] { result = import("username\nann\nbob\n"); });
    wait_for_lock(1);
    other->execute("rollback");
  }
  BOOST_TEST(result == "ok");
  BOOST_TEST(users() == 2);
}

BOOST_AUTO_TEST_CASE(two_imports_of_one_file_make_it_once) {
  std::string file = "username\n";
  for (int i = 0; i < 3000; ++i) file += "user-" + std::to_string(i) + '\n';
  std::vector<std::string> results(2);
  {
    std::vector<std::jthread> threads;
    for (std::string& result : results) threads.emplace_back([&] { result = import(file); });
  }
  BOOST_TEST(std::count(results.begin(), results.end(), "ok") == 1);
  BOOST_TEST(users() == 3000);
  BOOST_TEST(number("select count(*) from taskward.audit") == 3000);
}

BOOST_AUTO_TEST_CASE(thousands_take_seconds) {
  std::string file = "email,username,name,password_hash\n";
  const std::string hash = passwords.hash(password, random);
  for (int i = 0; i < 20'000; ++i) {
    const std::string n = std::to_string(i);
    file += "user" + n + "@example.com,user-" + n + ",User " + n + ',' + hash + '\n';
  }
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST(import(file) == "ok");
  BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(30)));
  BOOST_TEST(users() == 20'000);
}

BOOST_AUTO_TEST_CASE(an_array_is_read_as_it_was_written) {
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
