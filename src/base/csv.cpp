#include "taskward/base/csv.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace taskward {
namespace {

/// The position in a field. `quote` follows a quote that closes the field or begins a doubled quote.
enum class At : std::uint8_t { begin, bare, quoted, quote };

/// Whether the text, after any apostrophes, begins with = + - @, with their full-width forms, which some
/// spreadsheets treat alike, or with white space that an import may strip.
bool looks_like_formula(std::string_view text) noexcept {
  constexpr auto beginnings = std::to_array<std::string_view>(
      {"=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"});
  text.remove_prefix(std::min(text.find_first_not_of('\''), text.size()));
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view beginning) { return text.starts_with(beginning); });
}

}  // namespace

void append_csv_field(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string with_formula_guard(std::string_view text) {
  return (looks_like_formula(text) ? "'" : "") + std::string(text);
}

std::string_view without_formula_guard(std::string_view text) noexcept {
  return text.starts_with('\'') && looks_like_formula(text) ? text.substr(1) : text;
}

std::optional<CsvRecord> CsvReader::next() {
  while (auto line = lines_.next()) {
    if (line->fault.empty() && (line->text.empty() || line->text == "\r")) continue;
    CsvRecord record;
    record.line = line->number;
    record.fault = line->fault.empty() ? read(std::move(line->text), record.fields) : std::move(line->fault);
    if (!record.fault.empty()) record.fields.clear();
    return record;
  }
  return std::nullopt;
}

std::string CsvReader::read(std::string text, std::vector<std::string>& fields) {
  At at = At::begin;
  std::size_t size = 0;
  fields.emplace_back();
  while (true) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (at == At::quoted) {
        if (c == '"')
          at = At::quote;
        else
          fields.back() += c;
      } else if (c == ',') {
        fields.emplace_back();
        at = At::begin;
      } else if (c == '\r' && i + 1 == text.size()) {
        break;  // of CRLF
      } else if (c == '"' && at == At::begin) {
        at = At::quoted;
      } else if (c == '"' && at == At::quote) {
        fields.back() += c;
        at = At::quoted;
      } else if (at == At::quote) {
        return "has text after a quoted field";
      } else if (c == '"') {
        return "has a quote in an unquoted field";
      } else if (c == '\r') {
        return "has a carriage return in an unquoted field";
      } else {
        fields.back() += c;
        at = At::bare;
      }
    }
    if (at != At::quoted) return {};
    size += text.size() + 1;
    auto more = lines_.next();
    if (!more) return "has an unterminated quoted field";
    if (!more->fault.empty()) return "has line " + std::to_string(more->number) + ", which " + more->fault;
    if (size + more->text.size() > most_) return "is longer than " + std::to_string(most_) + " bytes";
    fields.back() += '\n';
    text = std::move(more->text);
  }
}

}  // namespace taskward
