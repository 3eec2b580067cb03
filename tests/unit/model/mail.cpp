// A mail as one text to be sealed, and back.
#include "taskward/model/mail.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

namespace taskward::model {
namespace {

std::string packed(const Mail& mail) { return std::string(mail.packed().reveal()); }

BOOST_AUTO_TEST_SUITE(mail)

BOOST_AUTO_TEST_CASE(every_kind_is_found_by_its_name_and_by_no_other) {
  std::set<std::string_view> names;
  for (const MailKind kind : every_mail_kind()) {
    BOOST_TEST(names.insert(name(kind)).second, name(kind));
    BOOST_TEST((mail_kind(name(kind)) == kind), name(kind));
  }
  BOOST_TEST(names.size() == every_mail_kind().size());
  for (const std::string_view other : {"", "login", "LOGIN_CODE", "login_code ", "login_codes"})
    BOOST_TEST(!mail_kind(other).has_value(), other);
}

BOOST_AUTO_TEST_CASE(codes_carry_their_digits_and_how_long_they_hold) {
  for (const MailKind kind :
       {MailKind::login_code, MailKind::password_reset_code, MailKind::email_change_code})
    BOOST_TEST(fields_of(kind) == "code minutes", name(kind));
  BOOST_TEST(fields_of(MailKind::password_reset_without_account).empty());
  BOOST_TEST(fields_of(MailKind::email_changed) == "address");
}

BOOST_AUTO_TEST_CASE(what_was_packed_comes_out_as_it_was) {
  const Mail code{MailKind::login_code, "ada@example.org", {{"code", "012345"}, {"minutes", "10"}}};
  const Mail bare{MailKind::address_proved, "ada@example.org", {}};
  const Mail odd{MailKind::email_changed, "", {{"", ""}, {"address", "line\r\nBcc: x"}, {"x", "ü{{to}}"}}};
  for (const Mail* one : {&code, &bare, &odd}) {
    const auto back = Mail::unpacked(one->kind, packed(*one));
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((back->kind == one->kind));
    BOOST_TEST(back->to == one->to);
    BOOST_TEST((back->fields == one->fields));
  }
}

BOOST_AUTO_TEST_CASE(no_two_mails_are_packed_alike) {
  const auto text = [](const char* to, std::map<std::string, std::string> fields) {
    return packed({MailKind::login_code, to, std::move(fields)});
  };
  const std::set<std::string> all{text("ab", {}),          text("a", {{"b", ""}}),
                                  text("a", {{"", "b"}}),  text("", {{"a", "b"}}),
                                  text("a", {{"b", "c"}}), text("a", {{"b", "c"}, {"d", ""}}),
                                  text("a", {{"bc", ""}}), text("abc", {})};
  BOOST_TEST(all.size() == 8U);
}

BOOST_AUTO_TEST_CASE(damaged_text_is_no_mail) {
  const std::string whole =
      packed({MailKind::login_code, "ada@example.org", {{"code", "012345"}, {"minutes", "10"}}});
  std::size_t shorter_mails = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = Mail::unpacked(MailKind::login_code, std::string_view(whole).substr(0, size));
    if (!cut) continue;
    // Only at the end of a field is the rest a mail again; one without its last field then.
    BOOST_TEST(whole[size - 1] == '\0');
    BOOST_TEST(cut->fields.size() < 2U);
    ++shorter_mails;
  }
  BOOST_TEST(shorter_mails == 2U);
  BOOST_TEST(!Mail::unpacked(MailKind::login_code, whole + 'x').has_value());
  BOOST_TEST(!Mail::unpacked(MailKind::login_code, whole + '\0').has_value());
  BOOST_TEST(!Mail::unpacked(MailKind::login_code, "").has_value());
  BOOST_TEST(!Mail::unpacked(MailKind::login_code, "no end").has_value());
  BOOST_TEST(!Mail::unpacked(MailKind::login_code, std::string_view("to\0name\0", 8)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
