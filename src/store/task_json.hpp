// Tasks as JSON: the form in which a statement takes many at once.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/json/writer.hpp"
#include "taskward/model/task.hpp"

namespace taskward::store {

/// SQL, a from clause: the elements of the JSON parameter `number` as rows g. `ord` is the position in the
/// list, from 0.
[[nodiscard]] std::string json_task_rows(int number);

/// A CTE `created` that inserts the rows of the CTE `additions` as tasks of the CTE `owner`, which has one
/// row or none.
[[nodiscard]] std::string insert_json_tasks(const std::string& owner);

/// Begins the object of a task; the caller ends it.
void begin_task(json::Writer& w, std::size_t ord, const TaskId& id);
void write_new_task(json::Writer& w, const model::NewTask& task);
void write_change(json::Writer& w, const model::TaskChange& change);
/// Writes nothing if there is no time.
void write_moment(json::Writer& w, std::string_view key, const std::optional<Timestamp>& moment);

}  // namespace taskward::store
