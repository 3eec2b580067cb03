// A JSON text, read strictly, as a tree of plain values.
//
//   Result<Value> read = parse(body);   // 400 malformed_json with the byte offset when it is not JSON
//
// Refused beyond RFC 8259's grammar: duplicate member names, nesting deeper than kNestingMax, bytes
// or escapes that are not Unicode. Numbers outside int64 are kept as double.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "taskward/base/result.hpp"

namespace taskward::json {

inline constexpr int kNestingMax = 32;

struct Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
/// Members in the order they came in, names unique.
using Object = std::vector<Member>;

struct Null {};

struct Value {
  std::variant<Null, bool, std::int64_t, double, std::string, Array, Object> held;

  Value() = default;
  Value(Value&&) = default;
  Value& operator=(Value&&) = default;
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  /// Strings are wiped: any of them may be a password.
  ~Value();

  template <class T>
  [[nodiscard]] T* get_if() noexcept {
    return std::get_if<T>(&held);
  }
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept {
    return std::get_if<T>(&held);
  }
  [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<Null>(held); }
};

/// The member of that name, or nullptr.
[[nodiscard]] const Value* find(const Object& object, std::string_view name) noexcept;

/// Reads the text, and overwrites it on the way (strings are decoded in place).
[[nodiscard]] Result<Value> parse(std::string& text);

/// Values within one item of parse_items, itself included.
inline constexpr std::size_t kItemValuesMax = 1000;

/// Reads a text that is one array, an item at a time, so that no more than one item is held. `take` is told
/// a byte of the line on which the item begins; it may end the reading by a refusal. 400 malformed_json as
/// above, and for an item of more than kItemValuesMax values; items before a fault have been taken by then.
[[nodiscard]] Result<Done> parse_items(
    std::string_view text, const std::function<Result<Done>(Value&& item, std::size_t offset)>& take);

}  // namespace taskward::json
