// Reading a folder of migrations: complete, or refused with the name of the offending file.
#include <boost/test/unit_test.hpp>

#include "migration_folder.hpp"
#include "tests/support/throwaway_database.hpp"

namespace taskward::testing {
namespace {

using store::BadMigrations;

struct FilesFixture : MigrationFolder {
  FilesFixture() { add_three(); }
};

BOOST_FIXTURE_TEST_SUITE(migration_files, FilesFixture)

BOOST_AUTO_TEST_CASE(complete_folder_is_read_in_order) {
  write("README", "not a migration");
  const auto files = read();
  BOOST_TEST_REQUIRE(files.size() == 3U);
  BOOST_TEST(files[0].name == "0001_one.sql");
  BOOST_TEST(files[1].version == 2);
  BOOST_TEST(files[2].compatible_with == 3);
  BOOST_TEST(files[2].sql == kThird);
  BOOST_TEST(files[0].checksum == crypto::hex(crypto::view(crypto::sha256(kFirst))));
}

BOOST_AUTO_TEST_CASE(shipped_migrations_are_complete_and_end_at_the_known_version) {
  const auto files = store::read_migrations((repository() / "sql/migrations").string());
  BOOST_TEST(files.back().version == store::known_schema_version());
}

BOOST_AUTO_TEST_CASE(missing_or_empty_folder_is_refused) {
  BOOST_CHECK_EXCEPTION(static_cast<void>(store::read_migrations(path() / "nowhere")), BadMigrations,
                        message_contains("nowhere", "cannot be read"));
  for (const char* name : {"0001_one.sql", "0002_two.sql", "0003_three.sql"}) remove(name);
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                        message_contains(path(), "holds no migrations"));
}

BOOST_AUTO_TEST_CASE(gap_in_the_numbers_is_refused) {
  remove("0002_two.sql");
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                        message_contains("number 2", "0003_three.sql"));
  remove("0001_one.sql");
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                        message_contains("number 1", "0003_three.sql"));
}

BOOST_AUTO_TEST_CASE(duplicate_number_is_refused) {
  add("0002_other.sql", kSecond);
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations, message_contains("number 2"));
}

BOOST_AUTO_TEST_CASE(invalid_file_name_is_refused_and_named) {
  for (const char* name : {"four.sql", "0004.sql", "0004-four.sql", "0000_four.sql", "-004_four.sql",
                           "99999999999_four.sql", "_four.sql", " 0004_four.sql"}) {
    add(name, kSecond);
    BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                          message_contains(name, "is not named like"));
    remove(name);
  }
}

BOOST_AUTO_TEST_CASE(edited_file_is_refused_and_named) {
  write("0002_two.sql", std::string(kSecond) + "-- one more line\n");
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                        message_contains("0002_two.sql", "was edited"));
}

BOOST_AUTO_TEST_CASE(unlisted_file_is_refused_and_named) {
  write("0004_four.sql", kSecond);
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                        message_contains("0004_four.sql", "not listed"));
}

BOOST_AUTO_TEST_CASE(listed_but_missing_file_is_refused_and_named) {
  std::filesystem::remove(path() / "0003_three.sql");
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                        message_contains("0003_three.sql", "missing"));
}

BOOST_AUTO_TEST_CASE(missing_or_damaged_checksum_list_is_refused) {
  write("SHA256SUMS", "this is no checksum\n");
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations, message_contains("SHA256SUMS", "damaged"));
  write("SHA256SUMS", "");
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                        message_contains("0001_one.sql", "not listed"));
  std::filesystem::remove(path() / "SHA256SUMS");
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                        message_contains("SHA256SUMS", "cannot be read"));
}

BOOST_AUTO_TEST_CASE(file_that_is_not_text_is_refused_and_named) {
  using namespace std::string_literals;
  for (const std::string& damage : {"\0"s, "\xff"s, "\xc3"s, "\xed\xa0\x80"s}) {
    add("0002_two.sql", kSecond + damage);
    BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                          message_contains("0002_two.sql", "damaged"));
  }
}

BOOST_AUTO_TEST_CASE(invalid_first_line_is_refused_and_the_file_named) {
  for (const char* line : {"", "create table x ();", "-- compatible-with:", "-- compatible-with: x",
                           "-- compatible-with: 0", "-- compatible-with: 3", "-- compatible-with: 1 2",
                           "-- compatible-with: -1", "\n-- compatible-with: 1"}) {
    add("0002_two.sql", std::string(line) + '\n');
    BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                          message_contains("0002_two.sql", "first line"));
  }
}

BOOST_AUTO_TEST_CASE(directory_with_the_name_of_a_migration_is_refused_and_named) {
  std::filesystem::create_directory(path() / "0004_four.sql");
  BOOST_CHECK_EXCEPTION(static_cast<void>(read()), BadMigrations,
                        message_contains("0004_four.sql", "cannot be read"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
