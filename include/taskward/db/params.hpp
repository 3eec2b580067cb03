// The parameters of one execution, and the form of the statement that they are for. They refer to the
// caller's values, which must outlive the call; passing a temporary id does not compile.
//
//   connection.run(find_task, Params().uuid(id).text(title).number(limit));
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/ids.hpp"
#include "taskward/db/statement.hpp"

namespace taskward::db {

class Params {
 public:
  static constexpr std::size_t kMost = 24;

  Params& uuid(const Uuid& value) { return binary(value.view().data(), value.view().size()); }
  Params& uuid(const Uuid&&) = delete;
  template <class Kind>
  Params& id(const Id<Kind>& value) {
    return uuid(value.uuid);
  }
  template <class Kind>
  Params& id(const Id<Kind>&&) = delete;
  Params& text(std::string_view value) { return binary(value.empty() ? "" : value.data(), value.size()); }
  Params& text_or_null(const std::optional<std::string>& value) { return value ? text(*value) : null(); }
  Params& text_or_null(const std::optional<std::string>&&) = delete;
  Params& text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }
  Params& bytes(std::string_view value) { return text(value); }
  Params& number(std::int64_t value);
  /// A value in PostgreSQL's text format, such as an array or an address. NUL-terminated.
  Params& literal(const char* value) { return add(value, 0, 0); }
  Params& null() { return add(nullptr, 0, 0); }
  /// The statement is run in this form.
  Params& in_form(const Form& form) noexcept {
    form_ = &form;
    return *this;
  }
  Params& in_form(const Form&&) = delete;

  [[nodiscard]] int count() const noexcept { return static_cast<int>(count_); }
  [[nodiscard]] const char* const* values() const noexcept { return values_.data(); }
  [[nodiscard]] const int* lengths() const noexcept { return lengths_.data(); }
  [[nodiscard]] const int* formats() const noexcept { return formats_.data(); }
  /// Null for the statement as it is.
  [[nodiscard]] const Form* form() const noexcept { return form_; }

  Params() = default;
  // values_ points into numbers_, so a copy would refer to the original.
  Params(const Params&) = delete;
  Params& operator=(const Params&) = delete;

 private:
  Params& binary(const char* value, std::size_t size) { return add(value, static_cast<int>(size), 1); }
  Params& add(const char* value, int length, int format);

  std::array<const char*, kMost> values_{};
  std::array<int, kMost> lengths_{};
  std::array<int, kMost> formats_{};
  std::array<std::array<char, 24>, kMost> numbers_{};
  std::size_t count_ = 0;
  const Form* form_ = nullptr;
};

}  // namespace taskward::db
