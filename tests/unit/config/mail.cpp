// The mail settings and their combinations.
#include <boost/test/unit_test.hpp>

#include "tests/unit/config/support_settings.hpp"

namespace taskward::config {
namespace {

struct MailSettingsFixture : testing::SettingsFixture {
  Settings loaded(std::map<std::string, std::string> environment) {
    sources.environment = std::move(environment);
    return std::move(load(sources).settings);
  }
  std::string load_error_of(std::map<std::string, std::string> environment) {
    sources.environment = std::move(environment);
    return load_error();
  }
  MailTls tls(const std::string& value, const std::string& port = "587") {
    return loaded({{"MAIL_USE_TLS", value}, {"MAIL_PORT", port}}).mail_use_tls;
  }
};

BOOST_FIXTURE_TEST_SUITE(config_mail, MailSettingsFixture)

BOOST_AUTO_TEST_CASE(mail_is_written_to_files_by_default) {
  const Settings settings = loaded({});
  BOOST_TEST(settings.mail_server == "");
  BOOST_TEST(settings.mail_port == 587);
  BOOST_TEST((settings.mail_use_tls == MailTls::starttls));
  BOOST_TEST(settings.mail_from.address == "taskward@localhost");
  BOOST_TEST(settings.mail_timeout.count() == 60);
  BOOST_TEST(settings.mail_dir == "/var/lib/taskward/mail");
  BOOST_TEST(settings.mail_templates == "/usr/share/taskward/mail");
}

BOOST_AUTO_TEST_CASE(mail_encryption_accepts_booleans_and_mode_names) {
  for (const char* yes : {"true", "1", "yes", "on", "True", "YES"}) {
    BOOST_TEST((tls(yes) == MailTls::starttls), yes);
    BOOST_TEST((tls(yes, "25") == MailTls::starttls), yes);
    BOOST_TEST((tls(yes, "465") == MailTls::tls), yes);
  }
  for (const char* no : {"false", "0", "no", "off", "False"})
    BOOST_TEST((tls(no, "465") == MailTls::off), no);
  BOOST_TEST((tls("tls") == MailTls::tls));
  BOOST_TEST((tls("starttls", "465") == MailTls::starttls));
  for (const char* bad : {"", "ssl", "maybe", "2", "start tls"})
    BOOST_TEST(load_error_of({{"MAIL_USE_TLS", bad}}).starts_with("MAIL_USE_TLS (from environment): '"), bad);
}

BOOST_AUTO_TEST_CASE(mail_sender_defaults_to_the_username_if_it_is_an_address) {
  const auto from = [&](std::map<std::string, std::string> environment) {
    const auto mailbox = loaded(std::move(environment)).mail_from;
    return mailbox.name + '|' + mailbox.address;
  };
  BOOST_TEST(from({{"MAIL_USERNAME", "ada@example.org"}}) == "|ada@example.org");
  BOOST_TEST(from({{"MAIL_USERNAME", "ada"}}) == "|taskward@localhost");
  BOOST_TEST(from({{"MAIL_FROM", "Tasks of Ada <tasks@example.org>"},
                   {"MAIL_USERNAME", "ada@example.org"}}) == "Tasks of Ada|tasks@example.org");
  BOOST_TEST(from({{"MAIL_FROM", " root@mailhost "}}) == "|root@mailhost");
  BOOST_TEST(from({{"MAIL_FROM", "Tasks <tasks@b\u00FCcher.example>"}}) ==
             "Tasks|tasks@xn--bcher-kva.example");
  BOOST_TEST(from({{"MAIL_USERNAME", "ada@b\u00FCcher.example"}}) == "|ada@xn--bcher-kva.example");
  for (const char* bad : {"", "ada", "a b@example.org", "<ada@example.org", "\"Ada\" <ada@example.org>",
                          "Ada\n<ada@example.org>", "ada@example.org\r\nBcc: eve@example.org", "Ada <>",
                          "ada@example.org, eve@example.org"}) {
    if (*bad == '\0') continue;
    BOOST_TEST(load_error_of({{"MAIL_FROM", bad}}).starts_with("MAIL_FROM (from environment): '"), bad);
  }
}

BOOST_AUTO_TEST_CASE(mail_server_is_a_host_name_or_ip_address) {
  for (const char* good : {"localhost", "mail.example.org", "192.0.2.7", "2001:db8::7", "[2001:db8::7]"})
    BOOST_TEST(load_error_of({{"MAIL_SERVER", good}}) == "", good);
  BOOST_TEST(loaded({{"MAIL_SERVER", "[::1]"}}).mail_server == "::1");
  for (const char* bad :
       {"smtp://mail.example.org", "mail.example.org/x", "a b", "a\nb", "ada@mail.example.org"})
    BOOST_TEST(load_error_of({{"MAIL_SERVER", bad}}).starts_with("MAIL_SERVER (from environment): '"), bad);
}

BOOST_AUTO_TEST_CASE(unencrypted_mail_password_is_allowed_only_for_localhost) {
  const auto error_with = [&](const char* server) {
    return load_error_of({{"MAIL_SERVER", server},
                          {"MAIL_USE_TLS", "off"},
                          {"MAIL_USERNAME", "ada"},
                          {"MAIL_PASSWORD", "hunter2"}});
  };
  for (const char* local : {"localhost", "LOCALHOST", "127.0.0.1", "127.3.2.1", "::1"})
    BOOST_TEST(error_with(local) == "", local);
  for (const char* remote : {"mail.example.org", "127.example.org", "192.0.2.7", "localhost.example.org"}) {
    BOOST_TEST(
        error_with(remote) ==
            "MAIL_USE_TLS (from environment): off would send MAIL_PASSWORD (from environment) unencrypted; "
            "it must be starttls or tls, unless MAIL_SERVER is localhost",
        remote);
  }
}

BOOST_AUTO_TEST_CASE(mail_username_and_password_require_each_other) {
  BOOST_TEST(load_error_of({{"MAIL_PASSWORD", "hunter2"}}) ==
             "MAIL_USERNAME: is not set, but required by MAIL_PASSWORD (from environment); it must be a "
             "string of 1 to "
             "1024 bytes without control characters");
  // Processes that do not deliver mail run without the password, so load() does not require it.
  sources.environment = {{"MAIL_USERNAME", "ada"}};
  const Loaded without_password = load(sources);
  BOOST_CHECK_EXCEPTION(require_mail_login(without_password), BadSettings, [](const BadSettings& fault) {
    return std::string_view(fault.what())
        .starts_with("MAIL_PASSWORD: is not set, but required by MAIL_USERNAME (from environment)");
  });
  sources.environment = {{"MAIL_USERNAME", "ada"}, {"MAIL_PASSWORD_FILE", write("password", "hunter2\n")}};
  const Loaded with_password = load(sources);
  BOOST_CHECK_NO_THROW(require_mail_login(with_password));
  BOOST_TEST(with_password.settings.mail_password.reveal() == "hunter2");
  sources.environment.clear();
  BOOST_CHECK_NO_THROW(require_mail_login(load(sources)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::config
