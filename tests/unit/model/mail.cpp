// Serialization of mails before encryption.
#include "taskward/model/mail.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <utility>

namespace taskward::model {
namespace {

std::string packed(const Mail& mail) { return std::string(mail.packed().reveal()); }

BOOST_AUTO_TEST_SUITE(mail)

BOOST_AUTO_TEST_CASE(mail_kinds_are_parsed_by_their_exact_names) {
  std::set<std::string_view> names;
  for (const MailKind kind : every_mail_kind()) {
    BOOST_TEST(names.insert(name(kind)).second, name(kind));
    BOOST_TEST((mail_kind(name(kind)) == kind), name(kind));
  }
  BOOST_TEST(names.size() == every_mail_kind().size());
  for (const std::string_view other : {"", "login", "LOGIN_CODE", "login_code ", "login_codes"})
    BOOST_TEST(!mail_kind(other).has_value(), other);
}

BOOST_AUTO_TEST_CASE(code_mails_have_the_fields_code_and_minutes) {
  for (const MailKind kind :
       {MailKind::login_code, MailKind::password_reset_code, MailKind::email_change_code})
    BOOST_TEST(fields_of(kind) == "code minutes", name(kind));
  BOOST_TEST(fields_of(MailKind::password_reset_without_account).empty());
  BOOST_TEST(fields_of(MailKind::email_changed) == "address");
}

BOOST_AUTO_TEST_CASE(packed_mail_unpacks_to_the_same_mail) {
  const Mail code{MailKind::login_code, "ada@example.org", {{"code", "012345"}, {"minutes", "10"}}};
  const Mail bare{MailKind::address_proved, "ada@example.org", {}};
  const Mail unusual{
      MailKind::email_changed, "", {{"", ""}, {"address", "line\r\nBcc: x"}, {"x", "ü{{to}}"}}};
  for (const Mail* one : {&code, &bare, &unusual}) {
    const auto unpacked_mail = Mail::unpacked(one->kind, packed(*one));
    BOOST_REQUIRE(unpacked_mail.has_value());
    BOOST_TEST((unpacked_mail->kind == one->kind));
    BOOST_TEST(unpacked_mail->to == one->to);
    BOOST_TEST((unpacked_mail->fields == one->fields));
  }
}

BOOST_AUTO_TEST_CASE(different_mails_have_different_packed_forms) {
  const auto text = [](const char* to, std::map<std::string, std::string> fields) {
    return packed({MailKind::login_code, to, std::move(fields)});
  };
  const std::set<std::string> all{text("ab", {}),          text("a", {{"b", ""}}),
                                  text("a", {{"", "b"}}),  text("", {{"a", "b"}}),
                                  text("a", {{"b", "c"}}), text("a", {{"b", "c"}, {"d", ""}}),
                                  text("a", {{"bc", ""}}), text("abc", {})};
  BOOST_TEST(all.size() == 8U);
}

BOOST_AUTO_TEST_CASE(damaged_packed_mail_is_rejected) {
  const std::string complete =
      packed({MailKind::login_code, "ada@example.org", {{"code", "012345"}, {"minutes", "10"}}});
  std::size_t shorter_mails = 0;
  for (std::size_t size = 0; size < complete.size(); ++size) {
    const auto truncated = Mail::unpacked(MailKind::login_code, std::string_view(complete).substr(0, size));
    if (!truncated) continue;
    // A truncated text is a valid mail only if it ends exactly after a field.
    BOOST_TEST(complete[size - 1] == '\0');
    BOOST_TEST(truncated->fields.size() < 2U);
    ++shorter_mails;
  }
  BOOST_TEST(shorter_mails == 2U);
  BOOST_TEST(!Mail::unpacked(MailKind::login_code, complete + 'x').has_value());
  BOOST_TEST(!Mail::unpacked(MailKind::login_code, complete + '\0').has_value());
  BOOST_TEST(!Mail::unpacked(MailKind::login_code, "").has_value());
  BOOST_TEST(!Mail::unpacked(MailKind::login_code, "no end").has_value());
  BOOST_TEST(!Mail::unpacked(MailKind::login_code, std::string_view("to\0name\0", 8)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
