#include "task_file_reading.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "task_formats.hpp"
#include "taskward/api/task_bodies.hpp"
#include "taskward/base/csv.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/http/header_values.hpp"
#include "taskward/json/value.hpp"

namespace taskward::api {
namespace {

/// More than the longest task takes with every character escaped.
constexpr std::size_t kRecordMaxBytes = 256UL * 1024;

Error too_many() {
  return validation_failed({{"", FaultCode::too_many,
                             "the file must have at most " + std::to_string(domain::kImportMax) +
                                 " tasks; import the rest separately"}});
}

/// Collects the tasks and the refused lines.
class Collector {
 public:
  [[nodiscard]] bool is_full() const noexcept {
    return read_.tasks.size() + read_.refused.size() >= domain::kImportMax;
  }

  void take(std::size_t line, json::Object& object, Faults faults) {
    model::ImportedTask task;
    read_members(imported_task_shape(), object, "", task, faults);
    if (faults.empty())
      read_.tasks.push_back({line, std::move(task)});
    else
      refuse(line, faults);
  }

  void refuse(std::size_t line, const Faults& faults) {
    std::string message;
    for (const FieldFault& fault : faults) {
      if (!message.empty()) message += "; ";
      if (!fault.field.empty()) message += fault.field + ' ';
      message += fault.message;
    }
    read_.refused.push_back({line, std::string(name(faults.front().code)), message});
  }

  [[nodiscard]] TaskFileContents take_all() { return std::move(read_); }

 private:
  TaskFileContents read_;
};

Result<TaskFileContents> read_json(std::string_view text) {
  Collector collector;
  std::size_t line = 1;
  std::size_t counted = 0;  // the bytes whose line ends are counted in `line`
  auto done = json::parse_items(text, [&](json::Value&& item, std::size_t offset) -> Result<Done> {
    if (collector.is_full()) return too_many();
    const auto between = text.substr(counted, offset - counted);
    line += static_cast<std::size_t>(std::count(between.begin(), between.end(), '\n'));
    counted = offset;
    if (auto* object = item.get_if<json::Object>())
      collector.take(line, *object, {});
    else
      collector.refuse(line, {{"", FaultCode::wrong_type, "must be an object"}});
    return Done{};
  });
  if (!done) return std::move(done).error();
  return collector.take_all();
}

/// The column names. 422 if one is unknown or appears more than once, or if there is no title.
Result<std::vector<std::string>> read_names(std::vector<std::string>&& names) {
  Faults faults;
  std::set<std::string_view> seen;
  const auto known = csv_columns();
  for (std::string& name : names) {
    name = trimmed(name);
    if (faults.size() >= kUnknownNamesMax) return validation_failed(std::move(faults));
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      add_unknown({}, name, "is an unknown column; the columns are " + joined(known, ", "), faults);
    } else if (!seen.insert(name).second) {
      faults.push_back({name, FaultCode::duplicate, "appears more than once in the header line"});
    }
  }
  if (seen.count("title") == 0)
    faults.push_back({"title", FaultCode::required, "is a required column in the header line"});
  if (!faults.empty()) return validation_failed(std::move(faults));
  return std::move(names);
}

/// A cell as the value of the member. An empty cell is the same as an omitted member.
json::Value value_of(std::string_view column, std::string cell, Faults& faults) {
  json::Value value;
  if (cell.empty()) return value;
  // CRLF line ends within a cell become LF.
  for (std::size_t at = 0; (at = cell.find("\r\n", at)) != std::string::npos; ++at) cell.erase(at, 1);
  std::string text(without_formula_guard(cell));
  if (column != "tags") {
    value.held = std::move(text);
    return value;
  }
  auto tags = tags_of_a_cell(text);
  if (!tags) {
    faults.push_back({"tags", FaultCode::invalid_format,
                      "must be comma-separated tags; a tag that contains a comma or a quote must be quoted, "
                      "with quotes in it doubled"});
    return value;
  }
  json::Array array;
  for (std::string& tag : *tags) {
    json::Value item;
    item.held = std::move(tag);
    array.push_back(std::move(item));
  }
  value.held = std::move(array);
  return value;
}

Result<TaskFileContents> read_csv(std::string&& text) {
  std::istringstream in(std::move(text));
  CsvReader reader(in, kRecordMaxBytes);
  auto first = reader.next();
  if (!first)
    return validation_failed({{"title", FaultCode::required, "is a required column in the header line"}});
  if (!first->fault.empty())
    return validation_failed({{"", FaultCode::invalid_format, "the header line " + first->fault}});
  auto names = read_names(std::move(first->fields));
  if (!names) return std::move(names).error();
  Collector collector;
  while (auto record = reader.next()) {
    if (collector.is_full()) return too_many();
    if (!record->fault.empty()) {
      collector.refuse(record->line, {{"", FaultCode::invalid_format, record->fault}});
      continue;
    }
    if (record->fields.size() != names->size()) {
      collector.refuse(record->line, {{"", FaultCode::invalid_format,
                                       "wrong number of fields: " + std::to_string(record->fields.size()) +
                                           " instead of " + std::to_string(names->size())}});
      continue;
    }
    json::Object object;
    Faults faults;
    for (std::size_t i = 0; i < names->size(); ++i) {
      // An empty cell is an omitted member: a missing title is a fault, other members get their defaults.
      if (record->fields[i].empty()) continue;
      object.emplace_back((*names)[i], value_of((*names)[i], std::move(record->fields[i]), faults));
    }
    collector.take(record->line, object, std::move(faults));
  }
  return collector.take_all();
}

}  // namespace

Result<TaskFileContents> read_task_file(http::Request& request) {
  if (auto refusal = unreadable(request)) return std::move(*refusal);
  if (http::is_json(request.content_type)) return read_json(request.body);
  if (http::is_csv(request.content_type)) return read_csv(std::move(request.body));
  return Error(ErrorCode::unsupported_media_type, "The request body must be application/json or text/csv.");
}

}  // namespace taskward::api
