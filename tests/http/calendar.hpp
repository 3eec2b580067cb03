// A strict reader of iCalendar (RFC 5545), for what the product writes.
//
//   for (const Todo& todo : read_calendar(answer.body)) BOOST_TEST(todo.at("SUMMARY") == …);
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace taskward::test {

/// The properties of a VTODO by their names, as they stand there.
using Todo = std::map<std::string, std::string>;

/// Throws std::runtime_error, which says what is wrong: a line that is too long or does not end with CRLF, a
/// folded character, a control character, an END without its BEGIN, a property twice, one that is missing …
[[nodiscard]] std::vector<Todo> read_calendar(std::string_view text);

/// The text that a TEXT is; throws when something in it should have been escaped.
[[nodiscard]] std::string calendar_text(std::string_view value);
/// The texts between its commas.
[[nodiscard]] std::vector<std::string> calendar_texts(std::string_view value);

}  // namespace taskward::test
