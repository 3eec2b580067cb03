// Import of accounts: all of them or none, also with concurrent registrations and imports.
#include "taskward/domain/account_import.hpp"

#include <sstream>
#include <thread>

#include "domain_fixture.hpp"
#include "taskward/crypto/base32.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/totp.hpp"
#include "taskward/db/array.hpp"

namespace taskward::testing {
namespace {

using domain::ImportMode;

struct ImportFixture : DomainFixture {
  /// "ok", or "line: reason" for each rejected line.
  std::string import(const std::string& csv, ImportMode mode = ImportMode::import) {
    std::istringstream in(csv);
    const auto file = domain::read_accounts(in, domain::AccountFormat::csv, derived_keys, clock, random);
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

BOOST_AUTO_TEST_CASE(imported_second_factors_complete_logins) {
  const std::string hash = passwords.hash(password, random);
  const auto sha256 = [](std::string_view code) { return crypto::hex(crypto::view(crypto::sha256(code))); };
  // As other systems write them: with a dash, in lower case, and one that has the form of our own.
  const std::vector<std::string> codes{"ab12c-9f4de", "x8y7z6", "7K3MQ2ZD0V9XHA4T"};
  BOOST_TEST(import("username,password_hash,totp_secret,recovery_code_hashes\nann," + hash +
                    ",JBSWY3DPEHPK3PXP," + sha256(codes[0]) + ' ' + sha256(codes[1]) + ' ' +
                    sha256(codes[2]) + "\nbob," + hash + ",JBSWY3DPEHPK3PXP," + sha256(codes[0]) + "\ncarl," +
                    hash + ",,\n") == "ok");
  const auto complete = [&](const char* name, const domain::GivenFactor& factor) {
    auto login = domain::log_in(resources, model::AccountName::of(name), password.clone(), origin);
    BOOST_TEST_REQUIRE(outcome(login) == "ok");
    const auto& required = std::get<domain::SecondFactorRequired>(*login);
    return outcome(domain::complete_login(resources, required.mfa_token, factor, origin));
  };
  const auto recovery = [](const std::string& code) { return domain::GivenFactor{{}, Secret(code), {}}; };
  const Secret secret(crypto::from_base32("JBSWY3DPEHPK3PXP").value());
  const auto totp = [&] {
    return domain::GivenFactor{Secret(crypto::totp_code(secret, crypto::totp_step(clock.now()))), {}, {}};
  };
  BOOST_TEST(complete("ann", totp()) == "ok");
  BOOST_TEST(complete("ann", recovery(codes[0])) == "ok");
  BOOST_TEST(complete("ann", recovery(codes[0])) == "invalid_mfa_code");
  BOOST_TEST(complete("ann", recovery("X8-Y7 Z6")) == "ok");
  BOOST_TEST(complete("ann", recovery(codes[2])) == "ok");
  BOOST_TEST(complete("ann", recovery("x8y7z7")) == "invalid_mfa_code");
  BOOST_TEST(complete("bob", recovery(codes[0])) == "ok");
  BOOST_TEST(outcome(log_in("carl")) == "ok");
  BOOST_TEST(count_rows("recovery_codes") == 0);
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
