// SQL with places in it that are filled in.
//
//   filled("select from {table} where owner_id = {owner}", {{"table", "taskward.tasks"}, {"owner", "c.id"}})
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace taskward::store {

/// Braces with a known name in them give way to the text of that name; all other braces stay, as SQL has
/// them in arrays. A name that stands nowhere is a mistake and throws.
[[nodiscard]] inline std::string filled(
    std::string text, std::initializer_list<std::pair<std::string_view, std::string>> places) {
  for (const auto& [name, value] : places) {
    const std::string place = '{' + std::string(name) + '}';
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(place, at)) != std::string::npos; at += value.size(), ++count)
      text.replace(at, place.size(), value);
    if (count == 0) throw std::logic_error("SQL has no place called " + std::string(name));
  }
  return text;
}

/// SQL: a text that PostgreSQL is to make words of, without the signs that make its parser look through what
/// is left of the text over and over (some seconds for 10 000 characters); none of them is part of a word.
[[nodiscard]] inline std::string parsable(const std::string& text) {
  return "translate(" + text + ", '_~/@', '    ')";
}

}  // namespace taskward::store
