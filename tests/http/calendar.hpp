// A strict parser of the iCalendar subset (RFC 5545) that the product writes.
//
//   for (const Todo& todo : read_calendar(response.body)) BOOST_TEST(todo.at("SUMMARY") == …);
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace taskward::test {

/// The properties of a VTODO by name, with their raw values.
using Todo = std::map<std::string, std::string>;

/// Throws std::runtime_error that describes the error: an overlong line or one without CRLF, a folded
/// character, a control character, END without BEGIN, a repeated or missing property …
[[nodiscard]] std::vector<Todo> read_calendar(std::string_view text);

/// The unescaped value of a TEXT property; throws if a character should have been escaped.
[[nodiscard]] std::string calendar_text(std::string_view value);
/// The unescaped values of a comma-separated list of TEXT.
[[nodiscard]] std::vector<std::string> calendar_texts(std::string_view value);

}  // namespace taskward::test
