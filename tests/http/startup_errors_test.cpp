// Invalid configuration is rejected at startup, with a message that names the setting, its source and the
// allowed values.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../support/stack.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
namespace fs = std::filesystem;
using namespace std::string_literals;

constexpr int kUsage = 2;
constexpr int kBadSettings = 78;
const std::string kGoodKey = "qZ3vT8yLw5Kx0NfRj7HbUe2MsAc9Pd4G";

CommandResult start(const std::string& program, std::vector<std::string> arguments,
                    Environment settings = {}) {
  arguments.insert(arguments.begin(), (built_programs() / program).string());
  settings.emplace("SECRET_KEY", kGoodKey);
  settings.emplace("PASSWORD_BLOCKLIST", (built_programs() / "common-passwords.txt").string());
  return run_command({.words = std::move(arguments),
                      .environment = std::move(settings),
                      .inherit = Inherit::nothing,
                      .limit = std::chrono::seconds(20)});
}

/// The message contains all of the texts.
void expect_message(const CommandResult& refused, int status, const std::vector<std::string>& texts) {
  BOOST_TEST(refused.status == status, refused.err);
  for (const std::string& text : texts)
    BOOST_TEST(refused.err.find(text) != std::string::npos, "missing \"" << text << "\" in: " << refused.err);
}

struct BadSetting {
  std::string key;
  std::string value;
  std::string allowed;
};
std::ostream& operator<<(std::ostream& out, const BadSetting& one) {
  return out << one.key << '=' << one.value;
}

const std::vector<BadSetting>& bad_settings() {
  static const std::string key = "32 or more random bytes";
  static const std::vector<BadSetting> all{
      {"THREADS", "0", "a whole number from 1 to 64"},
      {"THREADS", "65", "from 1 to 64"},
      {"THREADS", "4x", "from 1 to 64"},
      {"THREADS", "", "from 1 to 64"},
      {"THREADS", " 4", "from 1 to 64"},
      {"BCRYPT_COST", "3", "a whole number from 4 to 16"},
      {"BCRYPT_COST", "9", "from 10 to 16"},
      {"BCRYPT_COST", "17", "from 4 to 16"},
      {"HASHING_SLOTS", "0", "a whole number from 1 to 64"},
      {"HASHING_SLOTS", "65", "from 1 to 64"},
      {"HASHING_WAIT", "0", "seconds from 1 to 50"},
      {"HASHING_WAIT", "51", "seconds from 1 to 50"},
      {"JWT_ALG", "none", "one of ES256, RS256, EdDSA, HS256"},
      {"JWT_ALG", "hs256", "one of ES256, RS256, EdDSA, HS256"},
      {"ACCESS_TOKEN_TTL", "0", "seconds from 1 to 86400"},
      {"ACCESS_TOKEN_TTL", "99999999999999999999", "seconds from 1 to 86400"},
      {"ENVIRONMENT", "staging", "one of production, test"},
      {"LOG_LEVEL", "loud", "one of debug, info, warning, error"},
      {"CORS_ORIGINS", "*", "a comma-separated list of lower-case origins such as https://app.example.org"},
      {"CORS_ORIGINS", "https://a.example/path", "a comma-separated list of lower-case origins"},
      {"DATABASE_TIMEOUT", "-1", "milliseconds from 100 to 600000"},
      {"DATABASE_URL", "mysql://nobody:hunter2@db/x", "a postgresql:// URI"},
      {"DATABASE_URL", "nonsense", "a postgresql:// URI"},
      {"SECRET_KEY", "short-but-very-secret", key},
      {"SECRET_KEY", "changeme-changeme-changeme-changeme", key},
      {"SECRET_KEY", std::string(64, 'k'), key},
      {"JWT_SECRET_KEY", "short-but-very-secret", key},
  };
  return all;
}

/// A temporary file.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    std::string pattern = (fs::temp_directory_path() / "taskward-settings.XXXXXX").string();
    const int descriptor = ::mkstemp(pattern.data());
    BOOST_REQUIRE(descriptor >= 0);
    ::close(descriptor);
    path_ = pattern;
    std::ofstream(path_, std::ios::binary) << text;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { fs::remove(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(startup_errors)

BOOST_DATA_TEST_CASE(invalid_setting_is_reported_with_source_and_allowed_values, data::make(bad_settings()),
                     bad) {
  const CommandResult refused = start("taskward-worker", {"--pool", "api"}, {{bad.key, bad.value}});
  expect_message(refused, kBadSettings, {bad.key, "environment", bad.allowed});
  BOOST_TEST(refused.out.empty());
  if (bad.key.find("KEY") != std::string::npos || bad.key.find("URL") != std::string::npos)
    BOOST_TEST(refused.err.find(bad.value) == std::string::npos, "the secret is disclosed: " << refused.err);
}

BOOST_AUTO_TEST_CASE(command_line_rejects_the_same_settings) {
  for (const BadSetting& bad : bad_settings()) {
    BOOST_TEST_CONTEXT(bad) {
      expect_message(start("taskward", {"config"}, {{bad.key, bad.value}}), kBadSettings,
                     {bad.key, bad.allowed});
    }
  }
}

BOOST_AUTO_TEST_CASE(all_invalid_settings_are_reported_together) {
  const CommandResult refused = start("taskward-worker", {"--pool", "api"},
                                      {{"THREADS", "0"}, {"JWT_ALG", "none"}, {"LOG_LEVEL", "loud"}});
  expect_message(refused, kBadSettings, {"THREADS", "JWT_ALG", "LOG_LEVEL"});
}

BOOST_AUTO_TEST_CASE(worker_needs_a_secret_key) {
  expect_message(start("taskward-worker", {"--pool", "api"}, {{"SECRET_KEY", ""}}), kBadSettings,
                 {"SECRET_KEY", "32 or more random bytes"});
}

BOOST_AUTO_TEST_CASE(HS256_needs_its_key) {
  expect_message(start("taskward-worker", {"--pool", "api"}, {{"JWT_ALG", "HS256"}}), kBadSettings,
                 {"JWT_SECRET_KEY", "JWT_ALG=HS256 (from environment)", "32 or more random bytes"});
}

BOOST_AUTO_TEST_CASE(access_token_lifetime_must_not_exceed_refresh_token_lifetime) {
  expect_message(start("taskward-worker", {"--pool", "api"}, {{"REFRESH_TOKEN_TTL", "60"}}), kBadSettings,
                 {"ACCESS_TOKEN_TTL (from default)", "REFRESH_TOKEN_TTL (from environment)"});
}

BOOST_AUTO_TEST_CASE(invalid_line_of_the_settings_file_is_numbered_but_not_quoted) {
  const TemporaryFile file("# settings\nTHREADS = 4\nTHREDS = 5\nmy secret\nTHREADS = 6\nJWT_ALG = none\n");
  const CommandResult refused = start("taskward-worker", {"--pool", "api", "--config", file.path()});
  expect_message(
      refused, kBadSettings,
      {file.path() + ":3: THREDS: unknown setting", file.path() + ":4: is neither",
       file.path() + ":5: THREADS: is already set in line 2", "JWT_ALG (from " + file.path() + ":6)"});
  BOOST_TEST(refused.err.find("my secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(damaged_or_missing_settings_file_is_named) {
  const TemporaryFile file("THREADS = \xFF\0 4\n"s);
  expect_message(start("taskward", {"config", "--config", file.path()}), kBadSettings,
                 {file.path(), "not UTF-8"});
  expect_message(start("taskward", {"config"}, {{"TASKWARD_CONFIG", "/nonexistent/settings"}}), kBadSettings,
                 {"/nonexistent/settings: cannot be read"});
}

BOOST_AUTO_TEST_CASE(invalid_secret_from_a_file_is_reported_by_file_name) {
  const TemporaryFile file("short-but-very-secret\n");
  const CommandResult refused =
      start("taskward-worker", {"--pool", "api"}, {{"SECRET_KEY_FILE", file.path()}});
  expect_message(refused, kBadSettings,
                 {"SECRET_KEY (from SECRET_KEY_FILE (" + file.path() + "))", "shorter than 32 bytes"});
  BOOST_TEST(refused.err.find("short-but") == std::string::npos);
  expect_message(start("taskward", {"config"}, {{"SECRET_KEY_FILE", "/nonexistent/key"}}), kBadSettings,
                 {"/nonexistent/key: cannot be read"});
}

BOOST_AUTO_TEST_CASE(config_command_masks_secrets) {
  const CommandResult shown =
      start("taskward", {"config"}, {{"DATABASE_URL", "postgresql://u:hunter2@db/x"}, {"THREADS", "7"}});
  BOOST_TEST(shown.status == 0, shown.err);
  BOOST_TEST(shown.out.find(kGoodKey) == std::string::npos);
  BOOST_TEST(shown.out.find("hunter2") == std::string::npos);
  BOOST_TEST(shown.out.find("********") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(invalid_password_blocklist_prevents_startup) {
  const TemporaryFile too_short("password\n123456\n");
  std::string damaged;
  for (int i = 0; i < 20'000; ++i) damaged += i == 700 ? "\xff\n" : "password\n";
  const TemporaryFile not_utf8(damaged);
  const std::vector<std::pair<std::string, std::string>> lists{
      {"/nonexistent/list", "cannot be read: No such file or directory"},
      {fs::temp_directory_path().string(), "cannot be read: Is a directory"},
      {too_short.path(), "has only 2 lines; a list of common passwords must have at least 10000"},
      {not_utf8.path(), "line 701 is not UTF-8"},
  };
  for (const auto& [path, fault] : lists) {
    for (const char* pool : {"api", "auth"}) {
      expect_message(start("taskward-worker", {"--pool", pool}, {{"PASSWORD_BLOCKLIST", path}}), kBadSettings,
                     {"PASSWORD_BLOCKLIST: " + path + ": " + fault});
    }
  }
  expect_message(start("taskward", {"user", "create", "--username", "ada", "--password-stdin"},
                       {{"PASSWORD_BLOCKLIST", "/nonexistent/list"}}),
                 kBadSettings, {"PASSWORD_BLOCKLIST: /nonexistent/list: cannot be read"});
}

/// Starts without a database; the unwritable ready file ends the process after it has checked the mail
/// settings.
CommandResult start_background(Environment settings) {
  settings.emplace("MAIL_TEMPLATES", (repository() / "src/mail/templates").string());
  settings.emplace("DATABASE_URL", "postgresql://taskward@/taskward?host=/nonexistent");
  return start("taskward-background", {"--ready-file", "/nonexistent/ready"}, std::move(settings));
}

BOOST_AUTO_TEST_CASE(unreadable_mail_ca_file_is_rejected) {
  const TemporaryFile empty("");
  const std::vector<std::pair<std::string, std::string>> files{
      {"/nonexistent/ca.pem", "cannot be read: No such file or directory"},
      {fs::temp_directory_path().string(), "cannot be read: Is a directory"},
      {empty.path(), "is empty"},
  };
  for (const auto& [path, fault] : files) {
    expect_message(start_background({{"MAIL_SERVER", "localhost"}, {"MAIL_CA_FILE", path}}), kBadSettings,
                   {"MAIL_CA_FILE: '" + path + "' " + fault});
  }
}

BOOST_AUTO_TEST_CASE(mail_to_files_or_without_tls_logs_a_warning) {
  const std::string folder = fs::temp_directory_path().string();
  const std::string to_files = R"("mail_goes_to_files","folder":")" + folder + '"';
  const std::string in_the_clear = R"("mail_without_tls","server":)";
  expect_message(start_background({{"MAIL_DIR", folder}}), kUsage, {"/nonexistent/ready", to_files});
  expect_message(start_background({{"MAIL_SERVER", "192.0.2.7"}, {"MAIL_USE_TLS", "off"}}), kUsage,
                 {in_the_clear + R"("192.0.2.7")"});
  for (const Environment& valid :
       std::vector<Environment>{{{"MAIL_DIR", folder}, {"ENVIRONMENT", "test"}},
                                {{"MAIL_SERVER", "192.0.2.7"}},
                                {{"MAIL_SERVER", "localhost"}, {"MAIL_USE_TLS", "off"}},
                                {{"MAIL_SERVER", "127.0.0.2"}, {"MAIL_USE_TLS", "off"}},
                                {{"MAIL_SERVER", "::1"}, {"MAIL_USE_TLS", "off"}}}) {
    const CommandResult done = start_background(valid);
    expect_message(done, kUsage, {"/nonexistent/ready"});
    BOOST_TEST(done.err.find("\"mail_") == std::string::npos, done.err);
  }
}

BOOST_AUTO_TEST_CASE(worker_without_a_socket_explains_how_to_start_it) {
  expect_message(start("taskward-worker", {"--pool", "api"}), kBadSettings,
                 {"no socket named 'api'", "taskward listen"});
}

struct BadCommandLine {
  std::string program;
  std::vector<std::string> words;
  std::string message;
};
std::ostream& operator<<(std::ostream& out, const BadCommandLine& one) {
  out << one.program;
  for (const std::string& word : one.words) out << ' ' << word;
  return out;
}

BOOST_DATA_TEST_CASE(
    invalid_command_line_is_a_usage_error,
    data::make(std::vector<BadCommandLine>{
        {"taskward", {}, "taskward COMMAND"},
        {"taskward", {"frobnicate"}, "frobnicate"},
        {"taskward", {"routes", "extra"}, "extra"},
        {"taskward", {"config", "--colour"}, "--colour"},
        {"taskward", {"config", "--threads"}, "--threads"},
        {"taskward", {"config", "--thread", "4"}, "--thread"},
        {"taskward", {"config", "--secret-key", "x"}, "--secret-key"},
        {"taskward", {"user"}, "create"},
        {"taskward", {"user", "destroy"}, "destroy"},
        {"taskward", {"user", "create", "--password-stdin"}, "--email or --username"},
        {"taskward", {"user", "create", "--email", "x", "--password-stdin"}, "--email: 'x'"},
        {"taskward",
         {"user", "create", "--username", "ada", "--role", "king", "--password-stdin"},
         "--role: 'king'"},
        {"taskward", {"user", "create", "--username", "ada"}, "--password-stdin"},
        {"taskward", {"generate", "poems"}, "nginx-problems"},
        {"taskward", {"listen"}, "'--'"},
        {"taskward", {"listen", "api", "--", "true"}, "NAME=PATH"},
        {"taskward-worker", {}, "--pool"},
        {"taskward-worker", {"--pool", "other"}, "api or auth"},
        {"taskward-worker", {"--pool", "api", "--instance", "api-1"}, "either --pool or --instance"},
        {"taskward-worker", {"--pool", "api", "--pool", "auth"}, "--pool"},
        {"taskward-worker", {"--pool", "api", "extra"}, "extra"},
    }),
    bad) {
  expect_message(start(bad.program, bad.words), kUsage, {bad.message});
}

BOOST_AUTO_TEST_CASE(stack_does_not_start_with_an_invalid_setting, *boost::unit_test::label("slow")) {
  for (const auto& [key, value] : Environment{{"THREADS", "0"},
                                              {"JWT_ALG", "none"},
                                              {"BCRYPT_COST", "3"},
                                              {"PASSWORD_BLOCKLIST", "/nonexistent/list"}}) {
    const std::string name = key;
    BOOST_CHECK_EXCEPTION(Stack stack(Environment{{key, value}}), std::runtime_error, [&](const auto& fault) {
      return std::string(fault.what()).find(name) != std::string::npos;
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()
