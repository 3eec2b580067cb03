// Reads JSON written by the product, without the product's own parser.
//
//   const Json body = Json::parse(R"({"user": {"role": "admin"}})");
//   BOOST_TEST(body["user"]["role"].text() == "admin");
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskward::test {

class Json {
 public:
  /// Throws std::runtime_error if the text is not JSON. So do the functions below if the value has another
  /// type or is absent.
  [[nodiscard]] static Json parse(std::string_view text);

  [[nodiscard]] Json operator[](std::string_view name) const;
  [[nodiscard]] Json at(std::size_t index) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] bool is_null() const;
  /// The JSON Schema type: null, boolean, integer, number, string, array or object.
  [[nodiscard]] std::string_view type() const noexcept;
  /// The value as JSON.
  [[nodiscard]] std::string dump() const;
  /// The number of items of an array or members of an object.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::int64_t number() const;
  [[nodiscard]] bool boolean() const;

 private:
  struct Tree;
  Json(std::shared_ptr<const Tree> tree, const void* value) : tree_(std::move(tree)), value_(value) {}
  std::shared_ptr<const Tree> tree_;
  const void* value_;
};

/// The text as a quoted JSON string.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace taskward::test
