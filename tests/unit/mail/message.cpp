// The transmitted form of a message.
#include "taskward/mail/message.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/counting_random.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/unit/mail/support_digits.hpp"

namespace taskward::mail {
namespace {

struct MessageFixture {
  testing::FixedClock clock;
  testing::CountingRandom random{0x11};
  const Uuid id = make_uuid_v7(clock, random);
  model::Mailbox from{"", "taskward@example.org"};
  Letter letter{"123456 is your Taskward code", "Your code: 123456\n\nBye\n", "<p>123456</p>\n"};

  std::optional<Message> composed(const std::string& to = "ada@example.com") {
    return compose(from, to, letter, id, clock.now());
  }
  std::string text() { return std::string(composed().value().content.reveal()); }
};

/// Decodes quoted-printable (RFC 2045, 6.7).
std::string decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 3, "=\r\n") == 0) {
      i += 2;
    } else if (text[i] == '=') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else if (text.compare(i, 2, "\r\n") == 0) {
      out += '\n';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool lines_are_short(const std::string& text) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find("\r\n", begin), text.size());
    if (end - begin > 76) return false;
    begin = end + 2;
  }
  return true;
}

BOOST_FIXTURE_TEST_SUITE(mail_message, MessageFixture)

BOOST_AUTO_TEST_CASE(message_headers_are_in_order_and_subject_is_first) {
  const std::string letters = in_letters(id);
  BOOST_TEST(text() ==
             "Subject: 123456 is your Taskward code\r\n"
             "From: taskward@example.org\r\n"
             "To: ada@example.com\r\n"
             "Date: Sat, 31 Jan 2026 12:00:00 +0000\r\n"
             "Message-ID: <" +
                 letters +
                 "@example.org>\r\n"
                 "MIME-Version: 1.0\r\n"
                 "Auto-Submitted: auto-generated\r\n"
                 "Content-Type: multipart/alternative;\r\n boundary=\"=_" +
                 letters + "\"\r\n\r\n--=_" + letters +
                 "\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: 7bit\r\n\r\n"
                 "Your code: 123456\r\n\r\nBye\r\n--=_" +
                 letters +
                 "\r\n"
                 "Content-Type: text/html; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: 7bit\r\n\r\n"
                 "<p>123456</p>\r\n--=_" +
                 letters + "--\r\n");
}

BOOST_AUTO_TEST_CASE(composing_the_same_letter_gives_the_same_bytes_and_file_name) {
  const auto once = composed();
  const auto again = composed();
  BOOST_TEST(once->content.reveal() == again->content.reveal());
  BOOST_TEST(once->name == again->name);
  BOOST_TEST(once->name == "2026-01-31T12-00-00-000Z-" + in_letters(id));
  BOOST_TEST(once->sender == "taskward@example.org");
  BOOST_TEST(once->recipient == "ada@example.com");
}

BOOST_AUTO_TEST_CASE(only_the_code_has_six_consecutive_digits) {
  letter = {"no code", "no code\n", "<p>no code</p>\n"};
  for (int round = 0; round < 50; ++round) {
    testing::CountingRandom other(static_cast<std::uint8_t>(round * 5));
    clock.advance(std::chrono::microseconds(987'654'321));
    const auto message = compose(from, "ada@example.com", letter, make_uuid_v7(clock, other), clock.now());
    const std::string all = std::string(message->content.reveal()) + message->name;
    BOOST_TEST(longest_run_of_digits(all) < 6U, all);
  }
}

BOOST_AUTO_TEST_CASE(header_injection_is_rejected) {
  for (const std::string& bad : {std::string("a\r\nBcc: b@c.org"), std::string("a\nb"), std::string("a\rb"),
                                 std::string("a\0b", 3), std::string("a\x7f")}) {
    letter.subject = bad;
    BOOST_TEST(!composed().has_value(), bad);
    letter.subject = "fine";
    BOOST_TEST(!composed(bad).has_value(), bad);
    from.name = bad;
    BOOST_TEST(!composed().has_value(), bad);
    from.name.clear();
    BOOST_TEST(composed().has_value());
  }
}

BOOST_AUTO_TEST_CASE(sender_name_precedes_the_address) {
  from.name = "Taskward at work, Inc.";
  BOOST_TEST(text().find("From: \"Taskward at work, Inc.\" <taskward@example.org>\r\n") != std::string::npos);
  from.name = "Täskward";
  BOOST_TEST(text().find("From: =?utf-8?Q?T=C3=A4skward?= <taskward@example.org>\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(part_with_non_ascii_text_or_long_lines_is_quoted_printable) {
  letter.text = "Grüße: 123456\n";
  letter.html = std::string(90, 'x') + "\n";
  BOOST_TEST(text().find("quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe: 123456\r\n--") != std::string::npos);
  BOOST_TEST(text().find("quoted-printable\r\n\r\n" + std::string(75, 'x') + "=\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(quoted_printable_decodes_to_the_original_and_has_short_lines) {
  const std::string all_bytes = [] {
    std::string out;
    for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
    return out;
  }();
  for (const std::string& original :
       {std::string(), std::string("=\n"), std::string("a \nb\t\nc "), std::string(1000, ' '),
        std::string(1000, '='), "x" + std::string(74, 'y') + "é" + std::string(200, 'z'),
        " " + std::string(300, 'w'), all_bytes,
        std::string(
            "one two three four five six seven eight nine ten eleven twelve 123456 thirteen 654321")}) {
    const std::string encoded = quoted_printable(original);
    BOOST_TEST(decoded(encoded) == original);
    BOOST_TEST(lines_are_short(encoded), encoded);
  }
}

BOOST_AUTO_TEST_CASE(code_is_never_split_across_lines) {
  for (std::size_t before = 0; before < 200; ++before) {
    std::string text;
    while (text.size() < before) text += text.size() % 8 == 7 ? ' ' : 'x';
    const std::string encoded = quoted_printable("é " + text + " 123456 " + text);
    BOOST_TEST(encoded.find("123456") != std::string::npos, encoded);
  }
}

BOOST_AUTO_TEST_CASE(subject_encodes_non_ascii_text_but_not_the_leading_code) {
  BOOST_TEST(encoded_subject("123456 is your code") == "123456 is your code");
  BOOST_TEST(encoded_subject("123456 für dich, bitte") == "123456 =?utf-8?Q?f=C3=BCr_dich=2C_bitte?=");
  BOOST_TEST(encoded_subject("é") == "=?utf-8?Q?=C3=A9?=");
  BOOST_TEST(encoded_subject("a =?utf-8?Q?b?=") == "a =?utf-8?Q?=3D=3Futf=2D8=3FQ=3Fb=3F=3D?=");
  std::string words;
  for (int i = 0; i < 100; ++i) words += "é";
  std::string subject = encoded_subject(words);
  // Each piece is an encoded-word of at most 75 characters (RFC 2047, 2) that contains whole characters.
  std::string joined;
  const std::string_view begin = "=?utf-8?Q?";
  const std::string_view end = "?=";
  const std::string_view fold = "\r\n ";
  while (!subject.empty()) {
    const std::string piece = subject.substr(0, subject.find(fold));
    subject.erase(0, piece.size());
    if (!subject.empty()) {
      subject.erase(0, fold.size());
      BOOST_TEST(!subject.empty());
    }
    BOOST_TEST(piece.size() <= 75U);
    BOOST_REQUIRE(
        (piece.size() > begin.size() + end.size() && piece.starts_with(begin) && piece.ends_with(end)));
    const std::string content = piece.substr(begin.size(), piece.size() - begin.size() - end.size());
    BOOST_TEST(content.find('?') == std::string::npos);
    BOOST_TEST(content.size() % 6 == 0U);
    joined += content;
  }
  BOOST_TEST(decoded(joined) == words);
}

BOOST_AUTO_TEST_CASE(mail_date_follows_rfc_5322) {
  using namespace std::chrono;
  BOOST_TEST(mail_date(sys_days(year(2026) / 3 / 1) + hours(9) + minutes(5) + seconds(7) +
                       microseconds(999'999)) == "Sun, 01 Mar 2026 09:05:07 +0000");
  BOOST_TEST(mail_date(sys_days(year(2027) / 12 / 31)) == "Fri, 31 Dec 2027 00:00:00 +0000");
}

BOOST_AUTO_TEST_CASE(uuid_in_letters_keeps_every_bit) {
  BOOST_TEST(in_letters(Uuid::parse("01234567-89ab-cdef-fedc-ba9876543210").value()) ==
             "abcdefghijklmnopponmlkjihgfedcba");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::mail
