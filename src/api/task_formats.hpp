// Files of tasks: JSON, CSV (RFC 4180) and iCalendar (RFC 5545).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/model/task.hpp"

namespace taskward::api {

enum class TaskFormat : std::uint8_t { json, csv, ics };
inline constexpr std::array kTaskFormats{TaskFormat::json, TaskFormat::csv, TaskFormat::ics};
/// Also the file name extension.
[[nodiscard]] std::string_view name(TaskFormat format) noexcept;
[[nodiscard]] std::string_view media_type(TaskFormat format) noexcept;

/// Writes a file in parts.
class TaskFile {
 public:
  explicit TaskFile(TaskFormat format) : format_(format) {}

  void begin(std::string& out) const;
  void add(std::string& out, const model::Task& task);
  void end(std::string& out) const;

 private:
  TaskFormat format_;
  std::size_t count_ = 0;
};

/// The CSV columns in order. Each is a member of a task in JSON.
[[nodiscard]] std::span<const std::string_view> csv_columns() noexcept;

/// Tags in one cell, encoded as a CSV record: `home,"a, b"`.
[[nodiscard]] std::string tags_in_a_cell(const std::vector<std::string>& tags);
/// Nothing if the cell is not such a record.
[[nodiscard]] std::optional<std::vector<std::string>> tags_of_a_cell(const std::string& cell);

}  // namespace taskward::api
