// There are three statements for each order: lists that are filtered by words or tags use the index of those,
// lists that are filtered by text that does not consist of words look at each task of the owner, and all
// others use the index of their order. Every list begins after a position; the first page's position is
// before all tasks.
#include "taskward/store/task_lists.hpp"

#include <stdexcept>

#include "fragments.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "task_sql.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/unicode.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;
using model::SortOrder;
using model::TaskSort;

/// A sort key: SQL over the alias %, its type, and literals below and above all its values.
struct SortKey {
  TaskSort sort;
  std::string_view sql, type;
  std::string lowest, highest;
};

const std::vector<SortKey>& sort_keys() {
  static const auto keys = [] {
    // Longer than every title, so above all of them.
    std::string above;
    for (std::size_t i = 0; i <= model::kTitleMaxCharacters; ++i) above += "\U0010FFFF";
    return std::vector<SortKey>{
        {TaskSort::created_at, "%.created_at", "timestamptz", "-infinity", "infinity"},
        {TaskSort::updated_at, "%.updated_at", "timestamptz", "-infinity", "infinity"},
        {TaskSort::due_at, "%.due_at", "timestamptz", "-infinity", "infinity"},
        {TaskSort::priority, "%.priority", "smallint", "-1", "99"},
        {TaskSort::title, "lower(%.title collate \"C\")", "text", "", above},
        {TaskSort::relevance, "%.rank", "real", "-1", "infinity"},
    };
  }();
  return keys;
}

const SortKey& key_of(TaskSort sort) { return sort_keys().at(static_cast<std::size_t>(sort)); }

std::string over(std::string_view alias, std::string_view sql) {
  std::string out;
  for (const char c : sql) {
    if (c == '%')
      out += alias;
    else
      out += c;
  }
  return out;
}

enum class Filtered : std::uint8_t { no, by_words, by_text };

// $1..$3 caller, $4 limit, $5 offset, $6 whether in the trash, $7 statuses, $8 priorities, $9 tags, $10 due
// after, $11 due before, $12 words, $13 and $14 key and id of the position, $15 whether to count. Filters
// that are null match everything.

std::string filter(Filtered filtered) {
  const std::string always = R"(o.owner_id = c.id and o.trashed = $6::boolean
     and ($7::text[] is null or o.status = any($7::text[]))
     and ($8::smallint[] is null or o.priority = any($8::smallint[]))
     and ($10::timestamptz is null or o.due_at >= $10::timestamptz)
     and ($11::timestamptz is null or o.due_at < $11::timestamptz))";
  switch (filtered) {
    case Filtered::by_words:
      return always +
             " and taskward.owned_words(o.owner_id, o.search, o.tags) @@ (select s.owned from search_query "
             "s)";
    case Filtered::by_text:
      return always +
             " and taskward.has_parts($12::text, o.title, o.tags, o.description)"
             " and ($9::text[] is null or taskward.form_kc(o.tags) @> $9::text[])";
    case Filtered::no:
      break;
  }
  // A statement must use all of its parameters. With this condition a filter by tags or words that reaches
  // this statement by mistake matches nothing, not everything.
  return always + " and $9::text[] is null and $12::text is null";
}

/// SQL: a word as a quoted tsquery lexeme.
std::string quoted_word(const std::string& word) {
  return filled(R"('''' || replace(replace({word}, E'\\', E'\\\\'), '''', '''''') || '''')",
                {{"word", word}});
}

/// A CTE `search_query` with the query for the index of owned words (`owned`) and the one for ranking
/// (`plain`). A word matches as a prefix, as it was written, or by the stem that the text search
/// configuration produces. The ranking query combines words with OR: with AND, ts_rank compares every pair of
/// their positions.
std::string search_query() {
  return filled(R"(, search_query as materialized (
  select case when $12::text is null then t.query when $9::text[] is null then w.owned else w.owned && t.query end
           as owned, w.plain
    from caller c
   cross join lateral (
     select string_agg('(' || {owned_word} || ':*' || coalesce(s.owned, '') || ')', ' & ')::tsquery as owned,
            string_agg('(' || {word} || ':*' || coalesce(s.plain, '') || ')', ' | ')::tsquery as plain
       from unnest(tsvector_to_array(to_tsvector('simple', {text}))) as l (word)
      cross join lateral (
        select string_agg(' | ' || {owned_stem}, '') as owned, string_agg(' | ' || {stem}, '') as plain
          from unnest(tsvector_to_array(to_tsvector(
                 (select k.name::regconfig from taskward.search_configuration k), l.word))) as m (stem)
         where m.stem <> l.word) s
   ) w
   cross join lateral (
     select string_agg({owned_tag}, ' & ')::tsquery as query from unnest($9::text[]) as g (tag)
   ) t
))",
                {{"text", parsable("$12::text")},
                 {"owned_word", quoted_word("c.id::text || ' ' || l.word")},
                 {"word", quoted_word("l.word")},
                 {"owned_stem", quoted_word("c.id::text || ' ' || m.stem")},
                 {"stem", quoted_word("m.stem")},
                 {"owned_tag", quoted_word("c.id::text || '#' || g.tag")}});
}

/// A CTE `counted` with the number of all matching tasks, if it was requested.
std::string counted(Filtered filtered) {
  return filled(R"(, counted as materialized (
  select count(*) as total from caller c join taskward.tasks o on {filter} where $15::boolean and c.permitted
))",
                {{"filter", filter(filtered)}});
}

/// The statement of one page: `page` is the SQL of its tasks, `order` that of their order.
std::string page_statement(Filtered filtered, const std::string& page, const std::string& rank,
                           const std::string& order) {
  return std::string(kCaller) + (filtered == Filtered::by_words ? search_query() : std::string()) +
         counted(filtered) +
         filled(R"(
select c.permitted, case when $15::boolean then (select k.total from counted k) end, {rank}, {columns}
  from caller c left join lateral ({page}) t on c.permitted
 order by {order})",
                {{"rank", rank}, {"columns", task_columns("t")}, {"page", page}, {"order", order}});
}

std::string direction(SortOrder order) { return order == SortOrder::ascending ? "asc" : "desc"; }
std::string comparison(SortOrder order) { return order == SortOrder::ascending ? ">" : "<"; }

/// SQL: the tasks after the position, in their order.
std::string page(Filtered filtered, const SortKey& key, SortOrder order) {
  if (key.sort == TaskSort::due_at) {
    // Two scans of one index: tasks with a due date, then tasks without.
    return filled(R"(
    select * from (
      (select {o} from taskward.tasks o where {filter} and o.due_at is not null
          and o.due_at >= coalesce($10::timestamptz, '-infinity') and o.due_at < coalesce($11::timestamptz, 'infinity')
          and (o.due_at, o.id) {comparison} ($13::timestamptz, $14::uuid)
        order by o.due_at {direction}, o.id {direction} limit $4::bigint + $5::bigint)
      union all
      (select {o} from taskward.tasks o where {filter} and o.due_at is null
          and ($13::timestamptz is not null or o.id {comparison} $14::uuid)
        order by o.id {direction} limit $4::bigint + $5::bigint)
    ) b order by b.due_at {direction} nulls last, b.id {direction} limit $4::bigint offset $5::bigint)",
                  {{"o", task_columns("o")},
                   {"filter", filter(filtered)},
                   {"comparison", comparison(order)},
                   {"direction", direction(order)}});
  }
  const std::string rest = filled(
      "({key}, o.id) {comparison} ($13::{type}, $14::uuid) order by {key} {direction}, o.id {direction}"
      " limit $4::bigint offset $5::bigint",
      {{"key", over("o", key.sql)},
       {"type", std::string(key.type)},
       {"comparison", comparison(order)},
       {"direction", direction(order)}});
  if (key.sort == TaskSort::relevance) {
    const std::string rank = filtered == Filtered::by_words
                                 ? "ts_rank(o.search, (select s.plain from search_query s))"
                                 : "0::real";
    return filled(R"(
    select * from (
      select {o}, {rank} as rank from taskward.tasks o where {filter}
    ) o where {rest})",
                  {{"o", task_columns("o")}, {"rank", rank}, {"filter", filter(filtered)}, {"rest", rest}});
  }
  return filled("select {o} from taskward.tasks o where {filter} and {rest}",
                {{"o", task_columns("o")}, {"filter", filter(filtered)}, {"rest", rest}});
}

Statement list(Filtered filtered, TaskSort sort, SortOrder order) {
  const SortKey& key = key_of(sort);
  std::string name = "list_tasks_by_" + std::string(model::name(sort));
  if (order == SortOrder::descending) name += "_descending";
  if (filtered == Filtered::by_words) name += "_of_words";
  if (filtered == Filtered::by_text) name += "_of_text";
  return {name, Effect::reads,
          page_statement(filtered, page(filtered, key, order),
                         sort == TaskSort::relevance ? "t.rank::text" : "null::text",
                         filled("{key} {direction} nulls last, t.id {direction}",
                                {{"key", over("t", key.sql)}, {"direction", direction(order)}}))};
}

struct ListStatement {
  Filtered filtered;
  TaskSort sort;
  SortOrder order;
  Statement statement;
};

const std::vector<ListStatement>& list_statements() {
  static const auto all = [] {
    std::vector<ListStatement> out;
    const auto add = [&](Filtered filtered, TaskSort sort, SortOrder order) {
      out.push_back({filtered, sort, order, list(filtered, sort, order)});
    };
    for (const auto filtered : {Filtered::no, Filtered::by_words, Filtered::by_text}) {
      for (const TaskSort sort : model::kTaskSorts) {
        for (const auto order : {SortOrder::ascending, SortOrder::descending}) add(filtered, sort, order);
      }
    }
    for (const auto filtered : {Filtered::by_words, Filtered::by_text})
      add(filtered, TaskSort::relevance, SortOrder::descending);
    return out;
  }();
  return all;
}

// Open tasks are usually a small part of all tasks. The index of statuses finds them, one status after the
// other; the index of creation times would scan the finished ones too.
Statement list_by_status(SortOrder order) {
  const std::string by =
      filled("o.created_at {direction}, o.id {direction}", {{"direction", direction(order)}});
  const std::string page = filled(
      R"(
    select o.* from (select distinct u.status from unnest($7::text[]) as u (status)) s cross join lateral (
      select {o} from taskward.tasks o where {filter} and o.status = s.status
         and (o.created_at, o.id) {comparison} ($13::timestamptz, $14::uuid)
       order by {by} limit $4::bigint + $5::bigint) o
     order by {by} limit $4::bigint offset $5::bigint)",
      {{"o", task_columns("o")},
       {"filter", filter(Filtered::no)},
       {"comparison", comparison(order)},
       {"by", by}});
  return {order == SortOrder::ascending ? "list_tasks_of_statuses" : "list_tasks_of_statuses_descending",
          Effect::reads,
          page_statement(
              Filtered::no, page, "null::text",
              filled("t.created_at {direction}, t.id {direction}", {{"direction", direction(order)}}))};
}

const Statement by_status_ascending = list_by_status(SortOrder::ascending);
const Statement by_status_descending = list_by_status(SortOrder::descending);

Filtered filtered_by(const model::TaskFilter& filter) {
  if (!filter.text.empty() && !has_words(filter.text)) return Filtered::by_text;
  return filter.tags.empty() && filter.text.empty() ? Filtered::no : Filtered::by_words;
}

const Statement& statement_for(const model::TaskFilter& filter) {
  const auto filtered = filtered_by(filter);
  if (filtered == Filtered::no && filter.sort == TaskSort::created_at && !filter.statuses.empty())
    return filter.order == SortOrder::ascending ? by_status_ascending : by_status_descending;
  for (const ListStatement& one : list_statements()) {
    if (one.filtered == filtered && one.sort == filter.sort && one.order == filter.order)
      return one.statement;
  }
  throw std::logic_error("no statement for this order of tasks");
}

std::optional<std::string> key_in_order(const model::Task& task, TaskSort sort,
                                        const std::optional<std::string>& rank) {
  switch (sort) {
    case TaskSort::created_at:
      return rfc3339_precise(task.created_at);
    case TaskSort::updated_at:
      return rfc3339_precise(task.updated_at);
    case TaskSort::due_at:
      return task.due_at ? std::optional(rfc3339_precise(*task.due_at)) : std::nullopt;
    case TaskSort::priority:
      return std::to_string(number_of(task.priority));
    case TaskSort::title:
      return lower(task.title);
    case TaskSort::relevance:
      return rank;
  }
  return std::nullopt;
}

/// The parts of the text between white space, in Form KC and separated by spaces.
std::string parts_to_find(const std::string& text) {
  const std::string normalised = nfkc(text);
  std::vector<std::string_view> parts = parts_between_white_space(normalised);
  std::erase_if(parts, [](std::string_view part) { return !has_visible_character(part); });
  return joined(parts, " ");
}

/// An array literal of the names or numbers of the values; empty when there are none.
template <class Values, class NameOf>
std::string choices(const Values& values, NameOf name_of) {
  std::string out;
  for (const auto value : values) {
    out += out.empty() ? "{" : ",";
    out += name_of(value);
  }
  return out.empty() ? out : out + '}';
}

/// SQL: tasks after an id, ordered by id. `id` and `limit` are numbers of parameters.
std::string export_page(int id, int limit) {
  return filled(R"(
select c.permitted, {t} from caller c left join lateral (
  select {o} from taskward.tasks o where o.owner_id = c.id and not o.trashed and o.id > {id}::uuid
   order by o.id limit {limit}::bigint) t on c.permitted
 order by t.id)",
                {{"t", task_columns("t")},
                 {"o", task_columns("o")},
                 {"id", parameter(id)},
                 {"limit", parameter(limit)}});
}

// $1..$3 caller, $4 id, $5 limit.
const Statement export_next{"export_tasks", Effect::reads, std::string(kCaller) + export_page(4, 5)};

// $1..$3 caller, $4..$7 stamp, $8 id, $9 limit.
const Statement export_first{
    "export_first_tasks", Effect::writes,
    std::string(kCaller) + ", performed as (select c.id from caller c where c.permitted)" +
        audit_action(AuditAction::task_export, "user", "performed") + export_page(8, 9)};

}  // namespace

StatementList task_list_statements() {
  StatementList all{&by_status_ascending, &by_status_descending, &export_next, &export_first};
  for (const ListStatement& one : list_statements()) all.push_back(&one.statement);
  return all;
}

Result<ListedTasks> list_tasks(db::Connection& database, const ReadTasks& access,
                               const TaskListing& listing) {
  const model::TaskFilter& filter = listing.filter;
  const SortKey& key = key_of(filter.sort);
  const std::string statuses =
      choices(filter.statuses, [](model::TaskStatus status) { return model::name(status); });
  const std::string priorities = choices(
      filter.priorities, [](model::TaskPriority priority) { return std::to_string(number_of(priority)); });
  std::vector<std::string> normalised_tags;
  for (const std::string& tag : filter.tags) normalised_tags.push_back(nfkc(tag));
  db::ArrayText tags = array_of(normalised_tags);
  const std::string parts = parts_to_find(filter.text);
  const std::string due_after = literal_of(filter.due_after);
  const std::string due_before = literal_of(filter.due_before);
  const bool ascending = filter.order == SortOrder::ascending;
  Uuid first_id;
  first_id.bytes.fill(ascending ? 0x00 : 0xff);
  const TaskPosition before_all{ascending ? key.lowest : key.highest, TaskId{first_id}};
  const TaskPosition& after = listing.after ? *listing.after : before_all;

  Params params;
  add_caller(params, access);
  params.number(listing.limit).number(listing.offset);
  params.literal(filter.place == model::TaskLocation::trash ? "true" : "false");
  add_literal_or_null(params, statuses);
  add_literal_or_null(params, priorities);
  if (filter.tags.empty())
    params.null();
  else
    params.literal(tags.c_str());
  add_literal_or_null(params, due_after);
  add_literal_or_null(params, due_before);
  params.text_or_null(std::string_view(parts));
  if (after.key)
    params.literal(after.key->c_str());
  else
    params.null();
  params.id(after.id).literal(listing.total == TaskListing::Total::count ? "true" : "false");

  const Rows rows = database.run(statement_for(filter), params);
  auto first = permitted_row(rows);
  if (!first) return std::move(first).error();
  ListedTasks listed;
  if (!first->is_null()) listed.total = first->number();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip(2);
    const auto rank = row.text_or_null();
    if (row.is_null()) break;  // the list is empty
    listed.tasks.push_back(task_from(row));
    const model::Task& task = listed.tasks.back();
    listed.positions.push_back({key_in_order(task, filter.sort, rank), task.id});
  }
  return listed;
}

Result<std::vector<model::Task>> export_tasks(db::Connection& database, const ReadTasks& access,
                                              const TaskId& after, std::int64_t limit,
                                              const model::AuditStamp& stamp) {
  Params params;
  add_caller(params, access);
  const bool is_first = after == TaskId{};
  if (is_first) add_stamp(params, stamp);
  params.id(after).number(limit);
  return read_list<model::Task>(database.run(is_first ? export_first : export_next, params), task_from);
}

}  // namespace taskward::store
