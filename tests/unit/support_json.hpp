// Reading JSON in a test, where it must be valid.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "taskward/json/value.hpp"

namespace taskward::testing {

[[nodiscard]] inline json::Value parsed(std::string text) {
  const std::string shown = text;
  auto value = json::parse(text);
  if (!value) throw std::runtime_error(value.error().detail + " In: " + shown);
  return std::move(*value);
}

[[nodiscard]] inline json::Object object_in(std::string text) {
  auto value = parsed(std::move(text));
  auto* object = value.get_if<json::Object>();
  if (object == nullptr) throw std::runtime_error("a JSON text that is no object");
  return std::move(*object);
}

/// The text of a member; throws when there is none.
[[nodiscard]] inline std::string text_of(const json::Object& object, std::string_view name) {
  const json::Value* value = json::find(object, name);
  const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
  if (text == nullptr) throw std::runtime_error("no text member " + std::string(name));
  return *text;
}

}  // namespace taskward::testing
