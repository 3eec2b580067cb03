#include "task_query.hpp"

#include <array>
#include <set>
#include <string>

#include "query_parameters.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

using domain::TaskQuery;
using model::SortOrder;
using model::TaskPlace;
using store::TaskListing;

void read_tag(const ParameterValue& given, std::vector<std::string>& into, Faults& faults) {
  const std::size_t length = code_points(given.text).value_or(0);
  if (length == 0 || length > model::kTagMaxCharacters) {
    faults.push_back({given.name, FaultCode::invalid_value,
                      "must be a tag, which has 1 to " + std::to_string(model::kTagMaxCharacters) +
                          " characters; for several give the parameter several times"});
  } else if (std::find(into.begin(), into.end(), given.text) != into.end()) {
    return;
  } else if (into.size() == model::kTagFilterMax) {
    faults.push_back({given.name, FaultCode::too_many,
                      "must be at most " + std::to_string(model::kTagFilterMax) + " different tags"});
  } else {
    into.push_back(given.text);
  }
}

void read_words(const ParameterValue& given, std::string& into, Faults& faults) {
  const std::size_t length = code_points(given.text).value_or(0);
  if (trimmed(given.text).empty())
    faults.push_back({given.name, FaultCode::too_short, "must hold a word"});
  else if (length > model::kSearchMaxCharacters)
    faults.push_back({given.name, FaultCode::too_long,
                      "must have at most " + std::to_string(model::kSearchMaxCharacters) + " characters"});
  else
    into = given.text;
}

void read_sort(const ParameterValue& given, model::TaskFilter& into, Faults& faults) {
  std::string_view text = given.text;
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
  faults.push_back({given.name, FaultCode::invalid_value,
                    "must be one of " + known + ", with a - before it for descending"});
}

using Row = Parameter<TaskQuery>;

// THE table.
constexpr std::array kParameters{
    Row{"limit", Repeats::no,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_number(given, 1, model::kPageLimitMax, into.limit, faults);
        }},
    Row{"offset", Repeats::no,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_number(given, 0, model::kPageOffsetMax, into.offset, faults);
        }},
    Row{"cursor", Repeats::no,
        [](const ParameterValue& given, TaskQuery& into, Faults&) { into.cursor = given.text; }},
    Row{"status", Repeats::yes,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_choices(given, model::kTaskStatuses, model::task_status, into.filter.statuses, faults);
        }},
    Row{"priority", Repeats::yes,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_choices(given, model::kTaskPriorities, model::task_priority, into.filter.priorities, faults);
        }},
    Row{"tag", Repeats::yes,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_tag(given, into.filter.tags, faults);
        }},
    Row{"due_before", Repeats::no,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_moment(given, into.filter.due_before, faults);
        }},
    Row{"due_after", Repeats::no,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_moment(given, into.filter.due_after, faults);
        }},
    Row{"q", Repeats::no,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_words(given, into.filter.text, faults);
        }},
    Row{"sort", Repeats::no,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_sort(given, into.filter, faults);
        }},
    Row{"count", Repeats::no,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_switch(given, TaskListing::Total::count, TaskListing::Total::leave, into.total, faults);
        }},
    Row{"trash", Repeats::no,
        [](const ParameterValue& given, TaskQuery& into, Faults& faults) {
          read_switch(given, TaskPlace::trash, TaskPlace::list, into.filter.place, faults);
        }},
};

}  // namespace

Result<TaskQuery> read_task_query(std::string_view text) {
  std::set<std::string, std::less<>> seen;
  auto query = read_parameters<TaskQuery>(text, kParameters, &seen);
  if (!query) return query;
  if (seen.count("cursor") != 0 && seen.count("offset") != 0)
    return validation_failed({{"offset", FaultCode::invalid_value, "must not be given with a cursor"}});
  query->filter.tags = model::as_tag_set(std::move(query->filter.tags));
  if (seen.count("sort") == 0) {
    // What fits best comes first; what was deleted last comes first.
    if (!query->filter.text.empty())
      query->filter.sort = model::TaskSort::relevance;
    else if (query->filter.place == TaskPlace::trash)
      query->filter.sort = model::TaskSort::updated_at;
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
