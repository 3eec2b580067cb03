// Reading import files, and their outcome as text.
#pragma once

#include <string>

#include "src/api/task_file_reading.hpp"
#include "tests/unit/support_outcome.hpp"

namespace taskward::testing {

[[nodiscard]] inline Result<domain::ImportedFile> read_file(const std::string& type,
                                                            const std::string& text) {
  http::Request request;
  request.content_type = type;
  request.body = text;
  return api::read_task_file(request);
}

/// "line:title" of each task, then "line! code" of each rejected one; or the errors of the whole file.
[[nodiscard]] inline std::string summary_of(const Result<domain::ImportedFile>& read) {
  if (!read) return error_summary(read, " | ");
  std::string out;
  const auto add = [&](const std::string& piece) { out += (out.empty() ? "" : " | ") + piece; };
  for (const auto& one : read->tasks) add(std::to_string(one.line) + ':' + one.task.title);
  for (const auto& one : read->refused) add(std::to_string(one.line) + "! " + one.code);
  return out;
}

/// "line code: message" of each warning, or of each refused task.
[[nodiscard]] inline Lines lines_of(const std::vector<domain::ImportIssue>& issues) {
  Lines lines;
  for (const auto& one : issues)
    lines.push_back(std::to_string(one.line) + ' ' + one.code + ": " + one.message);
  return lines;
}

}  // namespace taskward::testing
