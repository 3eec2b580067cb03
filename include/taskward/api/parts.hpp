// Tables of the members of response bodies, one line per member.
//
//   const Parts<model::User> parts{"User", {
//       part<&User::id>("id"),
//       part<&User::email>("email", "With the original letter case."),   // an empty optional becomes null
//   }};
//   write_object(w, user, parts);
//
// The schema of a member follows from its type, so the OpenAPI document always matches what is written.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "taskward/api/schema.hpp"
#include "taskward/base/clock.hpp"
#include "taskward/base/errors.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/json/writer.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/task.hpp"

namespace taskward::api {

/// One member of a response body written from a T.
template <class T>
struct Part {
  std::string_view name;
  Schema schema;
  void (*write)(json::Writer& w, const T& value);
  /// Whether the member is written; null if it always is.
  bool (*is_present)(const T& value) = nullptr;
};

template <class T>
struct Parts {
  std::string_view name;  ///< of the object, in the OpenAPI document
  std::vector<Part<T>> list;
};

/// Writes the value as an object.
template <class T>
void write_object(json::Writer& w, const T& value, const Parts<T>& parts) {
  w.begin_object();
  for (const Part<T>& part : parts.list) {
    if (part.is_present != nullptr && !part.is_present(value)) continue;
    w.plain_key(part.name);
    part.write(w, value);
  }
  w.end_object();
}

/// Writes the values as an array of objects.
template <class T>
void write_array(json::Writer& w, const std::vector<T>& values, const Parts<T>& parts) {
  w.begin_array();
  for (const T& value : values) write_object(w, value, parts);
  w.end_array();
}

/// All values of an enumeration; each is written as its name.
template <class Enum>
struct ValuesOf;
template <>
struct ValuesOf<model::Role> {
  static constexpr auto& all = model::kRoles;
};
template <>
struct ValuesOf<model::AssuranceLevel> {
  static constexpr auto& all = model::kAssuranceLevels;
};
template <>
struct ValuesOf<FaultCode> {
  static constexpr auto& all = kFaultCodes;
};
template <>
struct ValuesOf<model::TaskStatus> {
  static constexpr auto& all = model::kTaskStatuses;
};
template <>
struct ValuesOf<model::TaskPriority> {
  static constexpr auto& all = model::kTaskPriorities;
};

namespace parts_detail {

template <class>
struct IsOptional : std::false_type {};
template <class V>
struct IsOptional<std::optional<V>> : std::true_type {};
template <class>
struct IsVector : std::false_type {};
template <class V>
struct IsVector<std::vector<V>> : std::true_type {};
template <class>
struct IsDuration : std::false_type {};
template <class R, class P>
struct IsDuration<std::chrono::duration<R, P>> : std::true_type {};
template <class>
struct IsId : std::is_same<Uuid, void> {};
template <class Kind>
struct IsId<Id<Kind>> : std::true_type {};

template <class Member>
struct PointedTo;
template <class T, class V>
struct PointedTo<V T::*> {
  using Class = T;
  using Value = V;
};

}  // namespace parts_detail

/// The schema of a value type.
template <class V>
[[nodiscard]] Schema schema_of() {
  Schema schema;
  if constexpr (parts_detail::IsOptional<V>::value) {
    schema = schema_of<typename V::value_type>();
    schema.null = Null::allowed;
  } else if constexpr (parts_detail::IsVector<V>::value) {
    schema.type = Schema::Type::array;
    schema.items = std::make_shared<const Schema>(schema_of<typename V::value_type>());
  } else if constexpr (std::is_same_v<V, bool>) {
    schema.type = Schema::Type::boolean;
  } else if constexpr (std::integral<V> || parts_detail::IsDuration<V>::value) {
    schema.type = Schema::Type::integer;
  } else if constexpr (std::is_same_v<V, Timestamp>) {
    schema.format = "date-time";
  } else if constexpr (std::is_same_v<V, Uuid> || parts_detail::IsId<V>::value) {
    schema.format = "uuid";
  } else if constexpr (std::is_enum_v<V>) {
    for (const V value : ValuesOf<V>::all) schema.choices.push_back(name(value));
  } else {
    static_assert(
        std::is_same_v<V, std::string> || std::is_same_v<V, std::string_view> || std::is_same_v<V, Secret>,
        "response bodies cannot contain this type");
  }
  return schema;
}

template <class V>
void write_value(json::Writer& w, const V& value) {
  if constexpr (parts_detail::IsOptional<V>::value) {
    if (value)
      write_value(w, *value);
    else
      w.null();
  } else if constexpr (parts_detail::IsVector<V>::value) {
    w.begin_array();
    for (const auto& one : value) write_value(w, one);
    w.end_array();
  } else if constexpr (std::is_same_v<V, bool>) {
    w.boolean(value);
  } else if constexpr (std::integral<V>) {
    w.number(static_cast<std::int64_t>(value));
  } else if constexpr (parts_detail::IsDuration<V>::value) {
    w.number(static_cast<std::int64_t>(value.count()));
  } else if constexpr (std::is_same_v<V, Timestamp>) {
    w.plain_string(Rfc3339Text(value, Rfc3339Decimals::three).view());
  } else if constexpr (parts_detail::IsId<V>::value) {
    write_value(w, value.uuid);
  } else if constexpr (std::is_same_v<V, Uuid>) {
    const auto text = value.characters();
    w.plain_string({text.data(), text.size()});
  } else if constexpr (std::is_enum_v<V>) {
    w.plain_string(name(value));
  } else if constexpr (std::is_same_v<V, Secret>) {
    w.string(value.reveal());
  } else {
    w.string(value);
  }
}

template <auto Member>
using OwnerOf = typename parts_detail::PointedTo<decltype(Member)>::Class;
template <auto Member>
using ValueOf = typename parts_detail::PointedTo<decltype(Member)>::Value;

/// A member. T must be named if the member belongs to a base class of T.
template <auto Member, class T = OwnerOf<Member>>
[[nodiscard]] Part<T> part(std::string_view name, std::string_view note = {}) {
  Schema schema = schema_of<ValueOf<Member>>();
  schema.note = note;
  return {name, std::move(schema), [](json::Writer& w, const T& value) { write_value(w, value.*Member); }};
}

/// An optional member, omitted from the body if it is empty.
template <auto Member, class T = OwnerOf<Member>>
[[nodiscard]] Part<T> part_if_any(std::string_view name, std::string_view note = {}) {
  Schema schema = schema_of<typename ValueOf<Member>::value_type>();
  schema.note = note;
  return {name, std::move(schema), [](json::Writer& w, const T& value) { write_value(w, *(value.*Member)); },
          [](const T& value) { return (value.*Member).has_value(); }};
}

/// The result of `Get`, such as a member of a member.
template <class T, auto Get>
[[nodiscard]] Part<T> derived_part(std::string_view name, std::string_view note = {}) {
  Schema schema = schema_of<std::remove_cvref_t<decltype(Get(std::declval<const T&>()))>>();
  schema.note = note;
  return {name, std::move(schema), [](json::Writer& w, const T& value) { write_value(w, Get(value)); }};
}

/// The table's description for the OpenAPI document.
template <class T>
[[nodiscard]] ObjectFacts facts_of(const Parts<T>& parts) {
  ObjectFacts facts{parts.name, {}, AdditionalMembers::allowed};
  for (const Part<T>& part : parts.list)
    facts.members.push_back(
        {part.name, part.is_present == nullptr ? Presence::required : Presence::optional, part.schema});
  return facts;
}

/// A nested object, written by the table `PartsOf()`.
template <auto Member, auto PartsOf, class T = OwnerOf<Member>>
[[nodiscard]] Part<T> object_part(std::string_view name, std::string_view note = {}) {
  return {name, object_schema(facts_of(PartsOf()), note),
          [](json::Writer& w, const T& value) { write_object(w, value.*Member, PartsOf()); }};
}

/// A nested object made of some of the value's own members.
template <class T, auto PartsOf>
[[nodiscard]] Part<T> group_part(std::string_view name, std::string_view note = {}) {
  return {name, object_schema(facts_of(PartsOf()), note),
          [](json::Writer& w, const T& value) { write_object(w, value, PartsOf()); }};
}

/// An array of objects, each written by the table `PartsOf()`.
template <auto Member, auto PartsOf, class T = OwnerOf<Member>>
[[nodiscard]] Part<T> objects_part(std::string_view name, std::string_view note = {}) {
  return {name, array_schema(object_schema(facts_of(PartsOf())), note),
          [](json::Writer& w, const T& value) { write_array(w, value.*Member, PartsOf()); }};
}

/// The same, omitted from the body if it is empty.
template <auto Member, auto PartsOf, class T = OwnerOf<Member>>
[[nodiscard]] Part<T> objects_part_if_any(std::string_view name, std::string_view note = {}) {
  Part<T> part = objects_part<Member, PartsOf, T>(name, note);
  part.is_present = [](const T& value) { return !(value.*Member).empty(); };
  return part;
}

}  // namespace taskward::api
