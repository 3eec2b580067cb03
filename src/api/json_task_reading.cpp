#include "json_task_reading.hpp"

#include <algorithm>
#include <array>

#include "vikunja_reading.hpp"

namespace taskward::api {
namespace {

/// The numbers of lines, which are asked for in almost ascending order.
class LineNumbers {
 public:
  explicit LineNumbers(std::string_view text) : text_(text) {}

  /// Of the line with this byte.
  std::size_t at(std::size_t offset) {
    const auto ends_between = [&](std::size_t begin, std::size_t end) {
      const auto between = text_.substr(begin, end - begin);
      return static_cast<std::size_t>(std::count(between.begin(), between.end(), '\n'));
    };
    if (offset >= offset_)
      line_ += ends_between(offset_, offset);
    else
      line_ -= ends_between(offset, offset_);
    offset_ = offset;
    return line_;
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  std::size_t line_ = 1;
};

void take_task(std::size_t line, json::Object& object, TaskFileCollector& into) {
  for (const std::string_view name : kOfExportedTasks) {
    const json::Value* value = json::find(object, name);
    if (value != nullptr && !value->is_null()) into.not_imported_once(line, name);
  }
  into.take(line, object, {});
}

}  // namespace

Result<Done> read_json_tasks(std::string_view text, TaskFileCollector& into) {
  static const json::ItemRules rules{{"projects", VikunjaReader::kTasks}, {"tags", VikunjaReader::kLabels}};
  LineNumbers lines(text);
  VikunjaReader vikunja(into);
  return json::parse_items(
      text, rules, [&](json::Value&& item, std::size_t offset, std::string_view list) -> Result<Done> {
        auto* object = item.get_if<json::Object>();
        const bool is_project = object != nullptr && VikunjaReader::is_project(*object, list);
        if (is_project) {
          vikunja.end_project(lines.at(offset), *object);
          return Done{};
        }
        if (auto room = into.expect_room(); !room) return room;
        const std::size_t line = lines.at(offset);
        if (object == nullptr)
          into.refuse(line, {{"", FaultCode::wrong_type, "must be an object"}});
        else if (list == VikunjaReader::kTasks)
          vikunja.take_task(line, *object);
        else
          take_task(line, *object, into);
        return Done{};
      });
}

}  // namespace taskward::api
