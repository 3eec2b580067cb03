#include "task_query.hpp"

#include <set>
#include <string>

#include "query_parameters.hpp"
#include "taskward/base/unicode.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

using domain::TaskQuery;
using model::SortOrder;
using model::TaskLocation;
using model::TaskPriority;
using model::TaskStatus;
using store::TaskListing;

void read_tag(const ParameterValue& given, std::vector<std::string>& into, Faults& faults) {
  const std::size_t length = code_points(given.text).value_or(0);
  if (length == 0 || length > model::kTagMaxCharacters) {
    faults.push_back({given.name, FaultCode::invalid_value,
                      "must be a tag of 1 to " + std::to_string(model::kTagMaxCharacters) +
                          " characters; repeat the parameter for several tags"});
  } else if (std::find(into.begin(), into.end(), given.text) != into.end()) {
    return;
  } else if (into.size() == model::kTagFilterMax) {
    faults.push_back({given.name, FaultCode::too_many,
                      "must not be given for more than " + std::to_string(model::kTagFilterMax) + " tags"});
  } else {
    into.push_back(given.text);
  }
}

void read_words(const ParameterValue& given, std::string& into, Faults& faults) {
  const std::size_t length = code_points(given.text).value_or(0);
  if (!has_visible_character(given.text))
    faults.push_back({given.name, FaultCode::too_short, "must contain a visible character"});
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
                    "must be one of " + known + ", prefixed with - for descending order"});
}

Schema tag_schema() {
  Schema one;
  one.least = 1;
  one.most = static_cast<std::int64_t>(model::kTagMaxCharacters);
  Schema several = array_schema(std::move(one), "A task matches if it has all of these tags.");
  several.most = static_cast<std::int64_t>(model::kTagFilterMax);
  return several;
}

/// Each sort key, and each with the prefix - for descending order.
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
  schema.note = "The default is relevance with q, -updated_at in the trash, and -created_at otherwise.";
  return schema;
}

const Parameters<TaskQuery>& parameters() {
  using Query = TaskQuery;
  static const Parameters<Query> table{
      whole_number<Query>(
          "limit", 1, model::kPageLimitMax, [](Query& into) -> int& { return into.limit; },
          "The maximum number of items per page."),
      whole_number<Query>(
          "offset", 0, model::kPageOffsetMax, [](Query& into) -> int& { return into.offset; },
          "The number of items to skip. Not allowed with a cursor; a cursor is faster for later pages."),
      free_text<Query>(
          "cursor", 1, 0, [](const ParameterValue& given, Query& into, Faults&) { into.cursor = given.text; },
          "The next_cursor of another page of the same list."),
      some_of<Query>(
          "status", model::kTaskStatuses, model::task_status,
          [](Query& into) -> std::vector<TaskStatus>& { return into.filter.statuses; },
          "One or more values; a task matches any of them."),
      some_of<Query>(
          "priority", model::kTaskPriorities, model::task_priority,
          [](Query& into) -> std::vector<TaskPriority>& { return into.filter.priorities; },
          "One or more values; a task matches any of them."),
      {"tag", Repeats::yes, tag_schema(),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_tag(given, into.filter.tags, faults);
       }},
      moment_parameter<Query>(
          "due_before", [](Query& into) -> std::optional<Timestamp>& { return into.filter.due_before; },
          "Only tasks due before this time."),
      moment_parameter<Query>(
          "due_after", [](Query& into) -> std::optional<Timestamp>& { return into.filter.due_after; },
          "Only tasks due at this time or later."),
      free_text<Query>(
          "q", 1, model::kSearchMaxCharacters,
          [](const ParameterValue& given, Query& into, Faults& faults) {
            read_words(given, into.filter.text, faults);
          },
          "Words to search for. A task matches if it contains each of them, or a word that begins with it. "
          "The results are sorted by relevance unless sort is given."),
      {"sort", Repeats::no, sort_schema(),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_sort(given, into.filter, faults);
       }},
      true_or_false<Query>(
          "count", TaskListing::Total::count, TaskListing::Total::leave,
          [](Query& into) -> TaskListing::Total& { return into.total; },
          "Whether to include the total number of items on all pages."),
      true_or_false<Query>(
          "trash", TaskLocation::trash, TaskLocation::list,
          [](Query& into) -> TaskLocation& { return into.filter.place; },
          "Whether to list the trash instead of the tasks that are not in it."),
  };
  return table;
}

}  // namespace

Result<TaskQuery> read_task_query(std::string_view text) {
  std::set<std::string, std::less<>> seen;
  auto query = read_parameters(text, parameters(), &seen);
  if (!query) return query;
  if (seen.count("cursor") != 0 && seen.count("offset") != 0)
    return validation_failed({{"offset", FaultCode::invalid_value, "cannot be combined with cursor"}});
  query->filter.tags = model::as_tag_set(std::move(query->filter.tags));
  if (seen.count("sort") == 0) {
    // Search results by relevance; the trash by time of deletion, which is the last update.
    if (!query->filter.text.empty())
      query->filter.sort = model::TaskSort::relevance;
    else if (query->filter.place == TaskLocation::trash)
      query->filter.sort = model::TaskSort::updated_at;
  }
  return query;
}

std::vector<ParameterFacts> task_query_facts() { return facts_of(parameters()); }

}  // namespace taskward::api
