#include "taskward/json/value.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "taskward/base/secret.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"
#include "tree_builder.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// False positive of GCC 12 for the destructor of a moved-from variant (GCC bug 105562).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace taskward::json {
namespace {

/// Converts a sentence of RapidJSON to a clause.
std::string plain(std::string_view message) {
  std::string out(message);
  if (!out.empty() && out.back() == '.') out.pop_back();
  if (!out.empty()) out.front() = to_lower(out.front());
  return out;
}

constexpr unsigned kFlags = rapidjson::kParseFullPrecisionFlag;

/// Finds bytes that RapidJSON must not receive: it would ignore what follows a NUL, and read beyond a
/// truncated UTF-8 sequence at the end.
std::optional<Error> unreadable_byte(std::string_view text) {
  const auto at = [](std::size_t offset, std::string_view what) {
    return Error(ErrorCode::malformed_json, "The body is not valid JSON: at byte " + std::to_string(offset) +
                                                ", " + std::string(what) + '.');
  };
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\0') return at(i, "NUL byte");
    const std::size_t length = code_point_length(text.substr(i, 4));
    if (length == 0) return at(i, "invalid UTF-8");
    i += length;
  }
  return std::nullopt;
}

Error malformed(const Builder& builder, const rapidjson::ParseResult& outcome, std::size_t mark = 0) {
  const char* why = builder.why() != nullptr ? builder.why() : rapidjson::GetParseError_En(outcome.Code());
  return {ErrorCode::malformed_json, "The body is not valid JSON: at byte " +
                                         std::to_string(mark + outcome.Offset()) + ", " + plain(why) + '.'};
}

}  // namespace

Value::~Value() {
  if (auto* text = get_if<std::string>()) wipe(*text);
}

const Value* find(const Object& object, std::string_view name) noexcept {
  const auto found =
      std::find_if(object.begin(), object.end(), [&](const Member& m) { return m.first == name; });
  return found == object.end() ? nullptr : &found->second;
}

Result<Value> parse(std::string& text) {
  if (auto refusal = unreadable_byte(text)) return std::move(*refusal);
  Builder builder;
  rapidjson::InsituStringStream stream(text.data());
  rapidjson::Reader reader;
  const auto outcome = reader.Parse<kFlags | rapidjson::kParseInsituFlag>(stream, builder);
  if (outcome.IsError()) return malformed(builder, outcome);
  return builder.take();
}

namespace {

/// Without rules, only a root array has items.
Result<Done> parse_lists(
    std::string_view text, const ItemRules* rules,
    const std::function<Result<Done>(Value&& item, std::size_t offset, std::string_view list)>& take) {
  if (auto refusal = unreadable_byte(text)) return std::move(*refusal);
  const std::size_t mark = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  rapidjson::MemoryStream stream(text.data() + mark, text.size() - mark);
  Result<Done> refusal = Done{};
  Builder builder(
      [&](Value&& item, std::size_t begin, std::string_view list) {
        refusal = take(std::move(item), begin, list);
        return static_cast<bool>(refusal);
      },
      [&] { return mark + stream.Tell(); }, rules);
  rapidjson::Reader reader;
  const auto outcome = reader.Parse<kFlags>(stream, builder);
  if (!refusal) return refusal;
  if (outcome.IsError() && !builder.root_is_wrong()) return malformed(builder, outcome, mark);
  const Value root = builder.take();
  const auto* object = root.get_if<Object>();
  const auto has_list = [&](const Object& members) {
    return std::any_of(members.begin(), members.end(), [&](const Member& member) {
      return contains(rules->lists, member.first) && member.second.get_if<Array>() != nullptr;
    });
  };
  if (root.get_if<Array>() == nullptr && (object == nullptr || !has_list(*object)))
    return validation_failed({FieldFault{"", FaultCode::wrong_type, "the body must be a JSON array"}});
  return Done{};
}

}  // namespace

Result<Done> parse_items(std::string_view text,
                         const std::function<Result<Done>(Value&& item, std::size_t offset)>& take) {
  return parse_lists(text, nullptr, [&](Value&& item, std::size_t offset, std::string_view) {
    return take(std::move(item), offset);
  });
}

Result<Done> parse_items(
    std::string_view text, const ItemRules& rules,
    const std::function<Result<Done>(Value&& item, std::size_t offset, std::string_view list)>& take) {
  return parse_lists(text, &rules, take);
}

}  // namespace taskward::json
