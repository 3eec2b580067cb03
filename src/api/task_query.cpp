#include "task_query.hpp"

#include <array>
#include <functional>
#include <set>
#include <string>

#include "query_parameters.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/http/header_values.hpp"

namespace taskward::api {
namespace {

using domain::TaskQuery;
using model::SortOrder;
using model::TaskPlace;
using store::TaskListing;

void read_tag(const std::string& name, const std::string& text, std::vector<std::string>& into,
              Faults& faults) {
  const std::size_t length = code_points(text).value_or(0);
  if (length == 0 || length > model::kTagMaxCharacters) {
    faults.push_back({name, FaultCode::invalid_value,
                      "must be a tag, which has 1 to " + std::to_string(model::kTagMaxCharacters) +
                          " characters; for several give the parameter several times"});
  } else if (into.size() == model::kTagFilterMax) {
    faults.push_back({name, FaultCode::too_many,
                      "must be given at most " + std::to_string(model::kTagFilterMax) + " times"});
  } else {
    into.push_back(text);
  }
}

void read_words(const std::string& name, const std::string& text, std::string& into, Faults& faults) {
  const std::size_t length = code_points(text).value_or(0);
  if (trimmed(text).empty())
    faults.push_back({name, FaultCode::too_short, "must hold a word"});
  else if (length > model::kSearchMaxCharacters)
    faults.push_back({name, FaultCode::too_long,
                      "must have at most " + std::to_string(model::kSearchMaxCharacters) + " characters"});
  else
    into = text;
}

void read_sort(const std::string& name, std::string_view text, model::TaskFilter& into, Faults& faults) {
  const bool is_descending = text.starts_with('-');
  if (is_descending) text.remove_prefix(1);
  std::string known;
  for (const model::TaskSort sort : model::kTaskSorts) {
    known += (known.empty() ? "" : ", ") + std::string(model::name(sort));
    if (text != model::name(sort)) continue;
    into.sort = sort;
    into.order = is_descending ? SortOrder::descending : SortOrder::ascending;
    return;
  }
  faults.push_back(
      {name, FaultCode::invalid_value, "must be one of " + known + ", with a - before it for descending"});
}

/// A parameter: whether it may stand there several times, and how it is read.
struct Parameter {
  std::string_view name;
  bool is_repeatable;
  void (*read)(const std::string& name, const std::string& text, TaskQuery& into, Faults& faults);
};

// THE table.
constexpr std::array kParameters{
    Parameter{"limit", false,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_number(name, text, 1, model::kPageLimitMax, into.limit, faults);
              }},
    Parameter{"offset", false,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_number(name, text, 0, model::kPageOffsetMax, into.offset, faults);
              }},
    Parameter{
        "cursor", false,
        [](const std::string&, const std::string& text, TaskQuery& into, Faults&) { into.cursor = text; }},
    Parameter{"status", true,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_choices(name, text, model::kTaskStatuses, model::task_status, into.filter.statuses,
                             faults);
              }},
    Parameter{"priority", true,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_choices(name, text, model::kTaskPriorities, model::task_priority, into.filter.priorities,
                             faults);
              }},
    Parameter{"tag", true,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_tag(name, text, into.filter.tags, faults);
              }},
    Parameter{"due_before", false,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_moment(name, text, into.filter.due_before, faults);
              }},
    Parameter{"due_after", false,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_moment(name, text, into.filter.due_after, faults);
              }},
    Parameter{"q", false,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_words(name, text, into.filter.text, faults);
              }},
    Parameter{"sort", false,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_sort(name, text, into.filter, faults);
              }},
    Parameter{"count", false,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_switch(name, text, TaskListing::Total::count, TaskListing::Total::leave, into.total,
                            faults);
              }},
    Parameter{"trash", false,
              [](const std::string& name, const std::string& text, TaskQuery& into, Faults& faults) {
                read_switch(name, text, TaskPlace::trash, TaskPlace::list, into.filter.place, faults);
              }},
};

}  // namespace

Result<TaskQuery> read_task_query(std::string_view text) {
  auto parameters = http::parse_query(text);
  if (!parameters) return std::move(parameters).error();
  TaskQuery query;
  Faults faults;
  std::set<std::string_view> seen;
  for (const auto& [name, value] : *parameters) {
    const auto* known = std::find_if(kParameters.begin(), kParameters.end(),
                                     [&, &name = name](const Parameter& one) { return one.name == name; });
    if (known == kParameters.end())
      refuse_unknown(name, faults);
    else if (!seen.insert(name).second && !known->is_repeatable)
      faults.push_back({name, FaultCode::duplicate, "must be given once"});
    else
      known->read(name, value, query, faults);
  }
  if (seen.count("cursor") != 0 && seen.count("offset") != 0)
    faults.push_back({"offset", FaultCode::invalid_value, "must not be given with a cursor"});
  if (!faults.empty()) return validation_failed(std::move(faults));
  query.filter.tags = model::as_tag_set(std::move(query.filter.tags));
  if (seen.count("sort") == 0) {
    // What fits best comes first; what was deleted last comes first.
    if (!query.filter.text.empty())
      query.filter.sort = model::TaskSort::relevance;
    else if (query.filter.place == TaskPlace::trash)
      query.filter.sort = model::TaskSort::updated_at;
  }
  return query;
}

std::string next_page_query(std::string_view query, std::string_view cursor) {
  const auto parameters = http::parse_query(query);
  http::Query next;
  for (const auto& parameter : *parameters) {
    if (parameter.first != "cursor" && parameter.first != "offset") next.push_back(parameter);
  }
  next.emplace_back("cursor", cursor);
  return http::query_text(next);
}

}  // namespace taskward::api
