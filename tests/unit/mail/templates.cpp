// Mail templates: the shipped ones, and errors in custom ones.
#include "taskward/mail/templates.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "taskward/base/text.hpp"
#include "tests/support/throwaway_database.hpp"
#include "tests/support/throwaway_folder.hpp"
#include "tests/unit/mail/support_digits.hpp"

namespace taskward::mail {
namespace {

namespace fs = std::filesystem;
using model::MailKind;

const fs::path kShipped = "src/mail/templates";

struct TemplatesFixture {
  testing::ThrowawayFolder folder;

  TemplatesFixture() {
    for (const auto& entry : fs::directory_iterator(testing::repository() / kShipped))
      fs::copy_file(entry.path(), folder.path() / entry.path().filename());
  }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(folder.path() / name, std::ios::binary) << text;
  }
  [[nodiscard]] std::string load_error() const {
    try {
      const Templates loaded(folder.path().string());
      return {};
    } catch (const BadTemplates& fault) {
      return fault.what();
    }
  }
  [[nodiscard]] std::string path_of(const std::string& name) const { return (folder.path() / name).string(); }
  [[nodiscard]] Letter filled(const model::Mail& mail) const {
    return Templates(folder.path().string()).filled(mail);
  }
};

/// A mail with a value in every field.
model::Mail sample_mail(MailKind kind) {
  model::Mail mail{kind, "ada@example.com", {}};
  for (const std::string_view field : split(model::fields_of(kind), ' '))
    mail.fields[std::string(field)] = field == "code"      ? "123456"
                                      : field == "minutes" ? "10"
                                                           : "eve@example.com";
  return mail;
}

BOOST_FIXTURE_TEST_SUITE(mail_templates, TemplatesFixture)

BOOST_AUTO_TEST_CASE(every_mail_kind_has_a_template_and_the_code_leads_the_subject) {
  for (const MailKind kind : model::every_mail_kind()) {
    const Letter letter = filled(sample_mail(kind));
    for (const std::string* text : {&letter.subject, &letter.text, &letter.html}) {
      BOOST_TEST(!text->empty(), model::name(kind));
      BOOST_TEST(text->find("{{") == std::string::npos, model::name(kind));
    }
    // Advice for a recipient who did not request the mail.
    const std::string advice = lower(letter.text);
    BOOST_TEST((advice.find("if it was not you") != std::string::npos ||
                advice.find("if you did not") != std::string::npos),
               model::name(kind));
    std::string all = letter.subject + letter.text + letter.html;
    if (model::fields_of(kind).find("code") != std::string_view::npos) {
      BOOST_TEST(letter.subject == "123456 is your Taskward code");
      for (const std::string* text : {&letter.text, &letter.html})
        BOOST_TEST(text->find("123456") != std::string::npos, model::name(kind));
      BOOST_TEST(letter.text.find("10 minutes") != std::string::npos, model::name(kind));
    }
    // No other digits may be mistaken for a code.
    const std::string_view code = "123456";
    for (std::size_t at = 0; (at = all.find(code)) != std::string::npos;)
      all.replace(at, code.size(), "code");
    BOOST_TEST(longest_run_of_digits(all) < 6U, model::name(kind));
  }
}

BOOST_AUTO_TEST_CASE(shipped_templates_need_no_transfer_encoding) {
  for (const MailKind kind : model::every_mail_kind()) {
    const Letter letter = filled(sample_mail(kind));
    const auto message = compose({"", "a@example.org"}, "ada@example.com", letter, Uuid{}, Timestamp{});
    BOOST_TEST(message->content.reveal().find("quoted-printable") == std::string_view::npos,
               model::name(kind));
  }
}

BOOST_AUTO_TEST_CASE(template_values_are_escaped_in_html_only) {
  write("login_code.txt", "Subject: {{code}} for {{ to }}\n\n{{code}}\n");
  write("login_code.html", "<p title='{{to}}'>{{code}}</p>");
  model::Mail mail{MailKind::login_code, "o'neil&co@example.com", {{"code", "<b>\"{{to}}\"</b>"}}};
  const Letter letter = filled(mail);
  BOOST_TEST(letter.subject == "<b>\"{{to}}\"</b> for o'neil&co@example.com");
  BOOST_TEST(letter.text == "<b>\"{{to}}\"</b>\n");
  BOOST_TEST(letter.html ==
             "<p title='o&apos;neil&amp;co@example.com'>&lt;b&gt;&quot;{{to}}&quot;&lt;/b&gt;</p>");
}

BOOST_AUTO_TEST_CASE(template_with_crlf_line_breaks_is_accepted) {
  write("login_code.txt", "Subject: {{code}}\r\n\r\none\r\ntwo\r\n");
  const Letter letter = filled(sample_mail(MailKind::login_code));
  BOOST_TEST(letter.subject == "123456");
  BOOST_TEST(letter.text == "one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(template_errors_name_the_file_line_and_valid_values) {
  write("login_code.txt", "Subject: {{code}}\n\nHello {{name}},\n{{minutes}\n");
  fs::remove(folder.path() / "email_changed.html");
  write("address_proved.txt", "Hello\n");
  write("password_reset_code.html", "caf\xe9");
  const std::string allowed_fields = "; the fields are {{code}}, {{minutes}}, {{to}}";
  const std::string text = load_error() + '\n';
  for (const std::string& line :
       {path_of("login_code.txt") + ":3: {{name}} is not a field of this template" + allowed_fields,
        path_of("login_code.txt") + ":4: {{ is not closed" + allowed_fields,
        path_of("email_changed.html") + ": cannot be read: No such file or directory",
        path_of("address_proved.txt") + ":1: must be `Subject: ` followed by the subject",
        path_of("password_reset_code.html") + ": must be UTF-8 text"}) {
    BOOST_TEST(text.find(line + '\n') != std::string::npos, line << " in " << text);
  }
}

BOOST_AUTO_TEST_CASE(template_subject_is_one_line_of_text) {
  for (const std::string_view bad :
       {"", "Subject:\n\nx", "Subject: \n\nx", "subject: x\n\nx", "x\nSubject: x\n"}) {
    write("login_code.txt", bad);
    BOOST_TEST(load_error() == path_of("login_code.txt") + ":1: must be `Subject: ` followed by the subject",
               bad);
  }
  write("login_code.txt", "Subject: x\tx\n\n");
  BOOST_TEST(load_error() == path_of("login_code.txt") + ":1: must not contain control characters");
  write("login_code.txt", "Subject: x\nBcc: eve@example.com\n\n");
  BOOST_TEST(load_error() == path_of("login_code.txt") + ":2: must be empty; the text begins on line 3");
  write("login_code.txt", "Subject: x");
  BOOST_TEST(load_error() == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::mail
