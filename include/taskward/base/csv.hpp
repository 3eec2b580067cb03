// CSV (RFC 4180): strict reading, one record at a time, and writing of fields.
//
//   CsvReader csv(file, 65536);
//   while (const auto record = csv.next()) …
//
// Quoted fields may contain delimiters, line breaks and doubled quotes. Lines end with LF or CRLF. Empty
// lines are ignored. After an invalid record, reading continues with the line after the error.
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
  std::size_t line = 0;             ///< of its beginning, from 1
  std::vector<std::string> fields;  ///< UTF-8 without a NUL
  std::string fault;                ///< why it is invalid, such as "is not UTF-8"; empty if it is valid
};

/// Appends the text as one quoted field.
void append_csv_field(std::string& out, std::string_view text);

/// Inserts an apostrophe where a spreadsheet would find the beginning of a formula: at the beginning of the
/// text, and after a semicolon, tab or line break, which may begin a cell if the spreadsheet reads the file
/// with another delimiter. Where apostrophes already precede such a beginning it inserts another, so that
/// without_formula_guard restores the original.
[[nodiscard]] std::string with_formula_guard(std::string_view text);
[[nodiscard]] std::string without_formula_guard(std::string_view text);

/// How a file separates fields.
struct CsvDialect {
  char delimiter = ',';
  /// Whether the first record is only `sep=` and the delimiter, which spreadsheets write and read.
  bool has_separator_line = false;
};

/// The delimiter that the first line names (`sep=;`, with a comma, semicolon, tab or vertical bar), else the
/// one of comma, semicolon and tab that the first line with text has most often outside of quotes.
[[nodiscard]] CsvDialect csv_dialect(std::string_view file) noexcept;

class CsvReader {
 public:
  /// A record may have at most `most` bytes. The stream must outlive the reader.
  CsvReader(std::istream& in, std::size_t most, char delimiter = ',')
      : lines_(in, most), most_(most), delimiter_(delimiter) {}

  /// Nothing at the end of the stream. Throws std::runtime_error if the stream fails.
  [[nodiscard]] std::optional<CsvRecord> next();

 private:
  /// Reads the record that begins with the line and may continue on further lines. Returns CsvRecord::fault.
  [[nodiscard]] std::string read(std::string text, std::vector<std::string>& fields);

  LineReader lines_;
  std::size_t most_;
  char delimiter_;
};

}  // namespace taskward
