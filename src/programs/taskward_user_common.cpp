#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/model/email_address.hpp"
#include "user_common.hpp"

namespace taskward::programs {
namespace {

/// The code point that a valid sequence stands for (RFC 3629, section 3).
char32_t code_point(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return byte(0);
  char32_t out = byte(0) & (0xFFU >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) out = (out << 6U) | (byte(i) & 0x3FU);
  return out;
}

/// C0, DEL and C1, line and paragraph separators, and bidirectional formatting characters.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x61C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string hex(unsigned value) {
  std::array<char, 8> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr};
}

std::size_t width(const std::string& text) { return code_points(text).value_or(text.size()); }

}  // namespace

std::optional<std::string> email_option(const config::CommandLine& line) {
  const auto given = line.value("email");
  if (!given) return given;
  auto reading = model::read_email(*given);
  if (!reading.fault.empty())
    throw config::BadCommandLine("--email: '" + *given + "' " + std::string(reading.fault));
  return std::move(reading.address);
}

std::optional<std::string> username_option(const config::CommandLine& line) {
  auto username = line.value("username");
  if (username && !model::is_username(*username)) {
    throw config::BadCommandLine(
        "--username: '" + *username +
        "' must have 3 to 64 letters, digits, '.', '_' and '-', starting with a letter or digit");
  }
  return username;
}

std::optional<model::Role> role_option(const config::CommandLine& line) {
  const auto given = line.value("role");
  if (!given) return std::nullopt;
  const auto role = model::role(*given);
  if (!role) throw config::BadCommandLine("--role: '" + *given + "' is not one of guest, user, admin");
  return role;
}

Secret read_password() {
  std::string line;
  std::getline(std::cin, line);
  return Secret::take(line);
}

int report_refusal(const Error& error) {
  std::cerr << "taskward: " << (error.detail.empty() ? std::string(facts(error.code).detail) : error.detail)
            << '\n';
  for (const FieldFault& fault : error.faults)
    std::cerr << "  " << fault.field << ": " << fault.message << '\n';
  return kRefused;
}

int report_unknown_user(std::string_view user) {
  std::cerr << "taskward: there is no user '" << for_terminal(user) << "'\n";
  return kRefused;
}

std::string for_terminal(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = code_point_length(text);
    const std::string_view piece = text.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0)
      out += "\\x" + hex(static_cast<unsigned char>(piece.front()));
    else if (const char32_t c = code_point(piece); is_control(c))
      out += "\\u{" + hex(static_cast<unsigned>(c)) + '}';
    else
      out += piece;
    text.remove_prefix(piece.size());
  }
  return out;
}

void print_aligned(const std::vector<TableRow>& rows) {
  std::vector<std::size_t> widths;
  for (const TableRow& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const TableRow& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::cout << row[i];
      if (i + 1 < row.size()) std::cout << std::string(widths[i] - width(row[i]) + 2, ' ');
    }
    std::cout << '\n';
  }
}

}  // namespace taskward::programs
