// Writing CSV, and the guard against formula injection.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "taskward/base/csv.hpp"

namespace taskward {
namespace {

std::string field(std::string_view text) {
  std::string out;
  append_csv_field(out, text);
  return out;
}

/// Characters that are special at the beginning of a cell, or may precede such a character.
const std::vector<std::string> kPieces{"'",      "\"",     "=", "+",    "-", "@", "\t",     "\r",
                                       "\n",     ",",      ";", " ",    "a", "1", "\uFF1D", "\uFF0B",
                                       "\uFF0D", "\uFF20", "é", "🦊", "|", "%", "\\",     "\uFEFF"};

/// Every combination of at most three pieces.
std::vector<std::string> short_texts() {
  std::vector<std::string> texts{""};
  for (std::size_t begin = 0, length = 0; length < 3; ++length) {
    const std::size_t end = texts.size();
    for (; begin < end; ++begin) {
      for (const std::string& piece : kPieces) texts.push_back(texts[begin] + piece);
    }
  }
  return texts;
}

/// Whether a spreadsheet may evaluate the cell as a formula, or a part of it, if it reads the file with
/// another delimiter.
bool is_formula(std::string_view cell) {
  const std::vector<std::string_view> marks{"=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  for (std::size_t at = 0; at < cell.size(); ++at) {
    if (at != 0 && std::string_view(";\t\r\n").find(cell[at - 1]) == std::string_view::npos) continue;
    if (std::any_of(marks.begin(), marks.end(),
                    [&](std::string_view one) { return cell.substr(at).starts_with(one); }))
      return true;
  }
  return !cell.empty() && std::string_view("\t\r\n").find(cell.front()) != std::string_view::npos;
}

BOOST_AUTO_TEST_SUITE(csv_writing)

BOOST_AUTO_TEST_CASE(csv_field_is_quoted_and_its_quotes_are_doubled) {
  BOOST_TEST(field("") == R"("")");
  BOOST_TEST(field("a, b") == R"("a, b")");
  BOOST_TEST(field("\"") == R"("""")");
  BOOST_TEST(field("say \"hi\"") == R"("say ""hi""")");
  BOOST_TEST(field("a\r\nb") == "\"a\r\nb\"");
  std::string line = "x,";
  append_csv_field(line, "y");
  BOOST_TEST(line == "x,\"y\"");
}

BOOST_AUTO_TEST_CASE(written_csv_fields_parse_to_the_same_bytes) {
  std::string file;
  const std::vector<std::string> texts = short_texts();
  for (std::size_t i = 0; i + 1 < texts.size(); i += 2) {
    append_csv_field(file, texts[i]);
    file += ',';
    append_csv_field(file, texts[i + 1]);
    file += "\r\n";
  }
  std::istringstream in(file);
  CsvReader reader(in, 1024);
  std::size_t read = 0;
  while (const auto record = reader.next()) {
    BOOST_TEST_REQUIRE(record->fault == "");
    BOOST_TEST_REQUIRE(record->fields.size() == 2U);
    BOOST_TEST_REQUIRE(record->fields[0] == texts[read]);
    BOOST_TEST_REQUIRE(record->fields[1] == texts[read + 1]);
    read += 2;
  }
  BOOST_TEST(read == texts.size() / 2 * 2);
}

BOOST_AUTO_TEST_CASE(text_that_begins_like_a_formula_gets_an_apostrophe) {
  for (const char* text :
       {"=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "-", "@SUM(A1)", "\ta", "\ra", "\na", "\uFF1D1+1",
        "\uFF0B1", "\uFF0D1", "\uFF20SUM(A1)", "=", "'=1", "''=1", "'\t", "'''''''@x"}) {
    BOOST_TEST(with_formula_guard(text) == "'" + std::string(text), text);
  }
}

BOOST_AUTO_TEST_CASE(text_within_which_a_cell_may_begin_like_a_formula_gets_an_apostrophe_there) {
  BOOST_TEST(with_formula_guard("a;=1") == "a;'=1");
  BOOST_TEST(with_formula_guard("a\t@b;'+c") == "a\t'@b;''+c");
  BOOST_TEST(with_formula_guard("list:\n- a\n\n- b") == "list:\n'- a\n\n'- b");
  BOOST_TEST(with_formula_guard("a\r\n=1") == "a\r\n'=1");
  BOOST_TEST(with_formula_guard("\t=1") == "'\t'=1");
  BOOST_TEST(with_formula_guard("=a;\uFF1D") == "'=a;'\uFF1D");
  for (const char* text : {"a;b", "a;'b", "a,=1", "a;", "a; =1", "a|=1", "one\n\ntwo"})
    BOOST_TEST(with_formula_guard(text) == text, text);
}

BOOST_AUTO_TEST_CASE(other_texts_are_not_guarded) {
  for (const char* text : {"",
                           "a",
                           "a=1",
                           "1-2",
                           "1",
                           "x@example.org",
                           " =1",
                           "\"=1\"",
                           "'",
                           "''",
                           "'a",
                           "'tis",
                           "a'=1",
                           "' =1",
                           "\u2212"
                           "1",
                           "\uFF1E",
                           "\uFF1C",
                           "\uFF0C",
                           "\u00A0=",
                           "é",
                           "🦊",
                           "!",
                           "#",
                           "(=1)"}) {
    BOOST_TEST(with_formula_guard(text) == text, text);
    BOOST_TEST(without_formula_guard(text) == text, text);
  }
}

BOOST_AUTO_TEST_CASE(guarded_text_is_no_formula_and_can_be_restored) {
  for (const std::string& text : short_texts()) {
    const std::string guarded = with_formula_guard(text);
    BOOST_TEST_REQUIRE(!is_formula(guarded), text);
    BOOST_TEST_REQUIRE(without_formula_guard(guarded) == text, text);
    // A guarded text can itself be guarded and restored.
    BOOST_TEST_REQUIRE(without_formula_guard(with_formula_guard(guarded)) == guarded, text);
  }
}

BOOST_AUTO_TEST_CASE(different_texts_have_different_guarded_forms) {
  std::vector<std::string> guarded;
  for (const std::string& text : short_texts()) guarded.push_back(with_formula_guard(text));
  std::sort(guarded.begin(), guarded.end());
  BOOST_TEST((std::adjacent_find(guarded.begin(), guarded.end()) == guarded.end()));
}

BOOST_AUTO_TEST_CASE(one_foreign_guard_is_removed) {
  BOOST_TEST(without_formula_guard("'=1") == "=1");
  BOOST_TEST(without_formula_guard("''=1") == "'=1");
  BOOST_TEST(without_formula_guard("'-") == "-");
  BOOST_TEST(without_formula_guard("=1") == "=1");
}

BOOST_AUTO_TEST_CASE(texts_of_any_bytes_can_be_guarded_and_restored) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const std::string before : {"", "'", "''"}) {
      const std::string text = before + static_cast<char>(byte) + "x";
      BOOST_TEST(without_formula_guard(with_formula_guard(text)) == text, byte);
      BOOST_TEST(!is_formula(with_formula_guard(text)), byte);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
