// Finding tasks: one statement for each order, twice: for lists that are narrowed by words or tags, which
// begin with the index of those, and for all others, which walk along the index of their order. Every list
// begins behind a position; the first page's is before everything.
#include <stdexcept>

#include "statement_lists.hpp"
#include "task_parts.hpp"
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

constexpr std::string_view kFilter =
    "o.owner_id = c.id and o.trashed = $6::boolean"
    " and ($7::text[] is null or o.status = any($7::text[]))"
    " and ($8::smallint[] is null or o.priority = any($8::smallint[]))"
    " and ($10::timestamptz is null or o.due_at >= $10::timestamptz)"
    " and ($11::timestamptz is null or o.due_at < $11::timestamptz)";

std::string filter(Narrowed narrowed) {
  return std::string(kFilter) +
         (narrowed == Narrowed::by_words
              ? " and taskward.owned_words(o.owner_id, o.search, o.tags) @@ (select s.owned from sought s)"
              // Nothing would narrow by them here.
              : " and $9::text[] is null and $12::text is null");
}

/// SQL for a word as a tsquery spells it.
std::string quoted_word(const std::string& word) {
  return R"('''' || replace(replace()" + word + R"(, E'\\', E'\\\\'), '''', '''''') || '''')";
}

/// A CTE `sought` with what to look for in the index of owned words, and, to rank by, the words alone.
std::string sought() {
  return ", sought as materialized (select case when $12::text is null then t.query when $9::text[] is null "
         "then"
         " w.owned else w.owned && t.query end as owned, w.plain from caller c cross join lateral (select"
         " string_agg(" +
         quoted_word("c.id::text || ' ' || l.word") + " || ':*', ' & ')::tsquery as owned, string_agg(" +
         quoted_word("l.word") +
         " || ':*', ' & ')::tsquery as plain from unnest(tsvector_to_array(to_tsvector((select "
         "s.name::regconfig from"
         " taskward.search_configuration s), $12::text))) as l (word)) w cross join lateral (select "
         "string_agg(" +
         quoted_word("c.id::text || '#' || g.tag") +
         ", ' & ')::tsquery as query from unnest($9::text[]) as g (tag)) t)";
}

std::string direction(SortOrder order) { return order == SortOrder::ascending ? " asc" : " desc"; }
std::string behind(SortOrder order) { return order == SortOrder::ascending ? " > " : " < "; }

/// The tasks behind the position, in their order.
std::string page(Narrowed narrowed, const SortKey& key, SortOrder order) {
  const std::string from = " from taskward.tasks o where " + filter(narrowed);
  const std::string by = over("o", key.sql);
  const std::string place = "$13::" + std::string(key.type);
  const std::string columns = "select " + task_columns("o");
  if (key.sort == TaskSort::due_at) {
    // Two walks along one index: those with a date, then those without.
    return "select * from ((" + columns + from + " and o.due_at is not null and (o.due_at, o.id)" +
           behind(order) + "(" + place + ", $14::uuid) order by o.due_at" + direction(order) + ", o.id" +
           direction(order) + " limit $4::bigint + $5::bigint) union all (" + columns + from +
           " and o.due_at is null and (" + place + " is not null or o.id" + behind(order) +
           "$14::uuid) order by o.id" + direction(order) +
           " limit $4::bigint + $5::bigint)) b order by b.due_at" + direction(order) + " nulls last, b.id" +
           direction(order) + " limit $4::bigint offset $5::bigint";
  }
  const std::string end =
      direction(order) + ", o.id" + direction(order) + " limit $4::bigint offset $5::bigint";
  if (key.sort == TaskSort::relevance) {
    return "select * from (" + columns + ", ts_rank(o.search, (select s.plain from sought s)) as rank" +
           from + ") o where (" + by + ", o.id)" + behind(order) + "(" + place + ", $14::uuid) order by " +
           by + end;
  }
  return columns + from + " and (" + by + ", o.id)" + behind(order) + "(" + place + ", $14::uuid) order by " +
         by + end;
}

Statement list(Narrowed narrowed, TaskSort sort, SortOrder order) {
  const SortKey& key = key_of(sort);
  std::string name = "list_tasks_by_" + std::string(model::name(sort));
  if (order == SortOrder::descending) name += "_descending";
  if (narrowed == Narrowed::by_words) name += "_of_words";
  const std::string nulls = sort == TaskSort::due_at ? " nulls last" : "";
  return {name, Effect::reads,
          std::string(kCaller) + (narrowed == Narrowed::by_words ? sought() : std::string()) +
              " select c.permitted, case when $15::boolean and c.permitted then (select count(*) from"
              " taskward.tasks o where " +
              filter(narrowed) + ") end, " + (sort == TaskSort::relevance ? "t.rank::text" : "null::text") +
              ", " + task_columns("t") + " from caller c left join lateral (" + page(narrowed, key, order) +
              ") t on c.permitted order by " + over("t", key.sql) + direction(order) + nulls + ", t.id" +
              direction(order)};
}

struct Listed {
  Narrowed narrowed;
  TaskSort sort;
  SortOrder order;
  Statement statement;
};

const std::vector<Listed>& lists() {
  static const auto all = [] {
    std::vector<Listed> out;
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
  const std::string end = " order by o.created_at" + direction(order) + ", o.id" + direction(order);
  return {order == SortOrder::ascending ? "list_tasks_of_statuses" : "list_tasks_of_statuses_descending",
          Effect::reads,
          std::string(kCaller) +
              " select c.permitted, case when $15::boolean and c.permitted then (select count(*) from"
              " taskward.tasks o where " +
              filter(Narrowed::no) + ") end, null::text, " + task_columns("t") +
              " from caller c left join lateral (select o.* from (select distinct u.status from "
              "unnest($7::text[]) as u (status)) s cross join"
              " lateral (select " +
              task_columns("o") + " from taskward.tasks o where " + filter(Narrowed::no) +
              " and o.status = s.status and (o.created_at, o.id)" + behind(order) +
              "($13::timestamptz, $14::uuid)" + end + " limit $4::bigint + $5::bigint) o" + end +
              " limit $4::bigint offset $5::bigint) t on c.permitted order by t.created_at" +
              direction(order) + ", t.id" + direction(order)};
}

const Statement by_status_ascending = list_by_status(SortOrder::ascending);
const Statement by_status_descending = list_by_status(SortOrder::descending);

const Statement& statement_for(const model::TaskFilter& filter) {
  const auto narrowed = filter.tags.empty() && filter.text.empty() ? Narrowed::no : Narrowed::by_words;
  if (narrowed == Narrowed::no && filter.sort == TaskSort::created_at && !filter.statuses.empty())
    return filter.order == SortOrder::ascending ? by_status_ascending : by_status_descending;
  for (const Listed& one : lists()) {
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

// $1..$3 caller, $4 id, $5 limit.
const std::string kExported = "select " + task_columns("o") +
                              " from taskward.tasks o where o.owner_id = c.id and not o.trashed and o.id >";

const Statement export_on{"export_tasks", Effect::reads,
                          std::string(kCaller) + " select c.permitted, " + task_columns("t") +
                              " from caller c left join lateral (" + kExported +
                              " $4::uuid order by o.id limit $5::bigint) t on c.permitted order by t.id"};

// $1..$3 caller, $4..$7 stamp, $8 id, $9 limit.
const Statement export_first{
    "export_first_tasks", Effect::writes,
    std::string(kCaller) + ", whole as (select c.id from caller c where c.permitted)" +
        audit_deed(AuditAction::task_export, "user", "whole") + " select c.permitted, " + task_columns("t") +
        " from caller c left join lateral (" + kExported +
        " $8::uuid order by o.id limit $9::bigint) t on c.permitted order by t.id"};

}  // namespace

StatementList task_list_statements() {
  StatementList all{&by_status_ascending, &by_status_descending, &export_on, &export_first};
  for (const Listed& one : lists()) all.push_back(&one.statement);
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
