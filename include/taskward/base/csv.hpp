// CSV by RFC 4180: records read strictly and one at a time, and fields written.
//
//   CsvReader csv(file, 65536);
//   while (const auto record = csv.next()) …
//
// A field in quotes may hold commas, line breaks and doubled quotes. Lines end with LF or CRLF. A line
// without anything is no record. What is wrong with one record does not hide the next: reading goes on
// behind the line where the fault showed.
#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/lines.hpp"

namespace taskward {

struct CsvRecord {
  std::size_t line = 0;             ///< where it begins, from 1
  std::vector<std::string> fields;  ///< UTF-8 without a NUL
  std::string fault;                ///< what is wrong with it, as a clause; empty when it is sound
};

/// Appends the text as one quoted field.
void append_csv_field(std::string& out, std::string_view text);

/// Spreadsheets take a field that begins like a formula for one, and run it. So such a text gets an
/// apostrophe before it, and so does one that begins with apostrophes before such a beginning, which makes
/// this undoable: without_formula_guard gives the text back that it had before.
[[nodiscard]] std::string with_formula_guard(std::string_view text);
[[nodiscard]] std::string_view without_formula_guard(std::string_view text) noexcept;

class CsvReader {
 public:
  /// A larger record than `most` bytes is a fault. The stream outlives the reader.
  CsvReader(std::istream& in, std::size_t most) : lines_(in, most), most_(most) {}

  /// Nothing at the end. Throws std::runtime_error when the stream breaks.
  [[nodiscard]] std::optional<CsvRecord> next();

 private:
  /// Reads the record that begins with the line, further lines included. What is wrong with it, or empty.
  [[nodiscard]] std::string read(std::string text, std::vector<std::string>& fields);

  LineReader lines_;
  std::size_t most_;
};

}  // namespace taskward
