#include "taskward/base/csv.hpp"

#include <cstdint>

namespace taskward {
namespace {

/// Where in a field the reading is: before anything, in bare text, in quotes, behind a quote that may be
/// the closing one.
enum class At : std::uint8_t { begin, bare, quoted, quote };

}  // namespace

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
        return "has text behind a quoted field";
      } else if (c == '"') {
        return "has a quote inside a field that does not begin with one";
      } else if (c == '\r') {
        return "has a carriage return outside of quotes";
      } else {
        fields.back() += c;
        at = At::bare;
      }
    }
    if (at != At::quoted) return {};
    size += text.size() + 1;
    auto more = lines_.next();
    if (!more) return "has a quoted field that is not closed";
    if (!more->fault.empty()) return "has line " + std::to_string(more->number) + ", which " + more->fault;
    if (size + more->text.size() > most_) return "is longer than " + std::to_string(most_) + " bytes";
    fields.back() += '\n';
    text = std::move(more->text);
  }
}

}  // namespace taskward
