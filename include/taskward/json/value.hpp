// Strict JSON parser (RFC 8259).
//
//   Result<Value> read = parse(body);   // 400 malformed_json with the byte offset of the error
//
// Also rejected: duplicate member names, nesting deeper than kNestingMax, invalid UTF-8 and lone surrogates.
// Numbers outside the range of int64 become double.
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
/// Members in their original order; names are unique.
using Object = std::vector<Member>;

struct Null {};

struct Value {
  std::variant<Null, bool, std::int64_t, double, std::string, Array, Object> held;

  Value() = default;
  Value(Value&&) = default;
  Value& operator=(Value&&) = default;
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  /// Wipes strings, which may be passwords.
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

/// nullptr if there is no such member.
[[nodiscard]] const Value* find(const Object& object, std::string_view name) noexcept;

/// Parses the text, overwriting it: strings are decoded in place.
[[nodiscard]] Result<Value> parse(std::string& text);

/// Values in one item of parse_items, including the item itself and without the items in it.
inline constexpr std::size_t kItemValuesMax = 1000;

/// Parses an array, passing each item to `take` as soon as it is complete. `take` also receives a byte offset
/// in the line on which the item begins, and may stop with an error. 400 malformed_json also for an item with
/// more than kItemValuesMax values; items before the error have been passed to `take`.
[[nodiscard]] Result<Done> parse_items(
    std::string_view text, const std::function<Result<Done>(Value&& item, std::size_t offset)>& take);

/// Where the items of a text are that is not only one array, and what is kept of an item.
struct ItemRules {
  /// Members of the root object, or of an item, whose array has items. It is empty when its owner is passed.
  std::vector<std::string_view> lists;
  /// Members of an item whose array or object is kept. Others are replaced by whether they have any content:
  /// true or false.
  std::vector<std::string_view> kept;
};

/// The same for the items of a root array and of all lists, also of lists in items, which are passed before
/// the item they are in. `take` also receives the name of the list, empty for the root array. 422 if the root
/// is neither an array nor an object with a list.
[[nodiscard]] Result<Done> parse_items(
    std::string_view text, const ItemRules& rules,
    const std::function<Result<Done>(Value&& item, std::size_t offset, std::string_view list)>& take);

}  // namespace taskward::json
