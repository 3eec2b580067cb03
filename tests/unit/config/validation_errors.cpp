// Error messages for invalid settings.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/config/support_settings.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::config {
namespace {

using testing::kGoodKey;

BOOST_FIXTURE_TEST_SUITE(config_validation_errors, testing::SettingsFixture)

BOOST_AUTO_TEST_CASE(setting_error_names_the_setting_its_source_and_valid_values) {
  sources.environment["THREADS"] = "many";
  BOOST_TEST(load_error() ==
             "THREADS (from environment): 'many' is invalid; it must be a whole number from 1 to 64");
  sources.environment.clear();
  sources.command_line = {{"LOG_LEVEL", "loud"}};
  BOOST_TEST(
      load_error() ==
      "LOG_LEVEL (from command line): 'loud' is invalid; it must be one of debug, info, warning, error");
  sources.command_line.clear();
  use_file("\n\nJWT_ALG = none\n");
  BOOST_TEST(load_error() == "JWT_ALG (from " + sources.file +
                                 ":3): 'none' is invalid; it must be one of ES256, RS256, EdDSA, HS256");
}

BOOST_AUTO_TEST_CASE(all_setting_errors_are_reported_together_one_per_line) {
  use_file("THREADS = 0\nNO_SUCH = 1\nnot a setting\n");
  sources.environment["BCRYPT_COST"] = "99";
  sources.environment["SECRET_KEY_FILE"] = (folder.path() / "missing").string();
  sources.command_line = {{"DRAIN_TIMEOUT", "-1"}};
  const std::string text = load_error();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 5);
  for (const std::string& piece :
       {"THREADS (from " + sources.file + ":1)", sources.file + ":2: NO_SUCH: unknown setting",
        sources.file + ":3: is neither", std::string("BCRYPT_COST (from environment)"),
        std::string("DRAIN_TIMEOUT (from command line)"),
        "SECRET_KEY (from SECRET_KEY_FILE): " + folder.path().string() + "/missing: cannot be read"}) {
    BOOST_TEST(testing::contains(text, piece), piece << " in " << text);
  }
}

BOOST_AUTO_TEST_CASE(duplicate_key_error_names_both_lines) {
  use_file("THREADS = 5\n# between\nTHREADS = 6\n");
  BOOST_TEST(load_error() == sources.file + ":3: THREADS: is already set in line 1");
}

BOOST_AUTO_TEST_CASE(setting_keys_are_matched_exactly) {
  for (const std::string_view key :
       {"threads", "Threads", "THREAD", "THREADS_", "--threads", "THREADS_FILE"}) {
    use_file(std::string(key) + " = 5\n");
    BOOST_TEST(load_error() == sources.file + ":1: " + std::string(key) +
                                   ": unknown setting; `taskward config` lists all settings");
  }
}

BOOST_AUTO_TEST_CASE(settings_file_that_is_not_utf8_text_is_rejected) {
  for (const std::string_view text : {std::string_view("THREADS = 5\0\n", 13), std::string_view("\0", 1),
                                      std::string_view("JWT_ISSUER = caf\xe9\n"),
                                      std::string_view("\xff\xfeT\x01"), std::string_view("\xc0\x80")}) {
    use_file(text);
    BOOST_TEST(load_error() == sources.file + ": is not UTF-8 text");
  }
}

BOOST_AUTO_TEST_CASE(directory_or_oversized_settings_file_is_rejected) {
  sources.file = folder.path().string();
  sources.file_required = true;
  BOOST_TEST(load_error().starts_with(sources.file + ": cannot be read"));
  use_file(std::string((1U << 20U) + 1, '#'));
  BOOST_TEST(load_error() == sources.file + ": exceeds the limit of 1 MiB");
  use_file(std::string(1U << 20U, '#'));
  BOOST_TEST(load_error() == "");
}

BOOST_AUTO_TEST_CASE(bcrypt_cost_below_10_requires_the_test_environment) {
  sources.environment["BCRYPT_COST"] = "9";
  BOOST_TEST(load_error() ==
             "BCRYPT_COST (from environment): a cost below 10 requires ENVIRONMENT=test; it "
             "must be a "
             "whole number from 10 to 16");
  sources.environment["ENVIRONMENT"] = "test";
  BOOST_TEST(load_error() == "");
  sources.environment["ENVIRONMENT"] = "production";
  sources.environment["BCRYPT_COST"] = "10";
  BOOST_TEST(load_error() == "");
}

BOOST_AUTO_TEST_CASE(hs256_requires_its_secret_key) {
  sources.environment["JWT_ALG"] = "HS256";
  BOOST_TEST(load_error().starts_with(
      "JWT_SECRET_KEY: is not set, but required by JWT_ALG=HS256 (from environment); it must be 32"));
  sources.environment["JWT_SECRET_KEY"] = kGoodKey;
  BOOST_TEST(load_error() == "");
}

BOOST_AUTO_TEST_CASE(access_token_ttl_must_not_exceed_refresh_token_ttl) {
  use_file("REFRESH_TOKEN_TTL = 60\n");
  sources.environment["ACCESS_TOKEN_TTL"] = "61";
  BOOST_TEST(load_error() == "ACCESS_TOKEN_TTL (from environment): must not exceed REFRESH_TOKEN_TTL (from " +
                                 sources.file + ":1)");
  sources.environment["ACCESS_TOKEN_TTL"] = "60";
  BOOST_TEST(load_error() == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::config
