#include "sql_text.hpp"

#include <stdexcept>

namespace taskward::store {

namespace {

/// Replaces each {name}, and returns how many there were.
std::size_t replace(std::string& text, std::string_view name, const std::string& value) {
  const std::string placeholder = '{' + std::string(name) + '}';
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos;
       at += value.size(), ++count)
    text.replace(at, placeholder.size(), value);
  return count;
}

}  // namespace

std::string filled(std::string text, std::initializer_list<std::pair<std::string_view, std::string>> values) {
  for (const auto& [name, value] : values) {
    if (replace(text, name, value) == 0)
      throw std::logic_error("the SQL template has no placeholder " + std::string(name));
  }
  return text;
}

std::string filled_if_present(std::string text,
                              std::initializer_list<std::pair<std::string_view, std::string>> values) {
  for (const auto& [name, value] : values) replace(text, name, value);
  return text;
}

std::string parsable(const std::string& text) {
  return "translate(taskward.form_kc(" + text + "), '_~/@', '    ')";
}

}  // namespace taskward::store
