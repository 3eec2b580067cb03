#include "taskward/model/user.hpp"

#include <boost/test/unit_test.hpp>

namespace taskward::model {
namespace {

BOOST_AUTO_TEST_SUITE(user)

BOOST_AUTO_TEST_CASE(common_email_addresses_are_accepted) {
  for (const std::string& good :
       {std::string("ada@example.org"), std::string("a@b.co"), std::string("Ada.Lovelace@Example.ORG"),
        std::string("ada+tasks@example.org"), std::string("o'hara@example.org"),
        std::string("!#$%&'*+-/=?^_`{|}~@example.org"), std::string("1@2.example"),
        std::string("ada@xn--bcher-kva.example"), std::string("ada@a-b.c-d.example"),
        std::string("ada@sub.sub.sub.example.org"), std::string("ada@3com.example"),
        std::string(64, 'a') + "@example.org", "ada@" + std::string(63, 'b') + ".org"}) {
    BOOST_TEST(is_email_address(good), good);
  }
}

BOOST_AUTO_TEST_CASE(malformed_email_address_is_rejected) {
  for (const std::string& bad : {std::string(""),
                                 std::string("@"),
                                 std::string("ada"),
                                 std::string("ada@"),
                                 std::string("@example.org"),
                                 std::string("ada@example"),
                                 std::string("ada@@example.org"),
                                 std::string("a@b@example.org"),
                                 std::string(".ada@example.org"),
                                 std::string("ada.@example.org"),
                                 std::string("a..da@example.org"),
                                 std::string("ada@.example.org"),
                                 std::string("ada@example.org."),
                                 std::string("ada@example..org"),
                                 std::string("ada@-example.org"),
                                 std::string("ada@example-.org"),
                                 std::string("ada@exa_mple.org"),
                                 std::string("ada@192.0.2.1"),
                                 std::string("ada@[192.0.2.1]"),
                                 std::string("\"a da\"@example.org"),
                                 std::string("a da@example.org"),
                                 std::string(" ada@example.org"),
                                 std::string("ada@example.org "),
                                 std::string("ada@example.org\n"),
                                 std::string("ada@example.org\r\nBcc: x@y.example"),
                                 std::string("ada@exa\0mple.org", 16),
                                 std::string("ad\0a@example.org", 16),
                                 std::string("ädä@example.org"),
                                 std::string("ada@büro.example"),
                                 std::string("<ada@example.org>"),
                                 std::string("ada@example.org,b@c.de"),
                                 std::string("Ada <ada@example.org>"),
                                 std::string("ada(x)@example.org"),
                                 std::string("ada@example.123"),
                                 std::string(65, 'a') + "@example.org",
                                 "ada@" + std::string(64, 'b') + ".org"}) {
    BOOST_TEST(!is_email_address(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(plus_tags_dots_and_punycode_domains_are_accepted) {
  for (const std::string_view good :
       {"ada.king.lovelace@example.org", "ada+a+b.c@example.org", "+ada@example.org",
        "ada@xn--bro-hoa.example", "ada@xn--fsqu00a.xn--0zwm56d", "ADA@XN--BRO-HOA.EXAMPLE",
        "ada_b-c@mail.example.museum"}) {
    BOOST_TEST(is_email_address(good), good);
  }
}

BOOST_AUTO_TEST_CASE(email_address_cannot_inject_a_line_or_second_recipient) {
  const std::string_view special("\r\n\0\t\v\f \x1b\x7f,;:<>()[]\\\"@", 21);
  for (const char one : special) {
    const std::string piece(1, one);
    for (const std::string& bad :
         {piece + "ada@example.org", "ad" + piece + "a@example.org", "ada" + piece + "@example.org",
          "ada@" + piece + "example.org", "ada@exam" + piece + "ple.org", "ada@example.org" + piece}) {
      BOOST_TEST(!is_email_address(bad), static_cast<int>(one));
    }
  }
  for (const std::string_view bad :
       {"ada@example.org\r\nRCPT TO:<x@y.example>", "\"ada@x\"@example.org", "\"\"@example.org",
        "ada@example.org ", "ada@example.org,x@y.example", "ada@example.org x@y.example", "ada@@example.org",
        "x@y.example@example.org", "ada%x@y.example@example.org", "ada@\xc2\xa0x.org",
        "ada\xe2\x80\xa8@example.org"}) {
    BOOST_TEST(!is_email_address(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(email_address_has_at_most_254_bytes) {
  const std::string local = std::string(64, 'a') + '@';
  const std::string label = std::string(60, 'b') + '.';
  const std::string host = label + label + label;  // 183 bytes
  BOOST_TEST(is_email_address(local + host + std::string(254 - 65 - 183, 'c')));
  BOOST_TEST(!is_email_address(local + host + std::string(255 - 65 - 183, 'c')));
}

BOOST_AUTO_TEST_CASE(username_has_3_to_64_characters) {
  for (const std::string& good : {std::string("ada"), std::string("Ada_Lovelace-1815.x"), std::string("1ada"),
                                  std::string("a--"), std::string(64, 'a')}) {
    BOOST_TEST(is_username(good), good);
  }
  for (const std::string& bad :
       {std::string(""), std::string("ab"), std::string(65, 'a'), std::string(".ada"), std::string("_ada"),
        std::string("-ada"), std::string("a da"), std::string("ada "), std::string("ada@home"),
        std::string("ädä"), std::string("ad\0a", 4), std::string("ada\n"), std::string("ada/.."),
        std::string("ada'--")}) {
    BOOST_TEST(!is_username(bad), bad);
  }
}

BOOST_AUTO_TEST_CASE(username_contains_only_allowed_bytes) {
  const std::string_view inside = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  for (int c = 0; c < 256; ++c) {
    const char one = static_cast<char>(c);
    BOOST_REQUIRE_EQUAL(is_username("a" + std::string(1, one) + "b"),
                        inside.find(one) != std::string_view::npos);
  }
}

BOOST_AUTO_TEST_CASE(account_name_with_an_at_sign_is_an_email_address) {
  BOOST_TEST((AccountName::of("ada@example.org").kind == AccountName::Kind::email));
  BOOST_TEST((AccountName::of("@").kind == AccountName::Kind::email));
  BOOST_TEST((AccountName::of("ada").kind == AccountName::Kind::username));
  BOOST_TEST(AccountName::of("Ada").text == "Ada");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
