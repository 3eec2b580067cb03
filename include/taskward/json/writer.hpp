// JSON writer.
//
//   Writer w;
//   w.begin_object();
//   w.key("id"); w.string(id);
//   w.end_object();
//   std::string text = w.take();
//
// Text must be valid UTF-8.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace taskward::json {

class Writer {
 public:
  Writer();
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer();

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void string(std::string_view text);
  /// The same for text of which it is known that nothing in it has to be escaped: it is not searched.
  void plain_key(std::string_view name);
  void plain_string(std::string_view text);
  void number(std::int64_t value);
  void boolean(bool value);
  void null();
  /// Appends JSON without validation.
  void raw(std::string_view json);

  /// Returns the text and resets the writer.
  [[nodiscard]] std::string take();

 private:
  struct Body;
  static thread_local std::unique_ptr<Body> spare;
  void clear();
  std::unique_ptr<Body> body_;
};

}  // namespace taskward::json
