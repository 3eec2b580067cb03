// Secrets are never shown.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/config/support_settings.hpp"

namespace taskward::config {
namespace {

using testing::kGoodKey;
using testing::kOtherKey;

BOOST_FIXTURE_TEST_SUITE(config_secrets, testing::SettingsFixture)

BOOST_AUTO_TEST_CASE(secrets_are_masked_and_other_settings_are_shown) {
  sources.environment = {{"DATABASE_URL", "postgresql://ada:hunter2@db/tasks"},
                         {"DATABASE_READ_URL", "postgresql://ada:hunter2@standby/tasks"},
                         {"DATABASE_OWNER_URL", "postgresql://owner:hunter2@db/tasks"},
                         {"SECRET_KEY", kGoodKey},
                         {"JWT_SECRET_KEY", kOtherKey},
                         {"MAIL_USERNAME", "ada"},
                         {"MAIL_PASSWORD", "hunter2"},
                         {"JWT_ISSUER", "https://tasks.example"}};
  const Loaded loaded = load(sources);
  const std::string table = describe(loaded);
  for (const Effective& one : loaded.effective) {
    if (one.option->secrecy == Secrecy::secret) BOOST_TEST(one.value == "********", one.option->key);
  }
  for (const std::string& secret : {std::string("hunter2"), kGoodKey, kOtherKey, kGoodKey.substr(0, 6)}) {
    BOOST_TEST(table.find(secret) == std::string::npos);
  }
  BOOST_TEST(table.find("https://tasks.example") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(settings_table_lists_every_setting_once) {
  const std::string table = '\n' + describe(load(sources));
  for (const Option& option : every_option()) {
    const std::string key = '\n' + std::string(option.key) + ' ';
    BOOST_TEST(table.find(key) != std::string::npos, option.key);
    BOOST_TEST(table.find(key) == table.rfind(key), option.key);
  }
  BOOST_TEST(table.find("\nTHREADS ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(invalid_secret_is_not_quoted_whatever_its_source) {
  // Too short for a key, not a database URL, and with a control character, which passwords must not contain.
  const std::string bad = "hunter2-\x01-hunter2";
  for (const Option& option : every_option()) {
    if (option.secrecy != Secrecy::secret) continue;
    const std::string key(option.key);
    const auto check = [&](const std::string& error) {
      BOOST_TEST(error.find("hunter2") == std::string::npos, error);
      BOOST_TEST(error.starts_with(key + " (from "), error);
      BOOST_TEST(error.find(option.allowed) != std::string::npos, error);
    };
    sources = {};
    use_file(key + " = " + bad + '\n');
    check(load_error());
    sources = {};
    sources.environment[key] = bad;
    check(load_error());
    sources.environment = {{key + "_FILE", write("secret", bad)}};
    check(load_error());
    sources.environment = {{"CREDENTIALS_DIRECTORY", (folder.path() / key).string()}};
    write(key + '/' + key, bad);
    check(load_error());
  }
}

BOOST_AUTO_TEST_CASE(malformed_settings_line_is_not_quoted) {
  const std::string bare = kGoodKey.substr(0, kGoodKey.size() - 1);
  for (const std::string& line :
       {"SECRET_KEY " + bare, "SECRET_KEY: " + kGoodKey, kGoodKey,
        bare + "==", "export SECRET_KEY " + kGoodKey,
        std::string("postgresql://ada:q3Zk9vX1@db/tasks?sslmode=require"), bare + " = SECRET_KEY"}) {
    use_file(line + '\n');
    const std::string error = load_error();
    BOOST_TEST(error.starts_with(sources.file + ":1: "), error);
    BOOST_TEST(error.find("q3Zk9vX1") == std::string::npos, error);
  }
}

BOOST_AUTO_TEST_CASE(weak_key_error_states_the_weakness) {
  const auto key_error = [&](const std::string& key) {
    sources.environment["SECRET_KEY"] = key;
    return load_error();
  };
  BOOST_TEST(key_error(kGoodKey.substr(0, 31)).find("it is shorter than 32 bytes") != std::string::npos);
  BOOST_TEST(key_error(kGoodKey.substr(0, 32)) == "");
  BOOST_TEST(key_error(std::string(64, 'a')).find("it has fewer than 10 distinct characters") !=
             std::string::npos);
  BOOST_TEST(
      key_error("abcabcabcabcabcabcabcabcabcabcabcabc").find("it has fewer than 10 distinct characters") !=
      std::string::npos);
  for (const std::string_view weak : {"changeme", "CHANGE-ME", "secret", "Password", "django-insecure-",
                                      "0123456789abcdef", "your-secret-key-"}) {
    BOOST_TEST(key_error(std::string(weak) + kGoodKey).find("it is publicly known") != std::string::npos,
               weak);
  }
  BOOST_TEST(
      key_error("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7").find("publicly known") !=
      std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::config
