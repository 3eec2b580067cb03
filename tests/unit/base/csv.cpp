#include "taskward/base/csv.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>

namespace taskward {
namespace {

constexpr std::size_t kMaxBytes = 64;

/// "line[field][field]" or "line! error" of each record, in order.
std::string read(const std::string& text, char delimiter = ',') {
  std::istringstream in(text);
  CsvReader csv_reader(in, kMaxBytes, delimiter);
  std::string out;
  while (const auto record = csv_reader.next()) {
    out += (out.empty() ? "" : " ") + std::to_string(record->line);
    if (!record->fault.empty()) out += "! " + record->fault;
    for (const std::string& field : record->fields) out += '[' + field + ']';
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(csv_reader)

BOOST_AUTO_TEST_CASE(csv_records_are_lines_of_fields) {
  BOOST_TEST(read("") == "");
  BOOST_TEST(read("a,b\nc,d\n") == "1[a][b] 2[c][d]");
  BOOST_TEST(read("a,b\r\nc,d\r\n") == "1[a][b] 2[c][d]");
  BOOST_TEST(read("a,b\nc,d") == "1[a][b] 2[c][d]");
  BOOST_TEST(read("a,b\r\nc,d\r") == "1[a][b] 2[c][d]");
  BOOST_TEST(read(",\n") == "1[][]");
  BOOST_TEST(read(" a , b \n") == "1[ a ][ b ]");
  BOOST_TEST(read("a\n\n\r\nb\n") == "1[a] 4[b]");
  BOOST_TEST(read("\"\"\n") == "1[]");
}

BOOST_AUTO_TEST_CASE(quoted_fields_may_contain_commas_quotes_and_line_breaks) {
  BOOST_TEST(read("\"a,b\",c\n") == "1[a,b][c]");
  BOOST_TEST(read("\"say \"\"hi\"\"\",\"\"\"\"\n") == "1[say \"hi\"][\"]");
  BOOST_TEST(read("\"a\nb\",c\nd,e\n") == "1[a\nb][c] 3[d][e]");
  BOOST_TEST(read("\"a\r\n\r\nb\"\r\nd\r\n") == "1[a\r\n\r\nb] 4[d]");
  BOOST_TEST(read("\"a\"\r\n") == "1[a]");
}

BOOST_AUTO_TEST_CASE(csv_fields_may_be_separated_by_another_delimiter) {
  BOOST_TEST(read("a;b,c\n\"d;e\";f\n", ';') == "1[a][b,c] 2[d;e][f]");
  BOOST_TEST(read("a\tb;c\r\n", '\t') == "1[a][b;c]");
  BOOST_TEST(read("\"a\",b;c\n", ';') == "1! has text after a quoted field");
}

BOOST_AUTO_TEST_CASE(delimiter_is_named_by_the_first_line_or_found_in_the_header) {
  const auto dialect = [](std::string_view file) {
    const CsvDialect found = csv_dialect(file);
    return std::string(found.has_separator_line ? "sep=" : "") + found.delimiter;
  };
  for (const std::string name : {",", ";", "\t", "|"}) {
    BOOST_TEST(dialect("sep=" + name + "\na\n") == "sep=" + name);
    BOOST_TEST(dialect("\xEF\xBB\xBF\r\nSEP=" + name + "\r\na") == "sep=" + name);
    BOOST_TEST(dialect("\"sep=" + name + "\"\na") == "sep=" + name);
  }
  BOOST_TEST(dialect("sep=x\n") == ",");
  BOOST_TEST(dialect("sep=\n") == ",");
  BOOST_TEST(dialect("sep=;;\n") == ";");
  BOOST_TEST(dialect("a;b\nc,d,e\n") == ";");
  BOOST_TEST(dialect("a\tb\n") == "\t");
  BOOST_TEST(dialect("a,b;c,d\n") == ",");
  BOOST_TEST(dialect("a,b;c\n") == ",");
  BOOST_TEST(dialect("\n\n\"a,b,c\";d\n") == ";");
  BOOST_TEST(dialect("a\n") == ",");
  BOOST_TEST(dialect("") == ",");
  BOOST_TEST(dialect("\n\r\n") == ",");
}

BOOST_AUTO_TEST_CASE(csv_byte_order_mark_is_skipped_only_at_the_beginning) {
  BOOST_TEST(read("\xEF\xBB\xBF\"a\",b\nc\n") == "1[a][b] 2[c]");
  BOOST_TEST(read("a\n\xEF\xBB\xBF"
                  "b\n") ==
             "1[a] 2[\xEF\xBB\xBF"
             "b]");
}

BOOST_AUTO_TEST_CASE(malformed_record_is_reported_and_the_next_one_parsed) {
  BOOST_TEST(read("a\"b,c\nd\n") == "1! has a quote in an unquoted field 2[d]");
  BOOST_TEST(read("\"a\"b,c\nd\n") == "1! has text after a quoted field 2[d]");
  BOOST_TEST(read("\"a\" ,c\nd\n") == "1! has text after a quoted field 2[d]");
  BOOST_TEST(read("a\rb\nd\n") == "1! has a carriage return in an unquoted field 2[d]");
  BOOST_TEST(read("a\n\"b\nc\n") == "1[a] 2! has an unterminated quoted field");
  BOOST_TEST(read("a\n\"b") == "1[a] 2! has an unterminated quoted field");
}

BOOST_AUTO_TEST_CASE(invalid_utf8_and_nul_are_reported_by_line) {
  BOOST_TEST(read("a\n\xff,b\nc\n") == "1[a] 2! is not UTF-8 3[c]");
  BOOST_TEST(read(std::string("a\0b\nc\n", 6)) == "1! contains a NUL 2[c]");
  BOOST_TEST(read("\"a\n\xff\"\nc\n") == "1! has line 2, which is not UTF-8 3[c]");
}

BOOST_AUTO_TEST_CASE(record_size_limit_includes_all_lines) {
  BOOST_TEST(read(std::string(kMaxBytes, 'x') + "\ny\n") == "1[" + std::string(kMaxBytes, 'x') + "] 2[y]");
  BOOST_TEST(read(std::string(kMaxBytes + 1, 'x') + "\ny\n") == "1! is longer than 64 bytes 2[y]");
  std::string long_field = "\"";
  for (int i = 0; i < 40; ++i) long_field += "x\n";
  BOOST_TEST(read(long_field + "\"\n").starts_with("1! is longer than 64 bytes"));
}

BOOST_AUTO_TEST_CASE(any_input_is_parsed_to_the_end) {
  // Every text of five characters from those that are special, and one that is not.
  const std::string alphabet = "a,\"\n\r\xff";
  for (int seed = 0; seed < 6 * 6 * 6 * 6 * 6; ++seed) {
    std::string text;
    for (int rest = seed, i = 0; i < 5; ++i, rest /= 6) text += alphabet[static_cast<std::size_t>(rest % 6)];
    std::istringstream in(text);
    CsvReader reader(in, kMaxBytes);
    std::size_t records = 0;
    while (const auto record = reader.next()) {
      BOOST_TEST_REQUIRE((record->fault.empty() != record->fields.empty()), text);
      BOOST_TEST_REQUIRE(++records <= 6U, text);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
