// Where settings come from, and which source wins.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <string>

#include "tests/unit/config/support_settings.hpp"

namespace taskward::config {
namespace {

using testing::kGoodKey;
using testing::kOtherKey;

BOOST_FIXTURE_TEST_SUITE(config_sources, testing::SettingsFixture)

BOOST_AUTO_TEST_CASE(without_any_source_the_defaults_hold) {
  const Settings settings = load(sources).settings;
  BOOST_TEST(settings.database_url.reveal() == "postgresql:///taskward?user=taskward");
  BOOST_TEST(settings.secret_key.empty());
  BOOST_TEST(settings.threads == 4);
  BOOST_TEST(settings.bcrypt_cost == 12);
  BOOST_TEST((settings.jwt_alg == model::JwsAlgorithm::ES256));
  BOOST_TEST((settings.environment == Environment::production));
  BOOST_TEST((settings.access_token_ttl == std::chrono::minutes(15)));
  BOOST_TEST((settings.refresh_token_ttl == std::chrono::hours(7 * 24)));
  BOOST_TEST((settings.log_level == LogLevel::info));
  BOOST_TEST(settings.cors_origins.empty());
  BOOST_TEST(effective("THREADS") == "4 from default");
  BOOST_TEST(effective("SECRET_KEY") == " from not set");
}

BOOST_AUTO_TEST_CASE(each_source_wins_over_those_before_it) {
  use_file("THREADS = 5\n");
  const std::string file = sources.file;
  BOOST_TEST(effective("THREADS") == "5 from " + file + ":1");
  sources.environment["THREADS"] = "6";
  BOOST_TEST(effective("THREADS") == "6 from environment");
  sources.command_line.emplace_back("THREADS", "7");
  BOOST_TEST(effective("THREADS") == "7 from command line");
  BOOST_TEST(load(sources).settings.threads == 7);
}

BOOST_AUTO_TEST_CASE(a_secret_file_wins_over_file_and_environment_and_a_credential_over_all) {
  const auto key_now = [&] { return std::string(load(sources).settings.secret_key.reveal()); };
  use_file("SECRET_KEY = " + kGoodKey + "1\n");
  BOOST_TEST(key_now() == kGoodKey + "1");
  sources.environment["SECRET_KEY"] = kGoodKey + "2";
  BOOST_TEST(key_now() == kGoodKey + "2");
  sources.environment["SECRET_KEY_FILE"] = write("secret", kGoodKey + "3");
  BOOST_TEST(key_now() == kGoodKey + "3");
  BOOST_TEST(effective("SECRET_KEY") ==
             "******** from SECRET_KEY_FILE (" + folder.path().string() + "/secret)");
  write("credentials/SECRET_KEY", kGoodKey + "4");
  sources.environment["CREDENTIALS_DIRECTORY"] = (folder.path() / "credentials").string();
  BOOST_TEST(key_now() == kGoodKey + "4");
  BOOST_TEST(effective("SECRET_KEY") ==
             "******** from credential (" + folder.path().string() + "/credentials/SECRET_KEY)");
}

BOOST_AUTO_TEST_CASE(every_secret_can_come_from_a_file_and_no_other_setting_can) {
  for (const Option& option : every_option()) {
    const std::string key(option.key);
    Sources from_file;
    // Which a password for it needs.
    from_file.environment["MAIL_USERNAME"] = "ada";
    from_file.environment[key + "_FILE"] =
        write("value", key.ends_with("URL") ? "postgresql://ada@db/tasks" : kGoodKey);
    std::string source;
    for (const auto& one : load(from_file).effective) {
      if (one.option == &option) source = one.source;
    }
    BOOST_TEST(source.starts_with(key + "_FILE (") == (option.secrecy == Secrecy::secret),
               key << ": " << source);
  }
}

BOOST_AUTO_TEST_CASE(line_ends_at_the_end_of_a_secret_file_are_no_part_of_the_secret) {
  for (const std::string_view end : {"", "\n", "\r\n", "\n\n"}) {
    sources.environment["SECRET_KEY_FILE"] = write("secret", kGoodKey + std::string(end));
    BOOST_TEST((load(sources).settings.secret_key.reveal() == kGoodKey));
  }
  sources.environment["SECRET_KEY_FILE"] = write("secret", kGoodKey + " \n");
  BOOST_TEST((load(sources).settings.secret_key.reveal() == kGoodKey + ' '));
}

BOOST_AUTO_TEST_CASE(a_credentials_directory_without_the_secret_changes_nothing) {
  sources.environment["SECRET_KEY"] = kGoodKey;
  sources.environment["CREDENTIALS_DIRECTORY"] = folder.path().string();
  BOOST_TEST((load(sources).settings.secret_key.reveal() == kGoodKey));
}

BOOST_AUTO_TEST_CASE(the_file_has_comments_blank_lines_and_spaces_around_keys_and_values) {
  use_file(
      "# a comment\n\n   \t\n  # another\n\tTHREADS\t=  9 \r\nJWT_ISSUER = a = b # c\n"
      "SECRET_KEY=" +
      kGoodKey);
  BOOST_TEST(effective("THREADS") == "9 from " + sources.file + ":5");
  BOOST_TEST(effective("JWT_ISSUER") == "a = b # c from " + sources.file + ":6");
  BOOST_TEST((load(sources).settings.secret_key.reveal() == kGoodKey));
}

BOOST_AUTO_TEST_CASE(an_empty_value_of_a_setting_without_a_default_leaves_it_unset) {
  sources.environment["SECRET_KEY"] = "";
  sources.environment["CORS_ORIGINS"] = "";
  BOOST_TEST(effective("SECRET_KEY") == " from not set");
  BOOST_TEST(effective("CORS_ORIGINS") == " from not set");
}

BOOST_AUTO_TEST_CASE(a_file_that_nobody_named_may_be_missing) {
  sources.file = (folder.path() / "nothing.conf").string();
  BOOST_TEST(complaint() == "");
  sources.file_required = true;
  BOOST_TEST(complaint() == sources.file + ": cannot be read: No such file or directory");
}

BOOST_AUTO_TEST_CASE(the_process_names_its_file_in_its_environment_or_on_its_command_line) {
  ::unsetenv("TASKWARD_CONFIG");
  BOOST_TEST(sources_of_process("").file == kDefaultFile);
  BOOST_TEST(!sources_of_process("").file_required);
  ::setenv("TASKWARD_CONFIG", "/from/environment", 1);
  BOOST_TEST(sources_of_process("").file == "/from/environment");
  BOOST_TEST(sources_of_process("").file_required);
  BOOST_TEST(sources_of_process("/named").file == "/named");
  BOOST_TEST(sources_of_process("/named").file_required);
  BOOST_TEST(sources_of_process("").environment.at("TASKWARD_CONFIG") == "/from/environment");
  ::unsetenv("TASKWARD_CONFIG");
}

BOOST_AUTO_TEST_CASE(a_required_setting_must_have_a_value) {
  BOOST_CHECK_EXCEPTION(require(load(sources), "SECRET_KEY"), BadSettings, [](const BadSettings& fault) {
    return std::string(fault.what()).starts_with("SECRET_KEY: is not set; it must be 32 bytes or more");
  });
  BOOST_CHECK_NO_THROW(require(load(sources), "DATABASE_URL"));
  sources.environment["SECRET_KEY"] = kOtherKey;
  BOOST_CHECK_NO_THROW(require(load(sources), "SECRET_KEY"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::config
