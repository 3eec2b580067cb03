// Builds values from the events of RapidJSON's reader, within limits.
#pragma once

#include <rapidjson/rapidjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "taskward/base/utf8.hpp"
#include "taskward/json/value.hpp"

namespace taskward::json {

using TakeItem = std::function<bool(Value&&, std::size_t offset, std::string_view list)>;

[[nodiscard]] inline bool contains(const std::vector<std::string_view>& names,
                                   std::string_view name) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Builds the tree from RapidJSON's events. Returning false stops the parser.
class Builder {
 public:
  /// Passes items to `take_item`, with the offset of their beginning, instead of adding them to the tree:
  /// those of the root array, and with rules those of all lists. `place` returns the current offset.
  Builder(TakeItem take_item, std::function<std::size_t()> place, const ItemRules* rules)
      : take_item_(std::move(take_item)), place_(std::move(place)), rules_(rules) {}
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
    root_is_wrong_ = take_item_ && levels_.empty() && rules_ == nullptr;
    return !root_is_wrong_ && open(Object{});
  }
  bool StartArray() { return open(Array{}); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    const std::string_view name(text, length);
    if (!code_points(name)) return fail("a member name contains a lone surrogate");
    if (is_skipping()) return true;
    Level& level = levels_.back();
    if (!level.names.emplace(name).second) return fail("an object has a duplicate member name");
    level.value.get_if<Object>()->emplace_back(std::string(name), Value{});
    return true;
  }

  [[nodiscard]] const char* why() const noexcept { return why_; }
  [[nodiscard]] bool root_is_wrong() const noexcept { return root_is_wrong_; }
  [[nodiscard]] Value take() { return std::move(root_); }

 private:
  enum class Part : std::uint8_t { plain, list, owner_of_lists, skipped };
  struct Level {
    Value value;
    std::unordered_set<std::string> names;
    Part part = Part::plain;
    std::string list;  ///< its name
  };
  struct Item {
    std::size_t begin = 0;
    std::size_t values = 0;
  };

  bool fail(const char* why) {
    why_ = why;
    return false;
  }

  [[nodiscard]] bool is_skipping() const noexcept { return skipped_levels_ > 0; }

  /// The current offset is after the first character of the item, or after an item that is a single token.
  void note_beginning() {
    if (!levels_.empty() && levels_.back().part == Part::list) items_.push_back({place_() - 1, 0});
  }

  /// Bounds memory: a value takes far more memory than its text, which may have two bytes.
  bool count_value() {
    if (items_.empty() || ++items_.back().values <= kItemValuesMax) return true;
    return fail("an item contains too many values");
  }

  template <class T>
  bool place_held(T held) {
    skipped_content_ = true;
    if (is_skipping()) return true;
    note_beginning();
    if (!count_value()) return false;
    Value value;
    value.held = std::move(held);
    return place(std::move(value));
  }

  bool place(Value value) {
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (levels_.back().part == Part::list) {
      const std::size_t begin = items_.back().begin;
      items_.pop_back();
      return take_item_(std::move(value), begin, levels_.back().list);
    } else if (auto* array = levels_.back().value.get_if<Array>()) {
      array->push_back(std::move(value));
    } else {
      levels_.back().value.get_if<Object>()->back().second = std::move(value);
    }
    return true;
  }

  [[nodiscard]] Part part_of(bool is_array, std::string_view name) const {
    if (!take_item_) return Part::plain;
    if (levels_.empty()) return is_array ? Part::list : Part::owner_of_lists;
    if (rules_ == nullptr) return Part::plain;
    switch (levels_.back().part) {
      case Part::list:
        return is_array ? Part::skipped : Part::owner_of_lists;
      case Part::owner_of_lists:
        if (is_array && contains(rules_->lists, name)) return Part::list;
        return contains(rules_->kept, name) ? Part::plain : Part::skipped;
      case Part::plain:
      case Part::skipped:
        break;
    }
    return Part::plain;
  }

  template <class T>
  bool open(T container) {
    if (levels_.size() + skipped_levels_ == static_cast<std::size_t>(kNestingMax))
      return fail("nesting exceeds 32 levels");
    if (is_skipping()) {
      skipped_content_ = true;
      ++skipped_levels_;
      return true;
    }
    note_beginning();
    if (!count_value()) return false;
    const bool is_member = !levels_.empty() && levels_.back().value.get_if<Object>() != nullptr;
    const std::string name = is_member ? levels_.back().value.get_if<Object>()->back().first : std::string();
    const Part part = part_of(std::is_same_v<T, Array>, name);
    if (part == Part::skipped) {
      skipped_levels_ = 1;
      skipped_content_ = false;
      return true;
    }
    // The values of a root object count like those of an item.
    if (levels_.empty() && part == Part::owner_of_lists) items_.emplace_back();
    levels_.emplace_back();
    levels_.back().value.held = std::move(container);
    levels_.back().part = part;
    levels_.back().list = name;
    return true;
  }

  bool close() {
    if (is_skipping()) {
      if (--skipped_levels_ > 0) return true;
      Value has_content;
      has_content.held = skipped_content_;
      return place(std::move(has_content));
    }
    Value done = std::move(levels_.back().value);
    levels_.pop_back();
    return place(std::move(done));
  }

  TakeItem take_item_;
  std::function<std::size_t()> place_;
  const ItemRules* rules_ = nullptr;
  std::vector<Item> items_;  // those that are not complete, each in the one before
  std::vector<Level> levels_;
  std::size_t skipped_levels_ = 0;
  bool skipped_content_ = false;
  Value root_;
  bool root_is_wrong_ = false;
  const char* why_ = nullptr;
};

}  // namespace taskward::json
