// Shapes of JSON bodies, as tables: one line a member, with its type and limits.
//
//   const Shape<Login> shape{"Login", {
//     text("password", &Login::password, Presence::required, {...}),
//   }};
//   Result<Login> login = read_body(shape, request);
//
// Reading names every fault at once. The table is also what the published description of the body is
// derived from (Schema), so a member's limits are written nowhere else.
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
  NullMeans null = NullMeans::wrong_type;
  Schema schema;
  /// Stores the value, or adds faults about `field`. A null comes only where it means the empty value.
  std::function<void(T& into, json::Value& value, const std::string& field, Faults& faults)> read;
};

template <class T>
struct Shape {
  std::string_view name;
  std::vector<Field<T>> fields;
  /// Rules between members. `given` are those that stand in the body, right or wrong. May be empty.
  std::function<Faults(const std::set<std::string_view>& given, const T& read)> together;
};

template <class T>
struct Unwrapped {
  using type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using type = T;
};

/// What is published of the shape. Where null means something, it may stand.
template <class T>
[[nodiscard]] ObjectFacts facts_of(const Shape<T>& shape) {
  ObjectFacts facts{shape.name, {}, Strangers::refused};
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

/// A member with a closed set of values. `read` knows every spelling, `name_of` the canonical one. A null
/// that means the empty value is the first of them.
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

/// What a moment must be, as a clause.
inline constexpr std::string_view kMomentRule =
    "must be a date and time of RFC 3339 with its offset, such as 2026-01-31T12:00:00Z";

/// A moment, of RFC 3339. The member is an optional of a Timestamp, or an optional of that; a null that
/// means the empty value is no moment.
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
    // Not the other way round: an optional of nothing would become nothing at all.
    if constexpr (std::is_same_v<Member, std::optional<Timestamp>>)
      into.*member = read;
    else
      (into.*member).emplace(read);
  };
  return field;
}

/// A whole number within the range, both ends included.
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

/// `field[index]`, as faults name an item.
[[nodiscard]] std::string item_of(const std::string& field, std::size_t index);
/// The array, or a fault when the value is none or has too many items.
[[nodiscard]] json::Array* items_of(json::Value& value, const std::string& field, std::size_t most,
                                    Faults& faults);

/// An array, of which `read_item` reads one item each into a container: a vector, or an optional of one.
/// A null that means the empty value is an empty array.
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

/// Texts, each by the rule.
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

/// The id that a value is; a fault when it is none.
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

/// The id of something.
template <class T, class AnId>
[[nodiscard]] Field<T> id(std::string_view name, AnId T::*member, Presence presence) {
  Field<T> field{name, presence, NullMeans::wrong_type, {}, {}};
  field.schema.format = "uuid";
  field.read = [member](T& into, json::Value& value, const std::string& at, Faults& faults) {
    if (const auto read = id_of<AnId>(value, at, faults)) into.*member = *read;
  };
  return field;
}

/// Ids of things. In the place of one that is none stands the nil id.
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

/// A member that may stand there, whatever it is, and means nothing.
template <class T>
[[nodiscard]] Field<T> ignored(std::string_view name) {
  Field<T> field{name, Presence::optional, NullMeans::absent, {}, {}};
  field.schema.type = Schema::Type::any;
  field.schema.note = "Ignored.";
  field.read = [](T&, json::Value&, const std::string&, Faults&) {};
  return field;
}

/// The names of the members that are not null.
[[nodiscard]] std::set<std::string_view> given_members(const json::Object& object);

/// The member of that name; nothing, and a fault if it is required, when it is not there or is a null that
/// means so. A null that is a wrong type is one, for the member to say.
[[nodiscard]] json::Value* member_of(json::Object& object, std::string_view name, Presence presence,
                                     NullMeans null, const std::string& field, Faults& faults);

/// How many unknown names are told of at once. A request of thousands should not be answered with thousands.
inline constexpr std::size_t kUnknownNamesMost = 20;

/// Adds a fault for a name that the route does not know, with `message` for a person. False when enough have
/// been told of.
bool add_unknown(const std::string& prefix, std::string_view name, std::string_view message, Faults& faults);

/// Adds a fault for each member that is none of the names; after many of them no more.
void refuse_unknown_members(const json::Object& object, const std::set<std::string_view>& names,
                            const std::string& prefix, Faults& faults);

/// Reads the members of an object. Faults name them with the prefix, such as `update[2].`.
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
  if (shape.together) {
    for (FieldFault& fault : shape.together(given, into)) {
      fault.field.insert(0, prefix);
      faults.push_back(std::move(fault));
    }
  }
}

/// Objects, each by the shape. The shape outlives the field.
template <class T, class Member>
[[nodiscard]] Field<T> objects(std::string_view name, std::vector<Member> T::*member, Presence presence,
                               std::size_t most, const Shape<Member>& shape) {
  return array(
      name, member, presence, most, NullMeans::wrong_type, object_schema(shape.name),
      [&shape](json::Value& value, const std::string& at, std::vector<Member>& into, Faults& faults) {
        // One that is none has its place as well, so that faults name the others by theirs.
        into.emplace_back();
        auto* object = value.get_if<json::Object>();
        if (object == nullptr) return add_wrong_type(at, "an object", faults);
        read_members(shape, *object, at + '.', into.back(), faults);
      });
}

/// The body as an object: 413, 415 or 400 malformed_json when it is none. `required` says whether an
/// empty body is one of those, or the same as an object without members.
[[nodiscard]] Result<json::Object> read_object(http::Request& request, Presence required);

/// Whether a body of that type may be read, or why not: 413 when it was too large, 415 when it is compressed.
[[nodiscard]] std::optional<Error> unreadable(const http::Request& request);

/// Reads the request's body. 413, 415, 400 malformed_json, or 422 with every fault.
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
