// Result<T>: a value, or an error to report to the client.
//
//   Result<Task> found = find_task(...);
//   if (!found) return std::move(found).error();
//   use(*found);
//
// Accessing the value of an error, or the error of a value, is a bug and throws.
#pragma once

#include <utility>
#include <variant>

#include "taskward/base/errors.hpp"

namespace taskward {

/// For a Result without a value.
struct Done {};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  Result(ErrorCode code) : Result(Error(code)) {}                           // NOLINT

  [[nodiscard]] explicit operator bool() const noexcept { return held_.index() == 0; }

  [[nodiscard]] T& operator*() & { return std::get<0>(held_); }
  [[nodiscard]] const T& operator*() const& { return std::get<0>(held_); }
  [[nodiscard]] T&& operator*() && { return std::get<0>(std::move(held_)); }
  [[nodiscard]] T* operator->() { return &std::get<0>(held_); }
  [[nodiscard]] const T* operator->() const { return &std::get<0>(held_); }

  [[nodiscard]] const Error& error() const& { return std::get<1>(held_); }
  [[nodiscard]] Error&& error() && { return std::get<1>(std::move(held_)); }

 private:
  std::variant<T, Error> held_;
};

}  // namespace taskward
