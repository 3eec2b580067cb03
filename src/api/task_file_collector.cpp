#include "task_file_collector.hpp"

#include <algorithm>

#include "taskward/api/task_bodies.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

/// Of a name from the file, in messages.
constexpr std::size_t kNameMaxBytes = 100;
constexpr std::size_t kNamesMax = 20;

/// "a", "a and b", "a, b and c". Of many names, the first ones and how many more there are.
std::string listed(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    if (shown.size() == kNamesMax) {
      shown.push_back(std::to_string(names.size() - kNamesMax) + " more");
      break;
    }
    shown.emplace_back(beginning(name, kNameMaxBytes));
  }
  const std::string last = std::move(shown.back());
  shown.pop_back();
  return shown.empty() ? last : joined(shown, ", ") + " and " + last;
}

}  // namespace

Result<Done> TaskFileCollector::expect_room() const {
  if (file_.tasks.size() + file_.refused.size() < domain::kImportMax) return Done{};
  return validation_failed({{"", FaultCode::too_many,
                             "the file must have at most " + std::to_string(domain::kImportMax) +
                                 " tasks; import the rest separately"}});
}

void TaskFileCollector::take(std::size_t line, json::Object& object, Faults faults) {
  model::ImportedTask task;
  const bool has_status = given_members(object).count("status") == 1;
  read_members(imported_task_shape(), object, "", task, faults);
  if (!faults.empty()) return refuse(line, faults);
  if (task.completed_at && !has_status) task.status = model::TaskStatus::done;
  if (task.completed_at && task.status != model::TaskStatus::done) {
    task.completed_at.reset();
    warn(line, domain::kNotImported, "completed_at is not imported, because the status is not done");
  }
  file_.tasks.push_back({line, std::move(task)});
}

void TaskFileCollector::refuse(std::size_t line, const Faults& faults) {
  std::string message;
  for (const FieldFault& fault : faults) {
    if (!message.empty()) message += "; ";
    if (!fault.field.empty()) message += fault.field + ' ';
    message += fault.message;
  }
  file_.refused.push_back({line, std::string(name(faults.front().code)), message});
}

void TaskFileCollector::not_imported(std::size_t line, const std::vector<std::string>& names) {
  if (names.empty()) return;
  warn(line, domain::kNotImported, listed(names) + (names.size() == 1 ? " is" : " are") + " not imported");
}

void TaskFileCollector::not_imported_once(std::size_t line, std::string_view name) {
  name = beginning(name, kNameMaxBytes);
  if (mentioned_.contains(name)) return;
  if (mentioned_.size() < domain::kImportWarningsMax) mentioned_.emplace(name);
  warn(line, domain::kNotImported, std::string(name) + " is not imported, here and in the rest of the file");
}

void TaskFileCollector::assumed_utc(std::size_t line, std::string_view name) {
  warn(line, domain::kAssumedUtc, std::string(name) + " has no known time zone and is taken as UTC");
}

void TaskFileCollector::warn(std::size_t line, std::string_view code, std::string message) {
  last_line_ = std::max(last_line_, line);
  // The last one is about further warnings.
  if (++warnings_ < domain::kImportWarningsMax)
    file_.warnings.push_back({line, std::string(code), std::move(message)});
}

domain::ImportedFile TaskFileCollector::take_all() {
  std::stable_sort(file_.warnings.begin(), file_.warnings.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  if (warnings_ > file_.warnings.size()) {
    file_.warnings.push_back(
        {last_line_, std::string(domain::kMoreWarnings),
         "there are " + std::to_string(warnings_ - file_.warnings.size()) + " further warnings"});
  }
  return std::move(file_);
}

json::Value text_value(std::string text) {
  json::Value value;
  value.held = std::move(text);
  return value;
}

json::Value text_array(std::vector<std::string> texts) {
  json::Array array;
  for (std::string& text : texts) array.push_back(text_value(std::move(text)));
  json::Value value;
  value.held = std::move(array);
  return value;
}

std::vector<std::string> fitting_tags(std::vector<std::string> texts, std::string_view what,
                                      std::vector<std::string>& lost) {
  std::vector<std::string> tags;
  for (std::string& text : model::as_tag_set(std::move(texts))) {
    if (tags.size() < model::kTagsMax && is_tag(text))
      tags.push_back(std::move(text));
    else
      lost.push_back(std::string(what) + ' ' + text);
  }
  return tags;
}

}  // namespace taskward::api
