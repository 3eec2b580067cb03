// The result of a statement, in PostgreSQL's binary format.
//
//   for (std::size_t r = 0; r < rows.size(); ++r) {
//     RowReader row = rows.row(r);      // columns are read in the order of the select list
//     task.id = row.id<TaskId>();
//     task.title = row.text();
//   }
//
// Reading a column as a wrong type is a bug and throws std::logic_error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"

struct pg_result;

namespace taskward::db {

class RowReader {
 public:
  [[nodiscard]] bool is_null() const;
  void skip(int columns = 1) noexcept { column_ += columns; }

  template <class AnId>
  [[nodiscard]] AnId id() {
    return AnId{uuid()};
  }
  [[nodiscard]] Uuid uuid();
  [[nodiscard]] std::string_view view();
  [[nodiscard]] std::string text() { return std::string(view()); }
  [[nodiscard]] std::optional<std::string> text_or_null();
  /// An array of text without nulls.
  [[nodiscard]] std::vector<std::string> texts();
  [[nodiscard]] bool boolean();
  [[nodiscard]] std::int64_t number();
  [[nodiscard]] Timestamp timestamp();
  [[nodiscard]] std::optional<Timestamp> timestamp_or_null();

 private:
  friend class Rows;
  RowReader(const pg_result* result, int row) noexcept : result_(result), row_(row) {}
  std::string_view next(std::initializer_list<unsigned> types);

  const pg_result* result_;
  int row_;
  int column_ = 0;
};

class Rows {
 public:
  /// Takes ownership.
  explicit Rows(pg_result* result) noexcept;
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) noexcept;
  ~Rows();

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] RowReader row(std::size_t index) const;
  /// The command tag, such as "COMMIT" or "INSERT 0 1".
  [[nodiscard]] std::string_view tag() const noexcept;

 private:
  struct Clear {
    void operator()(pg_result* result) const noexcept;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

}  // namespace taskward::db
