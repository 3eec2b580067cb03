// Finding tasks: one statement for each order, twice: for lists that are narrowed by words or tags, which
// begin with the index of those, and for all others, which walk along the index of their order. Every list
// begins behind a position; the first page's is before everything.
#include <stdexcept>

#include "statement_lists.hpp"
#include "task_parts.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/text.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;
using model::SortOrder;
using model::TaskSort;

/// What a list is sorted by: SQL over the alias %, its type, and literals below and above everything.
struct SortKey {
  TaskSort sort;
  std::string_view sql, type;
  std::string lowest, highest;
};

const std::vector<SortKey>& sort_keys() {
  static const auto keys = [] {
    // Above every title, which has 200 characters at most.
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

enum class Narrowed : std::uint8_t { no, by_words };

// $1..$3 caller, $4 limit, $5 offset, $6 whether in the trash, $7 statuses, $8 priorities, $9 tags, $10 due
// after, $11 due before, $12 words, $13 and $14 key and id of the position, $15 whether to count. What is
// null does not narrow.

std::string filter(Narrowed narrowed) {
  return std::string(R"(o.owner_id = c.id and o.trashed = $6::boolean
     and ($7::text[] is null or o.status = any($7::text[]))
     and ($8::smallint[] is null or o.priority = any($8::smallint[]))
     and ($10::timestamptz is null or o.due_at >= $10::timestamptz)
     and ($11::timestamptz is null or o.due_at < $11::timestamptz))") +
         (narrowed == Narrowed::by_words
              ? " and taskward.owned_words(o.owner_id, o.search, o.tags) @@ (select s.owned from sought s)"
              // Every parameter must stand in a statement. Were one of these given here, it would be wrong to
              // list what it does not narrow.
              : " and $9::text[] is null and $12::text is null");
}

/// SQL for a word as a tsquery spells it.
std::string quoted_word(const std::string& word) {
  return filled(R"('''' || replace(replace({word}, E'\\', E'\\\\'), '''', '''''') || '''')",
                {{"word", word}});
}

/// A CTE `sought` with what to look for in the index of owned words, and, to rank by, the words alone. A word
/// is found by its beginning as it was written, or by the stem that the configuration makes of it. To rank by
/// all of the words together would compare each place of one with each place of the other.
std::string sought() {
  return filled(R"(, sought as materialized (
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

/// A CTE with the number of all that the filter lets through, if that was asked for.
std::string counted(Narrowed narrowed) {
  return filled(R"(, counted as materialized (
  select count(*) as total from caller c join taskward.tasks o on {filter} where $15::boolean and c.permitted
))",
                {{"filter", filter(narrowed)}});
}

/// The list of one page, of which `page` is the SQL, in the order `order`.
std::string listed(Narrowed narrowed, const std::string& page, const std::string& rank,
                   const std::string& order) {
  return std::string(kCaller) + (narrowed == Narrowed::by_words ? sought() : std::string()) +
         counted(narrowed) +
         filled(R"(
select c.permitted, case when $15::boolean then (select k.total from counted k) end, {rank}, {columns}
  from caller c left join lateral ({page}) t on c.permitted
 order by {order})",
                {{"rank", rank}, {"columns", task_columns("t")}, {"page", page}, {"order", order}});
}

std::string direction(SortOrder order) { return order == SortOrder::ascending ? "asc" : "desc"; }
std::string behind(SortOrder order) { return order == SortOrder::ascending ? ">" : "<"; }

/// The tasks behind the position, in their order.
std::string page(Narrowed narrowed, const SortKey& key, SortOrder order) {
  if (key.sort == TaskSort::due_at) {
    // Two walks along one index: those with a date, then those without.
    return filled(R"(
    select * from (
      (select {o} from taskward.tasks o where {filter} and o.due_at is not null
          and o.due_at >= coalesce($10::timestamptz, '-infinity') and o.due_at < coalesce($11::timestamptz, 'infinity')
          and (o.due_at, o.id) {behind} ($13::timestamptz, $14::uuid)
        order by o.due_at {direction}, o.id {direction} limit $4::bigint + $5::bigint)
      union all
      (select {o} from taskward.tasks o where {filter} and o.due_at is null
          and ($13::timestamptz is not null or o.id {behind} $14::uuid)
        order by o.id {direction} limit $4::bigint + $5::bigint)
    ) b order by b.due_at {direction} nulls last, b.id {direction} limit $4::bigint offset $5::bigint)",
                  {{"o", task_columns("o")},
                   {"filter", filter(narrowed)},
                   {"behind", behind(order)},
                   {"direction", direction(order)}});
  }
  const std::string rest = filled(
      "({key}, o.id) {behind} ($13::{type}, $14::uuid) order by {key} {direction}, o.id {direction}"
      " limit $4::bigint offset $5::bigint",
      {{"key", over("o", key.sql)},
       {"type", std::string(key.type)},
       {"behind", behind(order)},
       {"direction", direction(order)}});
  if (key.sort == TaskSort::relevance) {
    return filled(R"(
    select * from (
      select {o}, ts_rank(o.search, (select s.plain from sought s)) as rank from taskward.tasks o where {filter}
    ) o where {rest})",
                  {{"o", task_columns("o")}, {"filter", filter(narrowed)}, {"rest", rest}});
  }
  return filled("select {o} from taskward.tasks o where {filter} and {rest}",
                {{"o", task_columns("o")}, {"filter", filter(narrowed)}, {"rest", rest}});
}

Statement list(Narrowed narrowed, TaskSort sort, SortOrder order) {
  const SortKey& key = key_of(sort);
  std::string name = "list_tasks_by_" + std::string(model::name(sort));
  if (order == SortOrder::descending) name += "_descending";
  if (narrowed == Narrowed::by_words) name += "_of_words";
  return {name, Effect::reads,
          listed(narrowed, page(narrowed, key, order),
                 sort == TaskSort::relevance ? "t.rank::text" : "null::text",
                 filled("{key} {direction} nulls last, t.id {direction}",
                        {{"key", over("t", key.sql)}, {"direction", direction(order)}}))};
}

struct ListStatement {
  Narrowed narrowed;
  TaskSort sort;
  SortOrder order;
  Statement statement;
};

const std::vector<ListStatement>& list_statements() {
  static const auto all = [] {
    std::vector<ListStatement> out;
    const auto add = [&](Narrowed narrowed, TaskSort sort, SortOrder order) {
      out.push_back({narrowed, sort, order, list(narrowed, sort, order)});
    };
    for (const auto narrowed : {Narrowed::no, Narrowed::by_words}) {
      for (const TaskSort sort : model::kTaskSorts) {
        for (const auto order : {SortOrder::ascending, SortOrder::descending}) add(narrowed, sort, order);
      }
    }
    add(Narrowed::by_words, TaskSort::relevance, SortOrder::descending);
    return out;
  }();
  return all;
}

// What is still to be done is a small part of what there is, so the index of statuses finds it, one status
// after the other; by the order of creation alone, the list would be walked through what is done.
Statement list_by_status(SortOrder order) {
  const std::string by =
      filled("o.created_at {direction}, o.id {direction}", {{"direction", direction(order)}});
  const std::string page = filled(
      R"(
    select o.* from (select distinct u.status from unnest($7::text[]) as u (status)) s cross join lateral (
      select {o} from taskward.tasks o where {filter} and o.status = s.status
         and (o.created_at, o.id) {behind} ($13::timestamptz, $14::uuid)
       order by {by} limit $4::bigint + $5::bigint) o
     order by {by} limit $4::bigint offset $5::bigint)",
      {{"o", task_columns("o")}, {"filter", filter(Narrowed::no)}, {"behind", behind(order)}, {"by", by}});
  return {order == SortOrder::ascending ? "list_tasks_of_statuses" : "list_tasks_of_statuses_descending",
          Effect::reads,
          listed(Narrowed::no, page, "null::text",
                 filled("t.created_at {direction}, t.id {direction}", {{"direction", direction(order)}}))};
}

const Statement by_status_ascending = list_by_status(SortOrder::ascending);
const Statement by_status_descending = list_by_status(SortOrder::descending);

const Statement& statement_for(const model::TaskFilter& filter) {
  const auto narrowed = filter.tags.empty() && filter.text.empty() ? Narrowed::no : Narrowed::by_words;
  if (narrowed == Narrowed::no && filter.sort == TaskSort::created_at && !filter.statuses.empty())
    return filter.order == SortOrder::ascending ? by_status_ascending : by_status_descending;
  for (const ListStatement& one : list_statements()) {
    if (one.narrowed == narrowed && one.sort == filter.sort && one.order == filter.order)
      return one.statement;
  }
  throw std::logic_error("a list in an order that has no statement");
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

/// An array of what the values are called, or of their numbers; empty when there are none.
template <class Values, class NameOf>
std::string choices(const Values& values, NameOf name_of) {
  std::string out;
  for (const auto value : values) {
    out += out.empty() ? "{" : ",";
    out += name_of(value);
  }
  return out.empty() ? out : out + '}';
}

/// Some of the tasks behind an id, by id: `id` and `limit` are numbers of parameters.
std::string exported(int id, int limit) {
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
const Statement export_on{"export_tasks", Effect::reads, std::string(kCaller) + exported(4, 5)};

// $1..$3 caller, $4..$7 stamp, $8 id, $9 limit.
const Statement export_first{"export_first_tasks", Effect::writes,
                             std::string(kCaller) +
                                 ", whole as (select c.id from caller c where c.permitted)" +
                                 audit_deed(AuditAction::task_export, "user", "whole") + exported(8, 9)};

}  // namespace

StatementList task_list_statements() {
  StatementList all{&by_status_ascending, &by_status_descending, &export_on, &export_first};
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
  db::ArrayText tags = array_of(filter.tags);
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
  params.literal(filter.place == model::TaskPlace::trash ? "true" : "false");
  add_literal_or_null(params, statuses);
  add_literal_or_null(params, priorities);
  if (filter.tags.empty())
    params.null();
  else
    params.literal(tags.c_str());
  add_literal_or_null(params, due_after);
  add_literal_or_null(params, due_before);
  params.text_or_null(std::string_view(filter.text));
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
    if (row.is_null()) break;  // the caller's row alone
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
  return rows_of<model::Task>(database.run(is_first ? export_first : export_on, params), task_from);
}

}  // namespace taskward::store
