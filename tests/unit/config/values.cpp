// Valid and invalid values of each setting.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "taskward/config/options.hpp"
#include "tests/unit/config/support_settings.hpp"

namespace taskward::config {
namespace {

bool accepts(std::string_view key, std::string_view value) {
  Settings settings;
  return find_option(key)->store(settings, value);
}

BOOST_AUTO_TEST_SUITE(config_values)

BOOST_AUTO_TEST_CASE(every_setting_has_a_unique_key_help_and_a_valid_default) {
  std::set<std::string_view> keys;
  for (const Option& option : every_option()) {
    BOOST_TEST(keys.insert(option.key).second, option.key);
    BOOST_TEST(!option.help.empty(), option.key);
    BOOST_TEST(!option.allowed.empty(), option.key);
    if (!option.fallback.empty()) BOOST_TEST(accepts(option.key, option.fallback), option.key);
    BOOST_TEST(find_option(option.key) == &option);
  }
  BOOST_TEST(find_option("NO_SUCH") == nullptr);
  BOOST_TEST(find_option("") == nullptr);
  BOOST_TEST(flag_of(*find_option("ACCESS_TOKEN_TTL")) == "access-token-ttl");
}

BOOST_AUTO_TEST_CASE(integer_settings_are_checked_against_their_range) {
  struct Limits {
    std::string_view key;
    int min, max;
  };
  for (const Limits& one :
       {Limits{"THREADS", 1, 64}, Limits{"BCRYPT_COST", 4, 16}, Limits{"DATABASE_TIMEOUT", 100, 600'000},
        Limits{"ACCESS_TOKEN_TTL", 1, 86'400}, Limits{"REFRESH_TOKEN_TTL", 1, 31'536'000},
        Limits{"DRAIN_TIMEOUT", 1, 600}, Limits{"MAIL_PORT", 1, 65'535}, Limits{"MAIL_TIMEOUT", 1, 600},
        Limits{"OTP_DIGITS", 6, 8}, Limits{"TASKS_PER_USER", 1, 10'000'000}}) {
    BOOST_TEST(accepts(one.key, std::to_string(one.min)), one.key);
    BOOST_TEST(accepts(one.key, std::to_string(one.max)), one.key);
    BOOST_TEST(!accepts(one.key, std::to_string(one.min - 1)), one.key);
    BOOST_TEST(!accepts(one.key, std::to_string(one.max + 1)), one.key);
    for (const std::string_view bad : {"", " ", "x", "5x", "5 ", " 5", "+5", "5.0", "0x5", "5s", "1e1", "-5",
                                       "5\n", "9223372036854775808", "99999999999999999999999", "٥"}) {
      BOOST_TEST(!accepts(one.key, bad), one.key << ' ' << bad);
    }
  }
}

BOOST_AUTO_TEST_CASE(search_configuration_is_a_name_that_needs_no_sql_quoting) {
  for (const char* good : {"simple", "english", "german_2", "_x", "0", "a"})
    BOOST_TEST(accepts("SEARCH_CONFIGURATION", good), good);
  BOOST_TEST(accepts("SEARCH_CONFIGURATION", std::string(63, 'x')));
  BOOST_TEST(!accepts("SEARCH_CONFIGURATION", std::string(64, 'x')));
  for (const std::string_view bad :
       {"", " ", "English", "pg_catalog.simple", "\"simple\"", "'simple'", "simple ", " simple", "simple;",
        "sim-ple", "simple'; drop table taskward.tasks; --", "fran\u00e7ais", "simple\n", "$1", "a b",
        "\xff"}) {
    BOOST_TEST(!accepts("SEARCH_CONFIGURATION", bad), bad);
  }
  BOOST_TEST(!accepts("SEARCH_CONFIGURATION", std::string_view("sim\0ple", 7)));
  Settings settings;
  settings.search_configuration = "german";
  BOOST_TEST(!find_option("SEARCH_CONFIGURATION")->store(settings, "English"));
  BOOST_TEST(settings.search_configuration == "german");
  BOOST_TEST(find_option("SEARCH_CONFIGURATION")->store(settings, "english"));
  BOOST_TEST(settings.search_configuration == "english");
}

BOOST_AUTO_TEST_CASE(default_quota_is_10000_tasks_and_default_search_is_simple) {
  Settings settings;
  for (const char* key : {"TASKS_PER_USER", "SEARCH_CONFIGURATION"}) {
    const Option& option = *find_option(key);
    BOOST_TEST(option.store(settings, option.fallback), key);
  }
  BOOST_TEST(settings.tasks_per_user == 10'000);
  BOOST_TEST(settings.search_configuration == "simple");
}

BOOST_AUTO_TEST_CASE(enum_settings_are_matched_exactly) {
  for (const auto& [key, good] : {std::pair("JWT_ALG", "HS256"),
                                  {"ENVIRONMENT", "test"},
                                  {"LOG_LEVEL", "debug"},
                                  {"DATABASE_PREPARE", "off"}}) {
    BOOST_TEST(accepts(key, good), key);
    for (const std::string_view bad :
         {"", "none", "x", "hs256", "Test", "DEBUG", "Off", "off ", "true", "0"}) {
      BOOST_TEST(!accepts(key, bad), key << ' ' << bad);
    }
  }
}

BOOST_AUTO_TEST_CASE(rejected_value_leaves_the_settings_unchanged) {
  Settings settings;
  settings.threads = 3;
  settings.cors_origins = {"https://a.example"};
  BOOST_TEST(!find_option("THREADS")->store(settings, "65"));
  BOOST_TEST(!find_option("CORS_ORIGINS")->store(settings, "https://b.example,nonsense"));
  BOOST_TEST(settings.threads == 3);
  BOOST_TEST(settings.cors_origins.size() == 1U);
}

BOOST_AUTO_TEST_CASE(database_url_accepts_common_scheme_variants) {
  const auto stored = [](std::string_view value) {
    Settings settings;
    return find_option("DATABASE_URL")->store(settings, value) ? std::string(settings.database_url.reveal())
                                                               : "refused";
  };
  BOOST_TEST(stored("postgresql://ada:pw@db:5432/tasks") == "postgresql://ada:pw@db:5432/tasks");
  BOOST_TEST(stored("postgres://ada@db/tasks") == "postgresql://ada@db/tasks");
  BOOST_TEST(stored("postgresql+asyncpg://ada:p+w@db/tasks") == "postgresql://ada:p+w@db/tasks");
  BOOST_TEST(stored("postgresql://ada:p+w@db/tasks") == "postgresql://ada:p+w@db/tasks");
  BOOST_TEST(stored("host=/run/postgresql dbname=tasks") == "host=/run/postgresql dbname=tasks");
  for (const std::string_view bad :
       {"", "db", "mysql://ada@db/tasks", "sqlite:///tasks.db", "http://db/tasks", "://db",
        "postgresqlx://db", "mysql+postgresql://db", "postgresql:/db"}) {
    BOOST_TEST(stored(bad) == "refused", bad);
  }
}

BOOST_AUTO_TEST_CASE(cors_origins_are_a_list_of_scheme_and_host) {
  Settings settings;
  BOOST_TEST(find_option("CORS_ORIGINS")
                 ->store(settings, "https://a.example , http://localhost:3000,http://[::1]:80,"));
  BOOST_TEST(settings.cors_origins.size() == 3U);
  BOOST_TEST(settings.cors_origins.at(1) == "http://localhost:3000");
  for (const std::string_view bad :
       {"*", "null", "a.example", "https://", "https://a.example/", "https://a.example/x",
        "https://A.example", "ftp://a.example", "https://a b", "https://*.example", "https://a.example?x",
        "https://ada@a.example", "https://a.example;https://b.example"}) {
    BOOST_TEST(!accepts("CORS_ORIGINS", bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(public_url_is_an_origin_of_a_domain) {
  for (const std::string_view good :
       {"", "https://tasks.example.org", "https://localhost:8443", "https://xn--bcher-kva.example:1",
        "https://1.example", "https://a-b.example:65535"}) {
    BOOST_TEST(accepts("PUBLIC_URL", good), good);
  }
  for (const std::string_view bad :
       {"http://tasks.example.org", "tasks.example.org", "https://", "https://tasks.example.org/",
        "https://tasks.example.org/x", "https://Tasks.example.org", "https://tasks.example.org:443",
        "https://tasks.example.org:", "https://tasks.example.org:0", "https://tasks.example.org:08443",
        "https://tasks.example.org:65536", "https://192.0.2.1", "https://[::1]:8443", "https://a..b",
        "https://-a.example", "https://a.example.", "https://ada@a.example", "https://a.example?x"}) {
    BOOST_TEST(!accepts("PUBLIC_URL", bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(limit_exempt_is_a_list_of_addresses_and_networks) {
  const auto stored = [](std::string_view value) -> std::size_t {
    Settings settings;
    BOOST_TEST(find_option("LIMIT_EXEMPT")->store(settings, value), value);
    return settings.limit_exempt.size();
  };
  BOOST_TEST(stored("") == 0U);
  BOOST_TEST(stored("192.0.2.7") == 1U);
  BOOST_TEST(stored("192.0.2.0/24,2001:db8::/32 ::1 , 10.0.0.1") == 4U);
  for (const std::string_view bad : {"localhost", "192.0.2.0/33", "192.0.2.7;192.0.2.8", "192.0.2.7,x", "*",
                                     "192.0.2.0/24/24", "2001:db8::/129", "192.0.2.", "all"}) {
    Settings settings;
    settings.limit_exempt.resize(1);
    BOOST_TEST(!find_option("LIMIT_EXEMPT")->store(settings, bad), bad);
    BOOST_TEST(settings.limit_exempt.size() == 1U, bad);
  }
}

BOOST_AUTO_TEST_CASE(text_and_path_settings_have_length_limits) {
  BOOST_TEST(accepts("JWT_ISSUER", "x"));
  BOOST_TEST(accepts("JWT_AUDIENCE", std::string(255, 'x')));
  BOOST_TEST(!accepts("JWT_ISSUER", ""));
  BOOST_TEST(!accepts("JWT_AUDIENCE", std::string(256, 'x')));
  // The issuer is written into the JSON of tokens, which must be UTF-8.
  BOOST_TEST(!accepts("JWT_ISSUER", "caf\xe9"));
  BOOST_TEST(accepts("SQL_DIR", std::string(4095, 'x')));
  BOOST_TEST(!accepts("SQL_DIR", std::string(4096, 'x')));
  BOOST_TEST(!accepts("SQL_DIR", ""));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(config_examples, testing::SettingsFixture)

/// The example with every setting uncommented, and a value for SECRET_KEY.
std::string uncommented(const std::string& example, std::string_view equals) {
  std::string out = example;
  for (const Option& option : every_option()) {
    const std::string line = "\n#" + std::string(option.key) + std::string(equals);
    const std::size_t position = out.find(line);
    BOOST_REQUIRE_MESSAGE(position != std::string::npos, option.key);
    BOOST_TEST(out.find(line, position + 1) == std::string::npos, option.key);
    out.erase(position + 1, 1);
    if (option.key == "SECRET_KEY") out.insert(position + line.size() - 1, testing::kGoodKey);
  }
  return out;
}

BOOST_AUTO_TEST_CASE(example_file_lists_every_setting_once_and_is_valid) {
  BOOST_TEST(example_file().find("\n#") != std::string::npos);
  use_file(example_file());
  BOOST_TEST(load_error() == "");
  use_file(uncommented(example_file(), " = "));
  BOOST_TEST(load_error() == "");
  BOOST_TEST(effective("SECRET_KEY").starts_with("******** from " + sources.file));
  BOOST_TEST(effective("THREADS").starts_with("4 from " + sources.file));
}

BOOST_AUTO_TEST_CASE(example_environment_lists_every_setting_once_and_is_valid) {
  const std::string text = uncommented(example_environment(), "=");
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    sources.environment[line.substr(0, equals)] = line.substr(equals + 1);
  }
  BOOST_TEST(sources.environment.size() == every_option().size());
  BOOST_TEST(load_error() == "");
  BOOST_TEST(effective("THREADS") == "4 from environment");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::config
