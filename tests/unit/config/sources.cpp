// The sources of settings and their precedence.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <string>

#include "tests/unit/config/support_settings.hpp"

namespace taskward::config {
namespace {

using testing::kGoodKey;
using testing::kOtherKey;

BOOST_FIXTURE_TEST_SUITE(config_sources, testing::SettingsFixture)

BOOST_AUTO_TEST_CASE(defaults_apply_without_any_source) {
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

BOOST_AUTO_TEST_CASE(command_line_overrides_environment_and_environment_overrides_file) {
  use_file("THREADS = 5\n");
  const std::string file = sources.file;
  BOOST_TEST(effective("THREADS") == "5 from " + file + ":1");
  sources.environment["THREADS"] = "6";
  BOOST_TEST(effective("THREADS") == "6 from environment");
  sources.command_line.emplace_back("THREADS", "7");
  BOOST_TEST(effective("THREADS") == "7 from command line");
  BOOST_TEST(load(sources).settings.threads == 7);
}

BOOST_AUTO_TEST_CASE(credential_overrides_secret_file_which_overrides_other_sources) {
  const auto loaded_key = [&] { return std::string(load(sources).settings.secret_key.reveal()); };
  use_file("SECRET_KEY = " + kGoodKey + "1\n");
  BOOST_TEST(loaded_key() == kGoodKey + "1");
  sources.environment["SECRET_KEY"] = kGoodKey + "2";
  BOOST_TEST(loaded_key() == kGoodKey + "2");
  sources.environment["SECRET_KEY_FILE"] = write("secret", kGoodKey + "3");
  BOOST_TEST(loaded_key() == kGoodKey + "3");
  BOOST_TEST(effective("SECRET_KEY") ==
             "******** from SECRET_KEY_FILE (" + folder.path().string() + "/secret)");
  write("credentials/SECRET_KEY", kGoodKey + "4");
  sources.environment["CREDENTIALS_DIRECTORY"] = (folder.path() / "credentials").string();
  BOOST_TEST(loaded_key() == kGoodKey + "4");
  BOOST_TEST(effective("SECRET_KEY") ==
             "******** from credential (" + folder.path().string() + "/credentials/SECRET_KEY)");
}

BOOST_AUTO_TEST_CASE(exactly_the_secrets_can_be_read_from_a_file) {
  for (const Option& option : every_option()) {
    const std::string key(option.key);
    Sources from_file;
    // MAIL_PASSWORD requires it.
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

BOOST_AUTO_TEST_CASE(trailing_line_breaks_of_a_secret_file_are_removed) {
  for (const std::string_view end : {"", "\n", "\r\n", "\n\n"}) {
    sources.environment["SECRET_KEY_FILE"] = write("secret", kGoodKey + std::string(end));
    BOOST_TEST((load(sources).settings.secret_key.reveal() == kGoodKey));
  }
  sources.environment["SECRET_KEY_FILE"] = write("secret", kGoodKey + " \n");
  BOOST_TEST((load(sources).settings.secret_key.reveal() == kGoodKey + ' '));
}

BOOST_AUTO_TEST_CASE(credentials_directory_without_the_secret_is_ignored) {
  sources.environment["SECRET_KEY"] = kGoodKey;
  sources.environment["CREDENTIALS_DIRECTORY"] = folder.path().string();
  BOOST_TEST((load(sources).settings.secret_key.reveal() == kGoodKey));
}

BOOST_AUTO_TEST_CASE(settings_file_may_have_comments_blank_lines_and_spaces) {
  use_file(
      "# a comment\n\n   \t\n  # another\n\tTHREADS\t=  9 \r\nJWT_ISSUER = a = b # c\n"
      "SECRET_KEY=" +
      kGoodKey);
  BOOST_TEST(effective("THREADS") == "9 from " + sources.file + ":5");
  BOOST_TEST(effective("JWT_ISSUER") == "a = b # c from " + sources.file + ":6");
  BOOST_TEST((load(sources).settings.secret_key.reveal() == kGoodKey));
}

BOOST_AUTO_TEST_CASE(empty_value_unsets_a_setting_without_a_default) {
  sources.environment["SECRET_KEY"] = "";
  sources.environment["CORS_ORIGINS"] = "";
  BOOST_TEST(effective("SECRET_KEY") == " from not set");
  BOOST_TEST(effective("CORS_ORIGINS") == " from not set");
}

BOOST_AUTO_TEST_CASE(only_the_default_settings_file_may_be_missing) {
  sources.file = (folder.path() / "nothing.conf").string();
  BOOST_TEST(load_error() == "");
  sources.file_required = true;
  BOOST_TEST(load_error() == sources.file + ": cannot be read: No such file or directory");
}

BOOST_AUTO_TEST_CASE(settings_file_is_named_by_environment_or_command_line) {
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

BOOST_AUTO_TEST_CASE(required_setting_must_have_a_value) {
  BOOST_CHECK_EXCEPTION(require(load(sources), "SECRET_KEY"), BadSettings, [](const BadSettings& fault) {
    return std::string(fault.what())
        .starts_with("SECRET_KEY: is not set; it must be 32 or more random bytes");
  });
  BOOST_CHECK_NO_THROW(require(load(sources), "DATABASE_URL"));
  sources.environment["SECRET_KEY"] = kOtherKey;
  BOOST_CHECK_NO_THROW(require(load(sources), "SECRET_KEY"));
}

BOOST_AUTO_TEST_CASE(file_of_a_source_is_named_in_every_form) {
  BOOST_TEST(file_of_source("/etc/taskward/taskward.conf:12").value_or("") == "/etc/taskward/taskward.conf");
  BOOST_TEST(file_of_source("SECRET_KEY_FILE (/a (b)/c:1)").value_or("") == "/a (b)/c:1");
  BOOST_TEST(file_of_source("credential (/run/x)").value_or("") == "/run/x");
  BOOST_TEST(file_of_source("/etc/credstore/taskward.SECRET_KEY").value_or("") ==
             "/etc/credstore/taskward.SECRET_KEY");
  for (const char* other : {"environment", "default", "not set", "command line", ""})
    BOOST_TEST(!file_of_source(other).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::config
