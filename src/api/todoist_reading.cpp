#include "todoist_reading.hpp"

#include <algorithm>
#include <array>

#include "local_times.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

/// Columns that have a counterpart, or only qualify another one.
constexpr auto kKnown =
    std::to_array<std::string_view>({"type", "content", "description", "priority", "indent", "date",
                                     "date_lang", "timezone", "duration_unit", "deadline_lang"});

/// Todoist's priorities from 1 to 4.
constexpr auto kPriorities = std::to_array<std::string_view>({"urgent", "high", "normal", "none"});

struct Content {
  std::string text;
  std::vector<std::string> labels;
};

/// Labels that are too long or too many for tags remain in the text, and so does a text of labels only.
Content without_labels(std::string_view text) {
  constexpr std::string_view blank = " \t\n";
  Content content;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = std::min(text.find_first_not_of(blank, at), text.size());
    const std::size_t end = std::min(text.find_first_of(blank, begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    const bool is_label = word.size() > 1 && word.front() == '@' &&
                          code_points(word.substr(1)).value_or(0) <= model::kTagMaxCharacters &&
                          content.labels.size() < model::kTagsMax;
    if (is_label)
      content.labels.emplace_back(word.substr(1));
    else if (content.text.empty() && !content.labels.empty())
      content.text = word;
    else
      content.text += text.substr(at, end - at);
    at = end;
  }
  if (content.text.empty()) content.text = text;
  return content;
}

}  // namespace

bool TodoistReader::is_header(const std::vector<std::string>& names) {
  const auto count = [&](std::string_view name) { return std::count(names.begin(), names.end(), name); };
  return count("type") == 1 && count("content") == 1;
}

Result<Done> TodoistReader::take(CsvRecord&& record) {
  const auto is_blank = [](const std::string& field) { return trimmed(field).empty(); };
  if (std::all_of(record.fields.begin(), record.fields.end(), is_blank)) return Done{};
  const std::string type = lower(trimmed(cell(record, "type")));
  if (type == "note") {
    take_note(record);
    return Done{};
  }
  finish();
  if (type == "section") {
    into_.not_imported(record.line, {"the section"});
  } else if (type == "meta") {
    into_.not_imported(record.line, {"meta"});
  } else {
    if (auto room = into_.expect_room(); !room) return room;
    if (type == "task")
      take_task(record);
    else
      into_.refuse(record.line,
                   {{"TYPE", FaultCode::invalid_value, "must be one of task, section, note, meta"}});
  }
  return Done{};
}

void TodoistReader::finish() {
  if (!task_) return;
  if (!task_->description.empty())
    task_->members.emplace_back("description", text_value(std::move(task_->description)));
  into_.take(task_->line, task_->members, std::move(task_->faults));
  task_.reset();
}

std::string_view TodoistReader::cell(const CsvRecord& record, std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return {};
  return record.fields.at(static_cast<std::size_t>(found - names_.begin()));
}

void TodoistReader::take_task(const CsvRecord& record) {
  task_ = Task{};
  task_->line = record.line;
  task_->description = cell(record, "description");
  Content content = without_labels(cell(record, "content"));
  task_->members.emplace_back("title", text_value(std::move(content.text)));
  task_->members.emplace_back("tags", text_array(std::move(content.labels)));

  const std::string_view priority = trimmed(cell(record, "priority"));
  if (priority.size() == 1 && priority.front() >= '1' && priority.front() <= '4') {
    const auto index = static_cast<std::size_t>(priority.front() - '1');
    task_->members.emplace_back("priority", text_value(std::string(kPriorities.at(index))));
  } else if (!priority.empty()) {
    task_->faults.push_back({"PRIORITY", FaultCode::invalid_value, "must be 1, 2, 3 or 4"});
  }

  std::vector<std::string> lost;
  const std::string_view indent = trimmed(cell(record, "indent"));
  if (!indent.empty() && indent != "0" && indent != "1") lost.emplace_back("INDENT");
  take_date(record, lost);
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const bool is_known = contains(kKnown, names_[i]);
    if (!is_known && !trimmed(record.fields[i]).empty()) lost.push_back(upper(names_[i]));
  }
  into_.not_imported(record.line, lost);
}

void TodoistReader::take_date(const CsvRecord& record, std::vector<std::string>& lost) {
  const std::string_view date = trimmed(cell(record, "date"));
  if (date.empty()) return;
  const auto moment = iso_moment(date, trimmed(cell(record, "timezone")), zones_);
  if (!moment) {
    lost.emplace_back("DATE");
    return;
  }
  if (moment->is_assumed_utc) into_.assumed_utc(record.line, "DATE");
  task_->members.emplace_back("due_at", text_value(rfc3339(moment->at)));
}

void TodoistReader::take_note(const CsvRecord& record) {
  if (!task_) return into_.not_imported(record.line, {"the note, which follows no task,"});
  const std::string_view note = cell(record, "content");
  if (trimmed(note).empty()) return;
  if (task_->characters == 0) task_->characters = code_points(task_->description).value_or(0);
  const std::string separator = task_->description.empty() ? "" : "\n\n";
  const std::size_t size = task_->characters + separator.size() + code_points(note).value_or(0);
  if (size > model::kDescriptionMaxCharacters)
    return into_.not_imported(record.line, {"the note, for which the description is too long,"});
  task_->description += separator;
  task_->description += note;
  task_->characters = size;
}

}  // namespace taskward::api
