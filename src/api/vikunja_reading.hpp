// Reading tasks from data.json of Vikunja's export: an array of projects with their tasks, or an object with
// `projects` or `tasks`.
#pragma once

#include <cstddef>
#include <string_view>

#include "task_file_collector.hpp"
#include "taskward/json/value.hpp"

namespace taskward::api {

class VikunjaReader {
 public:
  static constexpr std::string_view kTasks = "tasks";
  static constexpr std::string_view kLabels = "labels";

  /// Whether an item of the list (empty for the root array) is a project.
  [[nodiscard]] static bool is_project(const json::Object& item, std::string_view list);

  explicit VikunjaReader(TaskFileCollector& into) : into_(into) {}

  /// A task, of which only the labels are kept (json::ItemRules).
  void take_task(std::size_t line, json::Object& task);
  /// The project of the tasks since the last one. Its title becomes a tag of each.
  void end_project(std::size_t line, const json::Object& project);

 private:
  TaskFileCollector& into_;
  std::size_t first_ = 0;  ///< the first task of the project
};

}  // namespace taskward::api
