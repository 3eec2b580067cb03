// Shapes of JSON bodies, as tables: one line a member, with its type and limits.
//
//   const Shape<Login> shape{"Login", {
//     text("password", &Login::password, Presence::required, {...}),
//   }};
//   Result<Login> login = read_body(shape, request);
//
// Reading names every fault at once. The table is also what the published description of the body is
// derived from, so a member's limits are written nowhere else.
#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/http/request.hpp"
#include "taskward/json/value.hpp"

namespace taskward::api {

enum class Presence : std::uint8_t { optional, required };
/// What a null means: a wrong type, the same as no member, or the empty value.
enum class NullMeans : std::uint8_t { wrong_type, absent, empty };

/// What a text may be.
struct TextRule {
  std::size_t least = 0;  ///< characters (code points)
  std::size_t most = 0;   ///< characters; 0 for no limit of its own
  NullMeans null = NullMeans::wrong_type;
  std::string_view format;  ///< a name of JSON Schema's, such as "email"; may be empty
  std::string_view note;    ///< what else must hold, for a person
  /// What is wrong with a text that has the right length, or nothing.
  std::function<std::optional<FieldFault>(std::string_view field, std::string_view text)> check;
};

/// A text to be read against its rule. The fault names `field`.
[[nodiscard]] std::optional<FieldFault> text_fault(std::string_view field, std::string_view text,
                                                   const TextRule& rule);

/// Control characters other than tab and newline are refused in what people write.
[[nodiscard]] std::optional<FieldFault> control_character_fault(std::string_view field,
                                                                std::string_view text);

/// One member of a body that is read into a T.
template <class T>
struct Field {
  std::string_view name;
  Presence presence = Presence::optional;
  TextRule rule;
  std::vector<std::string_view> choices;  ///< the canonical spellings; empty for free text
  /// Stores the member's text; a fault is said about `name`.
  std::function<std::optional<FieldFault>(T& into, std::string& text)> store;
};

template <class T>
struct Shape {
  std::string_view name;
  std::vector<Field<T>> fields;
  /// Rules between members. `given` are those that stand in the body, right or wrong. May be empty.
  std::function<std::vector<FieldFault>(const std::set<std::string_view>& given)> together;
};

template <class T>
struct Unwrapped {
  using type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using type = T;
};

/// A text member: std::string, Secret, or an optional of them.
template <class T, class Member>
[[nodiscard]] Field<T> text(std::string_view name, Member T::*member, Presence presence, TextRule rule) {
  Field<T> field{name, presence, std::move(rule), {}, {}};
  field.store = [member](T& into, std::string& value) -> std::optional<FieldFault> {
    if constexpr (std::is_same_v<typename Unwrapped<Member>::type, Secret>) {
      into.*member = Secret::take(value);
    } else {
      into.*member = std::move(value);
    }
    return std::nullopt;
  };
  return field;
}

/// A member with a closed set of values. `read` knows every spelling, `name_of` the canonical one.
template <class T, class Member, class Choices, class Read, class NameOf>
[[nodiscard]] Field<T> choice(std::string_view name, Member T::*member, Presence presence,
                              const Choices& choices, Read read, NameOf name_of) {
  Field<T> field{name, presence, {}, {}, {}};
  for (const auto value : choices) field.choices.push_back(name_of(value));
  std::string allowed = "must be one of";
  for (const std::string_view one : field.choices)
    allowed += std::string(allowed.back() == 'f' ? " " : ", ") + std::string(one);
  field.store = [=](T& into, std::string& value) -> std::optional<FieldFault> {
    const auto read_value = read(std::string_view(value));
    if (!read_value) return FieldFault{std::string(name), FaultCode::invalid_value, allowed};
    into.*member = *read_value;
    return std::nullopt;
  };
  return field;
}

/// The body as an object: 413, 415 or 400 malformed_json when it is none. `required` says whether an
/// empty body is one of those, or the same as an object without members.
[[nodiscard]] Result<json::Object> read_object(http::Request& request, Presence required);

/// The text of a member, if it is there and is text; otherwise null, and a fault unless it may be left
/// out. A null that means the empty value becomes one.
[[nodiscard]] std::string* text_member(json::Object& object, std::string_view name, Presence presence,
                                       NullMeans null, std::vector<FieldFault>& faults);

/// The names of the members that are not null.
[[nodiscard]] std::set<std::string_view> given_members(const json::Object& object);

/// Adds a fault for each member that is none of the names.
void refuse_unknown_members(const json::Object& object, std::span<const std::string_view> names,
                            std::vector<FieldFault>& faults);

/// Reads the request's body. 413, 415, 400 malformed_json, or 422 with every fault.
template <class T>
[[nodiscard]] Result<T> read_body(const Shape<T>& shape, http::Request& request,
                                  Presence required = Presence::required) {
  auto object = read_object(request, required);
  if (!object) return std::move(object).error();
  std::vector<FieldFault> faults;
  std::vector<std::string_view> names;
  const std::set<std::string_view> given = given_members(*object);
  T into;
  for (const Field<T>& field : shape.fields) {
    names.push_back(field.name);
    std::string* value = text_member(*object, field.name, field.presence, field.rule.null, faults);
    if (value == nullptr) continue;
    auto fault = text_fault(field.name, *value, field.rule);
    if (!fault) fault = field.store(into, *value);
    if (fault) faults.push_back(std::move(*fault));
  }
  refuse_unknown_members(*object, names, faults);
  if (shape.together) {
    std::vector<FieldFault> more = shape.together(given);
    faults.insert(faults.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  if (!faults.empty()) return validation_failed(std::move(faults));
  return into;
}

}  // namespace taskward::api
