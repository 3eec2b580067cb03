#include "taskward/base/csv.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward {
namespace {

/// The position in a field. `quote` follows a quote that closes the field or begins a doubled quote.
enum class At : std::uint8_t { begin, bare, quoted, quote };

/// The characters that mark a formula, with their full-width forms, which some spreadsheets treat alike.
constexpr auto kMarks =
    std::to_array<std::string_view>({"=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"});
/// White space that an import may strip.
constexpr std::string_view kStripped = "\t\r\n";
/// What ends a cell for a spreadsheet with another delimiter, or one that ends rows in quoted cells.
constexpr std::string_view kSplitting = ";\t\r\n";

/// Whether a cell that begins at this position of the text, after any apostrophes, is read as a formula.
bool looks_like_formula(std::string_view text, std::size_t at) noexcept {
  const bool is_beginning = at == 0;
  text.remove_prefix(std::min(text.find_first_not_of('\'', at), text.size()));
  if (text.empty()) return false;
  // Within the text, white space is itself followed by such a position.
  if (is_beginning && kStripped.find(text.front()) != std::string_view::npos) return true;
  return std::any_of(kMarks.begin(), kMarks.end(),
                     [&](std::string_view mark) { return text.starts_with(mark); });
}

/// Whether a spreadsheet may find the beginning of a cell at this position.
bool may_begin_cell(std::string_view text, std::size_t at) noexcept {
  return at == 0 || kSplitting.find(text[at - 1]) != std::string_view::npos;
}

/// The first line with text, without the byte order mark and the line end.
std::string_view first_line(std::string_view file) noexcept {
  if (file.starts_with(kByteOrderMark)) file.remove_prefix(kByteOrderMark.size());
  file.remove_prefix(std::min(file.find_first_not_of("\r\n"), file.size()));
  return file.substr(0, file.find_first_of("\r\n"));
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
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (may_begin_cell(text, at) && looks_like_formula(text, at)) out += '\'';
    out += text[at];
  }
  return out;
}

std::string without_formula_guard(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\'' && may_begin_cell(text, at) && looks_like_formula(text, at)) continue;
    out += text[at];
  }
  return out;
}

CsvDialect csv_dialect(std::string_view file) noexcept {
  std::string_view line = first_line(file);
  std::string_view named = line;
  if (named.size() > 1 && named.front() == '"' && named.back() == '"')
    named = named.substr(1, named.size() - 2);
  if (named.size() == 5 && equal_ignoring_case(named.substr(0, 4), "sep=") &&
      std::string_view(",;\t|").find(named[4]) != std::string_view::npos) {
    return {named[4], true};
  }
  constexpr std::string_view delimiters = ",;\t";
  std::array<std::size_t, delimiters.size()> counts{};
  bool is_quoted = false;
  for (const char c : line) {
    if (c == '"') is_quoted = !is_quoted;
    const std::size_t which = delimiters.find(c);
    if (which != std::string_view::npos && !is_quoted) ++counts.at(which);
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return {delimiters[static_cast<std::size_t>(most - counts.begin())], false};
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
      } else if (c == delimiter_) {
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
