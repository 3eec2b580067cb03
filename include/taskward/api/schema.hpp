// Descriptions of values in terms of JSON Schema, for the OpenAPI document. The tables that read and write
// bodies and parameters carry one for each member, so that every limit is written once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskward::api {

enum class Presence : std::uint8_t { optional, required };
/// Whether null is accepted in place of a value.
enum class Null : std::uint8_t { refused, allowed };

struct ObjectFacts;

struct Schema {
  enum class Type : std::uint8_t { string, boolean, integer, array, object, any } type = Type::string;
  std::int64_t least = 0;  ///< characters, items, or the number itself
  std::int64_t most = 0;   ///< likewise; 0 for no upper limit
  std::string_view format;
  std::string_view note;                    ///< further constraints, as text
  std::vector<std::string_view> choices{};  ///< canonical values of an enumeration; empty for free text
  std::shared_ptr<const Schema> items{};    ///< of an array
  std::string_view object;                  ///< the name of the object's table
  std::vector<std::string_view> any_of{};   ///< names of alternative tables, instead of `object`
  /// The tables of the names in `object` and `any_of`, in that order.
  std::vector<std::shared_ptr<const ObjectFacts>> tables{};
  Null null = Null::refused;
  std::string fallback{};  ///< the default, as JSON; empty for none
};

/// Whether an object may have members that its table does not list.
enum class AdditionalMembers : std::uint8_t { refused, allowed };

/// The description of a table: of a Shape or of Parts.
struct MemberFacts {
  std::string_view name;
  Presence presence = Presence::optional;
  Schema schema;
};
struct ObjectFacts {
  std::string_view name;
  std::vector<MemberFacts> members;
  AdditionalMembers additional =
      AdditionalMembers::allowed;  ///< a later release may write additional members
};

[[nodiscard]] inline Schema object_schema(ObjectFacts table, std::string_view note = {}) {
  Schema schema;
  schema.type = Schema::Type::object;
  schema.object = table.name;
  schema.tables.push_back(std::make_shared<const ObjectFacts>(std::move(table)));
  schema.note = note;
  return schema;
}

/// Either of two objects.
[[nodiscard]] inline Schema either_schema(ObjectFacts one, ObjectFacts other) {
  Schema schema;
  schema.any_of = {one.name, other.name};
  schema.tables = {std::make_shared<const ObjectFacts>(std::move(one)),
                   std::make_shared<const ObjectFacts>(std::move(other))};
  return schema;
}

[[nodiscard]] inline Schema array_schema(Schema items, std::string_view note = {}) {
  Schema schema;
  schema.type = Schema::Type::array;
  schema.items = std::make_shared<const Schema>(std::move(items));
  schema.note = note;
  return schema;
}

/// Whether a query parameter may appear more than once, and whether it also accepts a comma-separated list.
enum class Repeats : std::uint8_t { no, yes, yes_or_by_commas };
/// The description of a query parameter.
struct ParameterFacts {
  std::string_view name;
  Repeats repeats = Repeats::no;
  Schema schema;
};

}  // namespace taskward::api
