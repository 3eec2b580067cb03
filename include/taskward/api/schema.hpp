// What a value is, in the words of JSON Schema, for whoever publishes it. The tables that read and write
// bodies and parameters carry one for each member, so that no limit is written a second time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskward::api {

enum class Presence : std::uint8_t { optional, required };
/// Whether null may stand in a value's place.
enum class Null : std::uint8_t { refused, allowed };

struct Schema {
  enum class Type : std::uint8_t { string, boolean, integer, array, object, any } type = Type::string;
  std::int64_t least = 0;  ///< characters, items, or the number itself
  std::int64_t most = 0;   ///< likewise; 0 for no limit of its own
  std::string_view format;
  std::string_view note;                    ///< what else must hold, for a person
  std::vector<std::string_view> choices{};  ///< the canonical spellings; empty for free text
  std::shared_ptr<const Schema> items{};    ///< of an array
  std::string_view object;                  ///< of an object: the name of its table
  std::vector<std::string_view> any_of{};   ///< instead: the names of tables, of which one fits
  Null null = Null::refused;
  std::string fallback{};  ///< as JSON: what it is when it is not given; empty when that is nothing
};

[[nodiscard]] inline Schema object_schema(std::string_view object, std::string_view note = {}) {
  Schema schema;
  schema.type = Schema::Type::object;
  schema.object = object;
  schema.note = note;
  return schema;
}

[[nodiscard]] inline Schema array_schema(Schema items, std::string_view note = {}) {
  Schema schema;
  schema.type = Schema::Type::array;
  schema.items = std::make_shared<const Schema>(std::move(items));
  schema.note = note;
  return schema;
}

/// Whether an object may have members that the table does not know.
enum class Strangers : std::uint8_t { refused, possible };

/// What is published of a table: of a Shape or of Parts.
struct MemberFacts {
  std::string_view name;
  Presence presence = Presence::optional;
  Schema schema;
};
struct ObjectFacts {
  std::string_view name;
  std::vector<MemberFacts> members;
  Strangers strangers = Strangers::possible;  ///< a later release may write more than this one
};

/// Whether a parameter may be given several times; then also with its values parted by commas, or not.
enum class Repeats : std::uint8_t { no, yes, yes_or_by_commas };
/// What is published of a parameter of a query.
struct ParameterFacts {
  std::string_view name;
  Repeats repeats = Repeats::no;
  Schema schema;
};

}  // namespace taskward::api
