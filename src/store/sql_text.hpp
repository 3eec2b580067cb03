// SQL templates with named placeholders.
//
//   filled("select from {table} where owner_id = {owner}", {{"table", "taskward.tasks"}, {"owner", "c.id"}})
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace taskward::store {

/// Replaces each {name} by its value. Other braces stay, as SQL uses them in array literals. Throws
/// std::logic_error when the text has no placeholder of one of the names.
[[nodiscard]] std::string filled(std::string text,
                                 std::initializer_list<std::pair<std::string_view, std::string>> values);

/// The same for a text that is one of several and need not have all of the names.
[[nodiscard]] std::string filled_if_present(
    std::string text, std::initializer_list<std::pair<std::string_view, std::string>> values);

/// SQL: the text expression `text` as input of to_tsvector, without the characters on which PostgreSQL's text
/// search parser takes quadratic time (seconds for 10 000 characters). None of them is part of a word.
[[nodiscard]] std::string parsable(const std::string& text);

}  // namespace taskward::store
