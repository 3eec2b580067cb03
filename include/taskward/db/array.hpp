// An array as PostgreSQL spells it, such as {"a","b\"c",NULL}: a parameter for many rows at once.
//
//   ArrayText names;
//   for (…) names.add(one);
//   Params().literal(names.c_str());
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskward::db {

class ArrayText {
 public:
  /// The value holds no NUL.
  void add(std::string_view value);
  void add_null();
  void add_or_null(const std::optional<std::string>& value) {
    if (value)
      add(std::string_view(*value));
    else
      add_null();
  }
  /// Valid until the next add.
  [[nodiscard]] const char* c_str();

 private:
  void part();

  std::string text_ = "{";
};

}  // namespace taskward::db
