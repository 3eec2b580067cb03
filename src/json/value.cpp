#include "taskward/json/value.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "taskward/base/secret.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// False positive of GCC 12 for the destructor of a moved-from variant (GCC bug 105562).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace taskward::json {
namespace {

/// Builds the tree from RapidJSON's events. Returning false stops the parser.
class Builder {
 public:
  /// Passes items of the root array to `take_item`, with the offset of their beginning, instead of adding
  /// them to the tree. `place` returns the current offset.
  Builder(std::function<bool(Value&&, std::size_t)> take_item, std::function<std::size_t()> place)
      : take_item_(std::move(take_item)), place_(std::move(place)) {}
  Builder() = default;

  bool Null() { return place_held(taskward::json::Null{}); }
  bool Bool(bool value) { return place_held(value); }
  bool Int(int value) { return place_held(std::int64_t{value}); }
  bool Uint(unsigned value) { return place_held(std::int64_t{value}); }
  bool Int64(std::int64_t value) { return place_held(value); }
  // Called for all positive numbers beyond 32 bits, not only for those beyond int64.
  bool Uint64(std::uint64_t value) {
    if (std::in_range<std::int64_t>(value)) return place_held(static_cast<std::int64_t>(value));
    return place_held(static_cast<double>(value));
  }
  bool Double(double value) { return place_held(value); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }

  bool String(const char* text, rapidjson::SizeType length, bool) {
    const std::string_view view(text, length);
    if (!code_points(view)) return fail("a string contains a lone surrogate");
    return place_held(std::string(view));
  }

  bool StartObject() {
    // Rejected before it is built.
    root_is_wrong_ = take_item_ && levels_.empty();
    note_beginning();
    return !root_is_wrong_ && open(Object{});
  }
  bool StartArray() {
    note_beginning();
    return open(Array{});
  }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    Level& level = levels_.back();
    const std::string_view name(text, length);
    if (!code_points(name)) return fail("a member name contains a lone surrogate");
    if (!level.names.emplace(name).second) return fail("an object has a duplicate member name");
    level.value.get_if<Object>()->emplace_back(std::string(name), Value{});
    return true;
  }

  [[nodiscard]] const char* why() const noexcept { return why_; }
  [[nodiscard]] bool root_is_wrong() const noexcept { return root_is_wrong_; }
  [[nodiscard]] Value take() { return std::move(root_); }

 private:
  struct Level {
    Value value;
    std::unordered_set<std::string> names;
  };

  bool fail(const char* why) {
    why_ = why;
    return false;
  }

  /// The current offset is after the first character of the item, or after an item that is a single token.
  void note_beginning() {
    if (!place_ || levels_.size() != 1) return;
    begin_ = place_() - 1;
    values_ = 0;
  }

  /// Bounds memory: a value takes far more memory than its text, which may have two bytes.
  bool count_value() {
    if (!take_item_ || ++values_ <= kItemValuesMax) return true;
    return fail("an item contains too many values");
  }

  template <class T>
  bool place_held(T held) {
    note_beginning();
    if (!count_value()) return false;
    Value value;
    value.held = std::move(held);
    return place(std::move(value));
  }

  bool place(Value value) {
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = levels_.back().value.get_if<Array>()) {
      if (take_item_ && levels_.size() == 1) return take_item_(std::move(value), begin_);
      array->push_back(std::move(value));
    } else {
      levels_.back().value.get_if<Object>()->back().second = std::move(value);
    }
    return true;
  }

  template <class T>
  bool open(T container) {
    if (!count_value()) return false;
    if (levels_.size() == static_cast<std::size_t>(kNestingMax)) return fail("nesting exceeds 32 levels");
    levels_.emplace_back();
    levels_.back().value.held = std::move(container);
    return true;
  }

  bool close() {
    Value done = std::move(levels_.back().value);
    levels_.pop_back();
    return place(std::move(done));
  }

  std::function<bool(Value&&, std::size_t)> take_item_;
  std::function<std::size_t()> place_;
  std::size_t begin_ = 0;   // of the current item of the root array
  std::size_t values_ = 0;  // in the current item
  std::vector<Level> levels_;
  Value root_;
  bool root_is_wrong_ = false;
  const char* why_ = nullptr;
};

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

Result<Done> parse_items(std::string_view text,
                         const std::function<Result<Done>(Value&& item, std::size_t offset)>& take) {
  if (auto refusal = unreadable_byte(text)) return std::move(*refusal);
  const std::size_t mark = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  rapidjson::MemoryStream stream(text.data() + mark, text.size() - mark);
  Result<Done> refusal = Done{};
  Builder builder(
      [&](Value&& item, std::size_t begin) {
        refusal = take(std::move(item), begin);
        return static_cast<bool>(refusal);
      },
      [&] { return mark + stream.Tell(); });
  rapidjson::Reader reader;
  const auto outcome = reader.Parse<kFlags>(stream, builder);
  if (!refusal) return refusal;
  if (outcome.IsError() && !builder.root_is_wrong()) return malformed(builder, outcome, mark);
  Value root = builder.take();
  if (root.get_if<Array>() == nullptr)
    return validation_failed({FieldFault{"", FaultCode::wrong_type, "the body must be a JSON array"}});
  return Done{};
}

}  // namespace taskward::json
