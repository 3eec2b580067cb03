#include "task_query.hpp"

#include <set>
#include <string>

#include "query_facts.hpp"
#include "query_parameters.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

using domain::TaskQuery;
using model::SortOrder;
using model::TaskPlace;
using model::TaskPriority;
using model::TaskStatus;
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

Schema tag_schema() {
  Schema one;
  one.least = 1;
  one.most = static_cast<std::int64_t>(model::kTagMaxCharacters);
  Schema several = array_schema(std::move(one), "A task has all of them.");
  several.most = static_cast<std::int64_t>(model::kTagFilterMax);
  return several;
}

/// Each sort, and with a - before it for descending.
Schema sort_schema() {
  static const std::vector<std::string> spellings = [] {
    std::vector<std::string> all;
    for (const model::TaskSort sort : model::kTaskSorts) {
      all.emplace_back(model::name(sort));
      all.push_back('-' + all.back());
    }
    return all;
  }();
  Schema schema;
  schema.choices.assign(spellings.begin(), spellings.end());
  schema.note = "-created_at when not given; -updated_at in the trash.";
  return schema;
}

// THE table.
const Parameters<TaskQuery>& parameters() {
  using Query = TaskQuery;
  static const Parameters<Query> table{
      whole_number<Query>(
          "limit", 1, model::kPageLimitMax, [](Query& into) -> int& { return into.limit; },
          "How many items a page has."),
      whole_number<Query>(
          "offset", 0, model::kPageOffsetMax, [](Query& into) -> int& { return into.offset; },
          "How many items to pass over. Not with a cursor, which is as quick on every page."),
      free_text<Query>(
          "cursor", 1, 0, [](const ParameterValue& given, Query& into, Faults&) { into.cursor = given.text; },
          "The next_cursor of a page of the same list."),
      some_of<Query>(
          "status", model::kTaskStatuses, model::task_status,
          [](Query& into) -> std::vector<TaskStatus>& { return into.filter.statuses; }, "Any of these."),
      some_of<Query>(
          "priority", model::kTaskPriorities, model::task_priority,
          [](Query& into) -> std::vector<TaskPriority>& { return into.filter.priorities; }, "Any of these."),
      {"tag", Repeats::yes, tag_schema(),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_tag(given, into.filter.tags, faults);
       }},
      moment_parameter<Query>(
          "due_before", [](Query& into) -> std::optional<Timestamp>& { return into.filter.due_before; },
          "Due earlier than this."),
      moment_parameter<Query>(
          "due_after", [](Query& into) -> std::optional<Timestamp>& { return into.filter.due_after; },
          "Due then or later."),
      free_text<Query>(
          "q", 1, model::kSearchMaxCharacters,
          [](const ParameterValue& given, Query& into, Faults& faults) {
            read_words(given, into.filter.text, faults);
          },
          "Words; a task holds each, or a word that begins with it. What fits best comes first unless "
          "sort is given."),
      {"sort", Repeats::no, sort_schema(),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_sort(given, into.filter, faults);
       }},
      true_or_false<Query>(
          "count", TaskListing::Total::count, TaskListing::Total::leave,
          [](Query& into) -> TaskListing::Total& { return into.total; },
          "Whether to tell how many there are on all pages."),
      true_or_false<Query>(
          "trash", TaskPlace::trash, TaskPlace::list,
          [](Query& into) -> TaskPlace& { return into.filter.place; },
          "What lies in the trash, instead of what does not."),
  };
  return table;
}

}  // namespace

Result<TaskQuery> read_task_query(std::string_view text) {
  std::set<std::string, std::less<>> seen;
  auto query = read_parameters(text, parameters(), &seen);
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

std::vector<ParameterFacts> task_query_facts() { return facts_of(parameters()); }

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
