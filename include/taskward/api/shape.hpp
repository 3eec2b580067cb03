// Tables of the members of JSON request bodies, one line per member, with its type and limits.
//
//   const Shape<Login> shape{"Login", {
//     text("password", &Login::password, Presence::required, {...}),
//   }};
//   Result<Login> login = read_body(shape, request);
//
// Reading reports all faults of a body together. The OpenAPI description of the body (Schema) is derived from
// the same table, so a member's limits are written nowhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "taskward/api/schema.hpp"
#include "taskward/base/clock.hpp"
#include "taskward/base/result.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/http/request.hpp"
#include "taskward/json/value.hpp"

namespace taskward::api {

using Faults = std::vector<FieldFault>;

/// The meaning of null: a type error, the same as an omitted member, or the empty value.
enum class NullMeans : std::uint8_t { wrong_type, absent, empty };

/// The constraints on a text.
struct TextRule {
  std::size_t least = 0;  ///< characters (code points)
  std::size_t most = 0;   ///< characters; 0 for no upper limit
  NullMeans null = NullMeans::wrong_type;
  std::string_view format;  ///< a JSON Schema format such as "email"; may be empty
  std::string_view note;    ///< further constraints, as text
  /// Checks a text of valid length; nothing if it is accepted.
  std::function<std::optional<FieldFault>(std::string_view field, std::string_view text)> check;
};

/// Checks a text against its rule. The fault names `field`.
[[nodiscard]] std::optional<FieldFault> text_fault(std::string_view field, std::string_view text,
                                                   const TextRule& rule);

/// Refuses control characters other than tab and newline in free text.
[[nodiscard]] std::optional<FieldFault> control_character_fault(std::string_view field,
                                                                std::string_view text);

/// Refuses text without a visible character.
[[nodiscard]] std::optional<FieldFault> blank_fault(std::string_view field, std::string_view text);

/// Refuses control characters and line separators, for a text of one line.
[[nodiscard]] std::optional<FieldFault> line_fault(std::string_view field, std::string_view text);

/// One member of a request body that is read into a T.
template <class T>
struct Field {
  std::string_view name;
  Presence presence = Presence::optional;
  NullMeans null = NullMeans::wrong_type;
  Schema schema;
  /// Stores the value, or adds faults about `field`. Called with null only if null means the empty value.
  std::function<void(T& into, json::Value& value, const std::string& field, Faults& faults)> read;
};

template <class T>
struct Shape {
  std::string_view name;
  std::vector<Field<T>> fields;
  /// Rules that involve several members; may be empty. `given` has the names of all members that are present
  /// and not null, including those with faults.
  std::function<Faults(const std::set<std::string_view>& given, const T& read)> cross_check;
};

template <class T>
struct Unwrapped {
  using type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using type = T;
};

/// The shape's description for the OpenAPI document.
template <class T>
[[nodiscard]] ObjectFacts facts_of(const Shape<T>& shape) {
  ObjectFacts facts{shape.name, {}, AdditionalMembers::refused};
  for (const Field<T>& field : shape.fields) {
    facts.members.push_back({field.name, field.presence, field.schema});
    if (field.null != NullMeans::wrong_type) facts.members.back().schema.null = Null::allowed;
  }
  return facts;
}

void add_wrong_type(const std::string& field, std::string_view wanted, Faults& faults);

/// A text member: std::string, Secret, or an optional of them.
template <class T, class Member>
[[nodiscard]] Field<T> text(std::string_view name, Member T::*member, Presence presence, TextRule rule) {
  Field<T> field{name, presence, rule.null, {}, {}};
  field.schema.least = static_cast<std::int64_t>(rule.least);
  field.schema.most = static_cast<std::int64_t>(rule.most);
  field.schema.format = rule.format;
  field.schema.note = rule.note;
  field.read = [member, rule = std::move(rule)](T& into, json::Value& value, const std::string& at,
                                                Faults& faults) {
    if (value.is_null()) value.held = std::string();
    auto* given = value.get_if<std::string>();
    if (given == nullptr) return add_wrong_type(at, "a string", faults);
    if (auto fault = text_fault(at, *given, rule)) {
      faults.push_back(std::move(*fault));
    } else if constexpr (std::is_same_v<typename Unwrapped<Member>::type, Secret>) {
      into.*member = Secret::take(*given);
    } else {
      into.*member = std::move(*given);
    }
  };
  return field;
}

/// A member with a closed set of values. `read` accepts every spelling, `name_of` gives the canonical one. If
/// null means the empty value, it is the first of the choices.
template <class T, class Member, class Choices, class Read, class NameOf>
[[nodiscard]] Field<T> choice(std::string_view name, Member T::*member, Presence presence,
                              const Choices& choices, Read read, NameOf name_of,
                              NullMeans null = NullMeans::wrong_type) {
  Field<T> field{name, presence, null, {}, {}};
  for (const auto value : choices) field.schema.choices.push_back(name_of(value));
  std::string allowed = "must be one of";
  for (const std::string_view one : field.schema.choices)
    allowed += std::string(allowed.back() == 'f' ? " " : ", ") + std::string(one);
  const auto first = choices.front();
  field.read = [=](T& into, json::Value& value, const std::string& at, Faults& faults) {
    if (value.is_null()) {
      into.*member = first;
      return;
    }
    const auto* given = value.get_if<std::string>();
    if (given == nullptr) return add_wrong_type(at, "a string", faults);
    if (const auto known = read(std::string_view(*given)))
      into.*member = *known;
    else
      faults.push_back({at, FaultCode::invalid_value, allowed});
  };
  return field;
}

/// The format of a time, as a clause.
inline constexpr std::string_view kMomentRule =
    "must be an RFC 3339 date and time with a UTC offset, such as 2026-01-31T12:00:00Z";

/// An RFC 3339 date and time. The member is optional<Timestamp> or optional<optional<Timestamp>>; if null
/// means the empty value, it is an empty inner optional.
template <class T, class Member>
[[nodiscard]] Field<T> moment(std::string_view name, Member T::*member, Presence presence, NullMeans null) {
  Field<T> field{name, presence, null, {}, {}};
  field.schema.format = "date-time";
  field.read = [member](T& into, json::Value& value, const std::string& at, Faults& faults) {
    std::optional<Timestamp> read;
    if (!value.is_null()) {
      const auto* given = value.get_if<std::string>();
      if (given == nullptr) return add_wrong_type(at, "a string", faults);
      read = parse_rfc3339(*given);
      if (!read) {
        faults.push_back({at, FaultCode::invalid_format, std::string(kMomentRule)});
        return;
      }
    }
    // Assigning an empty optional to the outer one would mean "omitted"; emplace keeps "set to null".
    if constexpr (std::is_same_v<Member, std::optional<Timestamp>>)
      into.*member = read;
    else
      (into.*member).emplace(read);
  };
  return field;
}

/// An integer within the range, both ends included.
template <class T, class Member>
[[nodiscard]] Field<T> number(std::string_view name, Member T::*member, Presence presence, std::int64_t least,
                              std::int64_t most, NullMeans null = NullMeans::wrong_type) {
  Field<T> field{name, presence, null, {}, {}};
  field.schema.type = Schema::Type::integer;
  field.schema.least = least;
  field.schema.most = most;
  field.read = [=](T& into, json::Value& value, const std::string& at, Faults& faults) {
    const auto* given = value.get_if<std::int64_t>();
    if (given == nullptr) {
      add_wrong_type(at, "a whole number", faults);
    } else if (*given < least || *given > most) {
      faults.push_back({at, FaultCode::out_of_range,
                        most == std::numeric_limits<std::int64_t>::max()
                            ? "must be at least " + std::to_string(least)
                            : "must be from " + std::to_string(least) + " to " + std::to_string(most)});
    } else {
      into.*member = *given;
    }
  };
  return field;
}

/// `field[index]`, the name of an item in faults.
[[nodiscard]] std::string item_of(const std::string& field, std::size_t index);
/// The array; null, and a fault, if the value is not an array or has too many items.
[[nodiscard]] json::Array* items_of(json::Value& value, const std::string& field, std::size_t most,
                                    Faults& faults);

/// An array. `read_item` reads each item into a vector; the member is the vector or an optional of it. If
/// null means the empty value, it is an empty array.
template <class T, class Member, class ReadItem>
[[nodiscard]] Field<T> array(std::string_view name, Member T::*member, Presence presence, std::size_t most,
                             NullMeans null, Schema items, ReadItem read_item) {
  Field<T> field{name, presence, null, {}, {}};
  field.schema.type = Schema::Type::array;
  field.schema.most = static_cast<std::int64_t>(most);
  field.schema.items = std::make_shared<const Schema>(std::move(items));
  field.read = [=](T& into, json::Value& value, const std::string& at, Faults& faults) {
    typename Unwrapped<Member>::type read;
    if (!value.is_null()) {
      json::Array* given = items_of(value, at, most, faults);
      if (given == nullptr) return;
      for (std::size_t i = 0; i < given->size(); ++i) read_item((*given)[i], item_of(at, i), read, faults);
    }
    into.*member = std::move(read);
  };
  return field;
}

/// An array of texts, each checked against the rule.
template <class T, class Member>
[[nodiscard]] Field<T> texts(std::string_view name, Member T::*member, Presence presence, std::size_t most,
                             NullMeans null, TextRule rule) {
  Schema items;
  items.least = static_cast<std::int64_t>(rule.least);
  items.most = static_cast<std::int64_t>(rule.most);
  items.note = rule.note;
  return array(name, member, presence, most, null, std::move(items),
               [rule = std::move(rule)](json::Value& value, const std::string& at,
                                        std::vector<std::string>& into, Faults& faults) {
                 auto* given = value.get_if<std::string>();
                 if (given == nullptr) return add_wrong_type(at, "a string", faults);
                 if (auto fault = text_fault(at, *given, rule))
                   faults.push_back(std::move(*fault));
                 else
                   into.push_back(std::move(*given));
               });
}

/// The value as an id; nothing, and a fault, if it is not a UUID.
template <class AnId>
[[nodiscard]] std::optional<AnId> id_of(const json::Value& value, const std::string& field, Faults& faults) {
  const auto* given = value.get_if<std::string>();
  if (given == nullptr) {
    add_wrong_type(field, "a string", faults);
    return std::nullopt;
  }
  const auto id = AnId::parse(*given);
  if (!id) faults.push_back({field, FaultCode::invalid_format, "must be a UUID"});
  return id;
}

/// A member that holds an id.
template <class T, class AnId>
[[nodiscard]] Field<T> id(std::string_view name, AnId T::*member, Presence presence) {
  Field<T> field{name, presence, NullMeans::wrong_type, {}, {}};
  field.schema.format = "uuid";
  field.read = [member](T& into, json::Value& value, const std::string& at, Faults& faults) {
    if (const auto read = id_of<AnId>(value, at, faults)) into.*member = *read;
  };
  return field;
}

/// An array of ids. An invalid item is read as the nil id, so that the indexes of the others stay.
template <class T, class AnId>
[[nodiscard]] Field<T> ids(std::string_view name, std::vector<AnId> T::*member, Presence presence,
                           std::size_t most) {
  Schema items;
  items.format = "uuid";
  return array(name, member, presence, most, NullMeans::wrong_type, std::move(items),
               [](const json::Value& value, const std::string& at, std::vector<AnId>& into, Faults& faults) {
                 into.push_back(id_of<AnId>(value, at, faults).value_or(AnId{}));
               });
}

/// A member that is accepted with any value and ignored.
template <class T>
[[nodiscard]] Field<T> ignored(std::string_view name) {
  Field<T> field{name, Presence::optional, NullMeans::absent, {}, {}};
  field.schema.type = Schema::Type::any;
  field.schema.note = "Ignored.";
  field.read = [](T&, json::Value&, const std::string&, Faults&) {};
  return field;
}

/// The names of the members whose value is not null.
[[nodiscard]] std::set<std::string_view> given_members(const json::Object& object);

/// The value of the named member. Null, and a fault if the member is required, if it is omitted or its null
/// means so; null and a fault if null is a type error.
[[nodiscard]] json::Value* member_of(json::Object& object, std::string_view name, Presence presence,
                                     NullMeans null, const std::string& field, Faults& faults);

/// The maximum number of unknown names reported in one response.
inline constexpr std::size_t kUnknownNamesMax = 20;

/// Adds a fault for an unknown name. False if kUnknownNamesMax have been reported already.
bool add_unknown(const std::string& prefix, std::string_view name, std::string_view message, Faults& faults);

/// Adds a fault for each member that is not one of `names`, up to kUnknownNamesMax.
void refuse_unknown_members(const json::Object& object, const std::set<std::string_view>& names,
                            const std::string& prefix, Faults& faults);

/// Reads the members of an object. In faults their names have the prefix, such as `update[2].`.
template <class T>
void read_members(const Shape<T>& shape, json::Object& object, const std::string& prefix, T& into,
                  Faults& faults) {
  std::set<std::string_view> names;
  const std::set<std::string_view> given = given_members(object);
  for (const Field<T>& field : shape.fields) {
    names.insert(field.name);
    const std::string at = prefix + std::string(field.name);
    json::Value* value = member_of(object, field.name, field.presence, field.null, at, faults);
    if (value != nullptr) field.read(into, *value, at, faults);
  }
  refuse_unknown_members(object, names, prefix, faults);
  if (shape.cross_check) {
    for (FieldFault& fault : shape.cross_check(given, into)) {
      fault.field.insert(0, prefix);
      faults.push_back(std::move(fault));
    }
  }
}

/// An array of objects of the shape, which must outlive the field.
template <class T, class Member>
[[nodiscard]] Field<T> objects(std::string_view name, std::vector<Member> T::*member, Presence presence,
                               std::size_t most, const Shape<Member>& shape) {
  return array(
      name, member, presence, most, NullMeans::wrong_type, object_schema(facts_of(shape)),
      [&shape](json::Value& value, const std::string& at, std::vector<Member>& into, Faults& faults) {
        // An item that is not an object keeps its index, so that faults name the others correctly.
        into.emplace_back();
        auto* object = value.get_if<json::Object>();
        if (object == nullptr) return add_wrong_type(at, "an object", faults);
        read_members(shape, *object, at + '.', into.back(), faults);
      });
}

/// The body as a JSON object. Errors: 413, 415, 400 malformed_json, 422 for another JSON value. An empty body
/// is an error if `required` says so, and otherwise the same as an object without members.
[[nodiscard]] Result<json::Object> read_object(http::Request& request, Presence required);

/// The reason why the body cannot be read, if any: 413 if it is too large, 415 if it has a content coding.
[[nodiscard]] std::optional<Error> unreadable(const http::Request& request);

/// Reads the request body. Errors: 413, 415, 400 malformed_json, or 422 with all faults.
template <class T>
[[nodiscard]] Result<T> read_body(const Shape<T>& shape, http::Request& request,
                                  Presence required = Presence::required) {
  auto object = read_object(request, required);
  if (!object) return std::move(object).error();
  Faults faults;
  T into;
  read_members(shape, *object, "", into, faults);
  if (!faults.empty()) return validation_failed(std::move(faults));
  return into;
}

}  // namespace taskward::api
