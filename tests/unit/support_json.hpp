// Parsing JSON that must be valid.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "taskward/json/value.hpp"

namespace taskward::testing {

/// Throws if the text is not valid JSON.
[[nodiscard]] inline json::Value parsed(std::string text) {
  const std::string original = text;
  auto value = json::parse(text);
  if (!value) throw std::runtime_error(value.error().detail + " In: " + original);
  return std::move(*value);
}

/// Throws if the text is not a JSON object.
[[nodiscard]] inline json::Object object_in(std::string text) {
  auto value = parsed(std::move(text));
  auto* object = value.get_if<json::Object>();
  if (object == nullptr) throw std::runtime_error("the JSON text is not an object");
  return std::move(*object);
}

/// The value of a string member; throws if there is none.
[[nodiscard]] inline std::string text_of(const json::Object& object, std::string_view name) {
  const json::Value* value = json::find(object, name);
  const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
  if (text == nullptr) throw std::runtime_error("no string member " + std::string(name));
  return *text;
}

/// The beginning of the detail of a malformed_json error at this byte offset.
[[nodiscard]] inline std::string malformed_json_at(std::size_t offset) {
  return "The body is not valid JSON: at byte " + std::to_string(offset) + ", ";
}

}  // namespace taskward::testing
