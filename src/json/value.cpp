#include "taskward/json/value.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "taskward/base/secret.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// gcc 12 follows the destructor of a moved-from variant into alternatives it does not hold (GCC bug 105562).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace taskward::json {
namespace {

/// Builds the tree from RapidJSON's events, and stops the reading by returning false.
class Builder {
 public:
  bool Null() { return place(Value{}); }
  bool Bool(bool value) { return place_held(value); }
  bool Int(int value) { return place_held(std::int64_t{value}); }
  bool Uint(unsigned value) { return place_held(std::int64_t{value}); }
  bool Int64(std::int64_t value) { return place_held(value); }
  // Every positive number beyond 32 bits comes here, not only those beyond int64.
  bool Uint64(std::uint64_t value) {
    if (std::in_range<std::int64_t>(value)) return place_held(static_cast<std::int64_t>(value));
    return place_held(static_cast<double>(value));
  }
  bool Double(double value) { return place_held(value); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }

  bool String(const char* text, rapidjson::SizeType length, bool) {
    const std::string_view view(text, length);
    if (!code_points(view)) return fail("a string holds a lone surrogate");
    return place_held(std::string(view));
  }

  bool StartObject() { return open(Object{}); }
  bool StartArray() { return open(Array{}); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    Level& level = levels_.back();
    const std::string_view name(text, length);
    if (!code_points(name)) return fail("a member name holds a lone surrogate");
    // The names lie in the text that is read, which outlives the reading.
    if (!level.names.insert(name).second) return fail("a member name stands twice in one object");
    level.value.get_if<Object>()->emplace_back(std::string(name), Value{});
    return true;
  }

  [[nodiscard]] const char* why() const noexcept { return why_; }
  [[nodiscard]] Value take() { return std::move(root_); }

 private:
  struct Level {
    Value value;
    std::unordered_set<std::string_view> names;
  };

  bool fail(const char* why) {
    why_ = why;
    return false;
  }

  template <class T>
  bool place_held(T held) {
    Value value;
    value.held = std::move(held);
    return place(std::move(value));
  }

  bool place(Value value) {
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = levels_.back().value.get_if<Array>()) {
      array->push_back(std::move(value));
    } else {
      levels_.back().value.get_if<Object>()->back().second = std::move(value);
    }
    return true;
  }

  template <class T>
  bool open(T container) {
    if (levels_.size() == static_cast<std::size_t>(kNestingMax))
      return fail("it is nested deeper than 32 levels");
    levels_.emplace_back();
    levels_.back().value.held = std::move(container);
    return true;
  }

  bool close() {
    Value done = std::move(levels_.back().value);
    levels_.pop_back();
    return place(std::move(done));
  }

  std::vector<Level> levels_;
  Value root_;
  const char* why_ = nullptr;
};

/// A library's sentence as a clause of ours.
std::string plain(std::string_view message) {
  std::string out(message);
  if (!out.empty() && out.back() == '.') out.pop_back();
  if (!out.empty()) out.front() = to_lower(out.front());
  return out;
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
  constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseValidateEncodingFlag |
                             rapidjson::kParseFullPrecisionFlag;
  // The reader takes a NUL for the end, so a NUL in the text would hide what follows it.
  if (const std::size_t nul = text.find('\0'); nul != std::string::npos) {
    return Error(ErrorCode::malformed_json,
                 "The body is not valid JSON: at byte " + std::to_string(nul) + ", there is a NUL byte.");
  }
  Builder builder;
  rapidjson::InsituStringStream stream(text.data());
  rapidjson::Reader reader;
  const auto outcome = reader.Parse<flags>(stream, builder);
  if (outcome.IsError()) {
    const char* why = builder.why() != nullptr ? builder.why() : rapidjson::GetParseError_En(outcome.Code());
    return Error(ErrorCode::malformed_json, "The body is not valid JSON: at byte " +
                                                std::to_string(outcome.Offset()) + ", " + plain(why) + '.');
  }
  return builder.take();
}

}  // namespace taskward::json
