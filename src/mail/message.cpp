#include "taskward/mail/message.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::mail {
namespace {

constexpr std::size_t kLineMax = 76;         // RFC 2045, section 6.7
constexpr std::size_t kEncodedWordMax = 75;  // RFC 2047, section 2
constexpr std::string_view kWordBegin = "=?utf-8?Q?";
constexpr std::string_view kWordEnd = "?=";

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string escaped(char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'=', digits[byte >> 4U], digits[byte & 15U]};
}

std::string two_digits(unsigned number) {
  return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

/// Q encoding (RFC 2047, section 4.2), restricted to characters that are allowed in all contexts.
std::string in_encoded_word(std::string_view code_point) {
  std::string out;
  for (const char c : code_point) {
    if (is_alpha(c) || is_digit(c))
      out += c;
    else
      out += c == ' ' ? std::string("_") : escaped(c);
  }
  return out;
}

/// One or more encoded words, split between code points.
std::string encoded_words(std::string_view text) {
  std::string out(kWordBegin);
  std::size_t length = kWordBegin.size();
  while (!text.empty()) {
    const std::size_t size = std::max<std::size_t>(code_point_length(text), 1);
    const std::string piece = in_encoded_word(text.substr(0, size));
    if (length + piece.size() + kWordEnd.size() > kEncodedWordMax) {
      out += std::string(kWordEnd) + "\r\n " + std::string(kWordBegin);
      length = kWordBegin.size();
    }
    out += piece;
    length += piece.size();
    text.remove_prefix(size);
  }
  return out + std::string(kWordEnd);
}

/// RFC 5322, section 3.4. The name becomes a quoted-string, which Mailbox guarantees to be valid.
std::string from_value(const model::Mailbox& box) {
  if (box.name.empty()) return box.address;
  return (is_ascii(box.name) ? '"' + box.name + '"' : encoded_words(box.name)) + " <" + box.address + '>';
}

bool needs_encoding(std::string_view text) {
  std::size_t line = 0;
  for (const char c : text) {
    line = c == '\n' ? 0 : line + 1;
    const auto byte = static_cast<unsigned char>(c);
    if (line > kLineMax || byte >= 0x7f || (byte < 0x20 && c != '\n' && c != '\t')) return true;
  }
  return false;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

std::string part(std::string_view type, std::string_view text) {
  std::string out = "Content-Type: " + std::string(type) + "; charset=utf-8\r\nContent-Transfer-Encoding: ";
  out += needs_encoding(text) ? "quoted-printable\r\n\r\n" + quoted_printable(text)
                              : "7bit\r\n\r\n" + with_crlf(text);
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

/// 2026-01-31T23-59-59-123Z: sorts by time and has no six consecutive digits.
std::string file_moment(Timestamp moment) {
  std::string out = rfc3339(moment);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == ':' || c == '.'; }, '-');
  return out;
}

}  // namespace

std::string in_letters(const Uuid& id) {
  std::string out;
  for (const std::uint8_t byte : id.bytes) {
    out += static_cast<char>('a' + (byte >> 4U));
    out += static_cast<char>('a' + (byte & 15U));
  }
  return out;
}

std::string mail_date(Timestamp moment) {
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(moment - day));
  return std::string(days[std::chrono::weekday(day).c_encoding()]) + ", " +
         two_digits(static_cast<unsigned>(date.day())) + ' ' +
         std::string(months[static_cast<unsigned>(date.month()) - 1]) + ' ' +
         std::to_string(static_cast<int>(date.year())) + ' ' +
         two_digits(static_cast<unsigned>(time.hours().count())) + ':' +
         two_digits(static_cast<unsigned>(time.minutes().count())) + ':' +
         two_digits(static_cast<unsigned>(time.seconds().count())) + " +0000";
}

std::string encoded_subject(std::string_view text) {
  // White space between encoded words is not displayed, so everything from the first to the last non-ASCII
  // word is encoded.
  const auto is_not_ascii = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  const auto first = std::find_if(text.begin(), text.end(), is_not_ascii);
  std::size_t begin = static_cast<std::size_t>(first - text.begin());
  // Text that looks like an encoded word must be encoded.
  begin = std::min(begin, text.find("=?"));
  if (begin >= text.size()) return std::string(text);
  const std::size_t space = text.rfind(' ', begin);
  const std::string_view plain = space == std::string_view::npos ? "" : text.substr(0, space + 1);
  return std::string(plain) + encoded_words(text.substr(plain.size()));
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::string line;
  std::size_t last_space = 0;  // where the line can be broken between words; 0 if nowhere
  const auto end_line = [&](std::string_view ending) {
    out += line;
    out += ending;
    line.clear();
    last_space = 0;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      end_line("\r\n");
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    const bool plain = (c == ' ' || c == '\t') ? !ends_line : byte > 0x20 && byte < 0x7f && c != '=';
    const std::string piece = plain ? std::string(1, c) : escaped(c);
    while (line.size() + piece.size() > kLineMax - 1) {
      const std::size_t cut = last_space != 0 ? last_space : line.size();
      const std::string rest = line.substr(cut);
      line.resize(cut);
      end_line("=\r\n");
      line = rest;
    }
    line += piece;
    if (c == ' ') last_space = line.size();
  }
  return out + line;
}

std::optional<Message> compose(const model::Mailbox& from, const std::string& to, const Letter& letter,
                               const Uuid& id, Timestamp written_at) {
  for (const std::string_view value : {std::string_view(from.name), std::string_view(from.address),
                                       std::string_view(to), std::string_view(letter.subject)}) {
    if (has_control_character(value)) return std::nullopt;
  }
  const std::string letters = in_letters(id);
  const std::string domain = from.address.substr(from.address.rfind('@') + 1);
  // No quoted-printable line begins with "--=_", because equals signs are escaped.
  const std::string boundary = "=_" + letters;
  std::string content = "Subject: " + encoded_subject(letter.subject) + "\r\nFrom: " + from_value(from) +
                        "\r\nTo: " + to + "\r\nDate: " + mail_date(written_at) + "\r\nMessage-ID: <" +
                        letters + '@' + domain +
                        ">\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\nContent-Type: "
                        "multipart/alternative;\r\n boundary=\"" +
                        boundary + "\"\r\n\r\n";
  content += "--" + boundary + "\r\n" + part("text/plain", letter.text);
  content += "--" + boundary + "\r\n" + part("text/html", letter.html);
  content += "--" + boundary + "--\r\n";
  Message message;
  message.sender = from.address;
  message.recipient = to;
  message.name = file_moment(written_at) + '-' + letters;
  message.content = Secret::take(content);
  return message;
}

}  // namespace taskward::mail
