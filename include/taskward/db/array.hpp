// PostgreSQL array literals such as {"a","b\"c",NULL}, used to pass many rows in one parameter.
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
  /// The value must not contain NUL.
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
  void separate();

  std::string text_ = "{";
};

}  // namespace taskward::db
