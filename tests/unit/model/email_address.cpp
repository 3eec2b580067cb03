// E-mail addresses with internationalised domain names.
#include "taskward/model/email_address.hpp"

#include <utility>

#include <boost/test/unit_test.hpp>

#include "taskward/model/mailbox.hpp"
#include "taskward/model/user.hpp"

namespace taskward::model {
namespace {

BOOST_AUTO_TEST_SUITE(email_address)

BOOST_AUTO_TEST_CASE(domain_is_converted_to_a_labels) {
  const std::pair<const char*, const char*> cases[] = {
      {"user@bücher.example", "user@xn--bcher-kva.example"},
      {"User@BÜCHER.Example", "User@xn--bcher-kva.example"},
      {"user@bu\u0308cher.example", "user@xn--bcher-kva.example"},  // decomposed
      {"user@straße.example", "user@xn--strae-oqa.example"},        // nontransitional
      {"user@例え.テスト", "user@xn--r8jz45g.xn--zckzah"},
      {"user@bücher\u3002example", "user@xn--bcher-kva.example"},  // ideographic full stop
      {"user@example\uFF0Eorg", "user@example.org"},               // full-width full stop
      {"user@\uFF45xample\uFF61org", "user@example.org"},          // full-width letter, half-width stop
      {"User@Example.ORG", "User@Example.ORG"},                    // ASCII is not changed
      {"user@XN--bcher-KVA.example", "user@XN--bcher-KVA.example"},
  };
  for (const auto& [given, stored] : cases) {
    const EmailReading reading = read_email(given);
    BOOST_TEST(reading.fault == "", given);
    BOOST_TEST(reading.address == stored, given);
    BOOST_TEST(is_email_address(reading.address), given);
    BOOST_TEST(AccountName::of(given).text == stored, given);
    BOOST_TEST(Mailbox::parse("A Name <" + std::string(given) + ">").value().address == stored, given);
  }
}

BOOST_AUTO_TEST_CASE(invalid_addresses_are_refused_with_a_reason) {
  const auto fault = [](std::string_view text) {
    const EmailReading reading = read_email(text);
    BOOST_TEST(reading.address == "", text);
    return reading.fault;
  };
  for (const char* text : {"user@\u2603.example", "user@a\u200Db.example", "user@xn--bcher-kva\u00FC.example",
                           "user@\xFF.example"})
    BOOST_TEST(fault(text).find("IDNA 2008") != std::string_view::npos, text);
  using namespace std::string_view_literals;
  BOOST_TEST(fault("user@b\u00FCcher.example\0.org"sv).find("IDNA 2008") != std::string_view::npos);
  for (const char* text : {"b\u00FCcher@example.org", "\u00FC@\u00FC.example", "\xFF@example.org"})
    BOOST_TEST(fault(text).find("only ASCII characters before the @") != std::string_view::npos, text);
  for (const char* text : {"", "user", "b\u00FCcher", "@b\u00FCcher.example", "user@b\u00FCcher",
                           "user@\u00FC..example", "user@b\u00FC cher.example", "user@b\u00FC_cher.example"})
    BOOST_TEST(!fault(text).empty(), text);
  // The limit applies to the stored form.
  BOOST_TEST(!fault("user@" + std::string(60, 'a') + "\u00FC\u00E4\u00F6.example").empty());
}

BOOST_AUTO_TEST_CASE(name_that_cannot_be_converted_is_kept) {
  BOOST_TEST(AccountName::of("user@\u2603.example").text == "user@\u2603.example");
  BOOST_TEST(AccountName::of("b\u00FCcher").text == "b\u00FCcher");
  BOOST_TEST(!Mailbox::parse("user@\u2603.example").has_value());
  BOOST_TEST(Mailbox::parse("user@b\u00FCcher").value().address == "user@xn--bcher-kva");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
