#include "csv_task_reading.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

#include "task_formats.hpp"
#include "taskward/base/csv.hpp"
#include "taskward/base/text.hpp"
#include "todoist_reading.hpp"

namespace taskward::api {
namespace {

std::vector<std::string> lowered(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& name : names) out.push_back(lower(name));
  return out;
}

/// 422 if a column name is unknown or appears more than once, or if there is no title.
Result<Done> check_names(const std::vector<std::string>& names) {
  Faults faults;
  std::set<std::string> seen;
  const auto known = csv_columns();
  for (const std::string& name : names) {
    if (faults.size() >= kUnknownNamesMax) return validation_failed(std::move(faults));
    const std::string column = lower(name);
    if (!contains(known, column)) {
      add_unknown({}, name, "is an unknown column; the columns are " + joined(known, ", "), faults);
    } else if (!seen.insert(column).second) {
      faults.push_back({name, FaultCode::duplicate, "appears more than once in the header line"});
    }
  }
  if (seen.count("title") == 0)
    faults.push_back({"title", FaultCode::required, "is a required column in the header line"});
  if (!faults.empty()) return validation_failed(std::move(faults));
  return Done{};
}

/// A cell as the value of the member.
json::Value value_of(std::string_view column, const std::string& cell, Faults& faults) {
  std::string text = without_formula_guard(cell);
  if (column != "tags") return text_value(std::move(text));
  auto tags = tags_of_a_cell(text);
  if (tags) return text_array(std::move(*tags));
  faults.push_back({"tags", FaultCode::invalid_format,
                    "must be comma-separated tags; a tag that contains a comma or a quote must be quoted, "
                    "with quotes in it doubled"});
  return {};
}

void take_record(CsvRecord&& record, const std::vector<std::string>& names, TaskFileCollector& into) {
  json::Object object;
  Faults faults;
  for (std::size_t i = 0; i < names.size(); ++i) {
    // An empty cell is an omitted member: a missing title is a fault, other members get their defaults.
    if (record.fields[i].empty()) continue;
    object.emplace_back(names[i], value_of(names[i], record.fields[i], faults));
  }
  into.take(record.line, object, std::move(faults));
}

/// CRLF line ends within cells become LF.
void normalise_line_ends(std::vector<std::string>& fields) {
  for (std::string& cell : fields) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < cell.size(); ++i)
      if (cell[i] != '\r' || i + 1 == cell.size() || cell[i + 1] != '\n') cell[kept++] = cell[i];
    cell.resize(kept);
  }
}

/// The header line, with trimmed names.
Result<CsvRecord> read_header(CsvReader& reader) {
  auto first = reader.next();
  if (!first)
    return validation_failed({{"title", FaultCode::required, "is a required column in the header line"}});
  if (!first->fault.empty())
    return validation_failed({{"", FaultCode::invalid_format, "the header line " + first->fault}});
  for (std::string& name : first->fields) name = trimmed(name);
  return std::move(*first);
}

}  // namespace

Result<Done> read_csv_tasks(std::string&& text, TaskFileCollector& into) {
  const CsvDialect dialect = csv_dialect(text);
  std::istringstream in(std::move(text));
  CsvReader reader(in, kFileRecordMaxBytes, dialect.delimiter);
  if (dialect.has_separator_line) static_cast<void>(reader.next());
  auto header = read_header(reader);
  if (!header) return std::move(header).error();
  const std::vector<std::string> names = lowered(header->fields);
  std::optional<TodoistReader> todoist;
  if (TodoistReader::is_header(names)) {
    todoist.emplace(names, into);
  } else {
    if (auto fault = check_names(header->fields); !fault) return fault;
    for (const std::string_view name : kOfExportedTasks) {
      if (std::find(names.begin(), names.end(), name) != names.end())
        into.not_imported_once(header->line, name);
    }
  }
  while (auto record = reader.next()) {
    if (record->fault.empty() && record->fields.size() != names.size()) {
      record->fault = "wrong number of fields: " + std::to_string(record->fields.size()) + " instead of " +
                      std::to_string(names.size());
    }
    normalise_line_ends(record->fields);
    if (record->fault.empty() && todoist) {
      if (auto taken = todoist->take(std::move(*record)); !taken) return taken;
      continue;
    }
    if (todoist) todoist->finish();
    if (auto room = into.expect_room(); !room) return room;
    if (record->fault.empty())
      take_record(std::move(*record), names, into);
    else
      into.refuse(record->line, {{"", FaultCode::invalid_format, record->fault}});
  }
  if (todoist) todoist->finish();
  return Done{};
}

}  // namespace taskward::api
