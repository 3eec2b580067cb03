// A statement is built for each shape of a list: its order and which filters are given. Each walks one index
// and has a generic plan that is good for all values, so that PostgreSQL plans it once in a session.
//
// Lists by creation time walk the tasks themselves. All others read every task of a small owner. An owner
// with many tasks has a row for each in taskward.task_index, which has an index for each order and one of
// words; whether all tasks are there is a column of the user that every list checks.
#include "taskward/store/task_lists.hpp"

#include <array>

#include "fragments.hpp"
#include "sql_text.hpp"
#include "statement_family.hpp"
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

/// A sort key: SQL over the alias %, and its type.
struct SortKey {
  TaskSort sort;
  std::string_view sql, type;
};

constexpr std::array kSortKeys{
    SortKey{TaskSort::created_at, "%.created_at", "timestamptz"},
    SortKey{TaskSort::updated_at, "%.updated_at", "timestamptz"},
    SortKey{TaskSort::due_at, "%.due_at", "timestamptz"},
    SortKey{TaskSort::priority, "%.priority", "smallint"},
    SortKey{TaskSort::title, "lower(%.title collate \"C\")", "text"},
    SortKey{TaskSort::relevance, "%.rank", "real"},
};

const SortKey& key_of(TaskSort sort) { return kSortKeys.at(static_cast<std::size_t>(sort)); }

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

/// How the text of the search is looked for: by its words or, without any, as parts of the tasks' texts.
enum class Search : std::uint8_t { no, words, parts };

struct Shape {
  TaskSort sort = TaskSort::created_at;
  SortOrder order = SortOrder::ascending;
  Search search = Search::no;
  bool after = false;  ///< begins after a position
  bool statuses = false, priorities = false, due = false, tags = false, total = false, offset = false;
  bool one_status = false;  ///< of the statuses
  bool indexed = false;     ///< reads taskward.task_index

  friend auto operator<=>(const Shape&, const Shape&) = default;
};

/// The parameters that a statement has only if its shape needs them, in their order.
enum class Given : std::uint8_t { key, id, statuses, priorities, due_after, due_before, tags, text, offset };
constexpr std::array kGiven{Given::key,        Given::id,        Given::statuses,
                            Given::priorities, Given::due_after, Given::due_before,
                            Given::tags,       Given::text,      Given::offset};

bool has(const Shape& shape, Given given) {
  switch (given) {
    case Given::key:
    case Given::id:
      return shape.after;
    case Given::statuses:
      return shape.statuses;
    case Given::priorities:
      return shape.priorities;
    case Given::due_after:
    case Given::due_before:
      return shape.due;
    case Given::tags:
      return shape.tags;
    case Given::text:
      return shape.search != Search::no;
    case Given::offset:
      return shape.offset;
  }
  return false;
}

// $1..$3 caller, $4 limit, $5 whether in the trash, and from $6 on the parameters of the shape.
std::string parameter_of(const Shape& shape, Given given) {
  int number = 6;
  for (const Given one : kGiven) {
    if (one == given) break;
    if (has(shape, one)) ++number;
  }
  return parameter(number);
}

/// Whether the index of words is used, which is that of tags as well.
bool uses_words(const Shape& shape) {
  return shape.search == Search::words || (shape.tags && shape.search == Search::no);
}

/// Whether lists of this shape read taskward.task_index for an owner with many tasks.
bool has_index(const Shape& shape) {
  if (shape.search == Search::parts) return false;
  return shape.sort != TaskSort::created_at || shape.statuses || uses_words(shape);
}

std::string filter(const Shape& shape) {
  const auto at = [&](Given given) { return parameter_of(shape, given); };
  std::string sql = "o.owner_id = c.id and o.trashed = $5::boolean";
  if (has_index(shape)) sql += shape.indexed ? " and c.tasks_indexed = 2" : " and c.tasks_indexed < 2";
  if (shape.statuses)
    sql += shape.one_status ? " and o.status = " + at(Given::statuses) + "::text"
                            : " and o.status = any(" + at(Given::statuses) + "::text[])";
  if (shape.priorities) sql += " and o.priority = any(" + at(Given::priorities) + "::smallint[])";
  if (shape.due)
    sql += " and o.due_at >= " + at(Given::due_after) + "::timestamptz and o.due_at < " +
           at(Given::due_before) + "::timestamptz";
  if (shape.search == Search::parts)
    sql += " and taskward.has_parts(" + at(Given::text) + "::text, o.title, o.tags, o.description)";
  if (uses_words(shape) && shape.indexed)
    return sql +
           " and taskward.owned_words(o.owner_id, o.search, o.tags) @@ (select s.query from search_query s)";
  if (shape.search == Search::words) sql += " and v.search @@ (select s.query from search_query s)";
  if (shape.tags) sql += " and taskward.form_kc(o.tags) @> " + at(Given::tags) + "::text[]";
  return sql;
}

/// SQL: the rows o that are filtered.
std::string source(const Shape& shape) {
  if (shape.indexed) return "taskward.task_index o";
  if (shape.search != Search::words) return "taskward.tasks o";
  // OFFSET keeps the vector from being computed once for the filter and again for the rank.
  return "taskward.tasks o cross join lateral (select taskward.search_vector(o.title, o.tags, o.description) "
         "as"
         " search offset 0) v";
}

/// SQL: a word as a quoted tsquery lexeme.
std::string quoted_word(const std::string& word) {
  return filled(R"('''' || replace(replace({word}, E'\\', E'\\\\'), '''', '''''') || '''')",
                {{"word", word}});
}

/// A CTE `search_query` with the query for the words (`query`) and the one for ranking (`plain`). A word
/// matches as a prefix, as it was written, or by the stem that the text search configuration produces. The
/// ranking query combines words with OR: with AND, ts_rank compares every pair of their positions. In the
/// index of words, the owner's id is in front of each word.
std::string search_query(const Shape& shape) {
  const std::string prefix = shape.indexed ? "c.id::text || ' ' || " : "";
  std::string sql = ", search_query as materialized (select ";
  if (shape.search != Search::words) {
    sql += "t.query from caller c";
  } else {
    sql += std::string(shape.tags && shape.indexed ? "w.query && t.query" : "w.query") +
           filled(R"( as query, w.plain
    from caller c
   cross join lateral (
     select string_agg('(' || {query_word} || ':*' || coalesce(s.query, '') || ')', ' & ')::tsquery as query,
            string_agg('(' || {word} || ':*' || coalesce(s.plain, '') || ')', ' | ')::tsquery as plain
       from unnest(tsvector_to_array(to_tsvector('simple', {text}))) as l (word)
      cross join lateral (
        select string_agg(' | ' || {query_stem}, '') as query, string_agg(' | ' || {stem}, '') as plain
          from unnest(tsvector_to_array(to_tsvector(
                 (select k.name::regconfig from taskward.search_configuration k), l.word))) as m (stem)
         where m.stem <> l.word) s
   ) w)",
                  {{"text", parsable(parameter_of(shape, Given::text) + "::text")},
                   {"query_word", quoted_word(prefix + "l.word")},
                   {"word", quoted_word("l.word")},
                   {"query_stem", quoted_word(prefix + "m.stem")},
                   {"stem", quoted_word("m.stem")}});
  }
  if (shape.tags && shape.indexed)
    sql += filled(R"(
   cross join lateral (
     select string_agg({owned_tag}, ' & ')::tsquery as query from unnest({tags}::text[]) as g (tag)
   ) t)",
                  {{"owned_tag", quoted_word("c.id::text || '#' || g.tag")},
                   {"tags", parameter_of(shape, Given::tags)}});
  return sql + "\n)";
}

std::string direction(SortOrder order) { return order == SortOrder::ascending ? "asc" : "desc"; }
std::string comparison(SortOrder order) { return order == SortOrder::ascending ? ">" : "<"; }

/// SQL: the tasks of the page or, of an indexed shape, their rows in the index, after the position and in
/// their order.
std::string page(const Shape& shape) {
  const SortKey& key = key_of(shape.sort);
  // Inside of the limit that is a parameter there is one that is a number: it tells the planner that few rows
  // are read.
  const std::string offset = shape.offset ? parameter_of(shape, Given::offset) + "::bigint" : "";
  const std::string needed = shape.offset ? "limit $4::bigint + " + offset : "limit $4::bigint";
  const std::string most = shape.offset ? needed : "limit " + std::to_string(model::kPageLimitMax + 1);
  const std::string paging = shape.offset ? "limit $4::bigint offset " + offset : needed;
  std::string rows = source(shape) + " where " + filter(shape);
  // Among the tasks without a due date a position has no key.
  const auto after = [&shape](std::string_view condition) {
    return shape.after ? " and " + std::string(condition) : std::string();
  };
  // What has placeholders itself comes first.
  const auto with = [&](std::string text) {
    return filled_if_present(
        std::move(text),
        {{"after", after("({key}, o.id) {cmp} ({last_key}::{type}, {last_id}::uuid)")},
         {"after_in_rest", after("({last_key}::{type} is not null or o.id {cmp} {last_id}::uuid)")},
         {"rows", rows},
         {"o", shape.indexed ? "o.*" : task_columns("o")},
         {"key", over("o", key.sql)},
         {"type", std::string(key.type)},
         {"cmp", comparison(shape.order)},
         {"last_key", parameter_of(shape, Given::key)},
         {"last_id", parameter_of(shape, Given::id)},
         {"dir", direction(shape.order)},
         {"most", most},
         {"needed", needed},
         {"paging", paging}});
  };
  if (shape.sort == TaskSort::due_at) {
    // Tasks with a due date, then tasks without.
    return with(R"(
    select * from (
      (select * from (
        select {o} from {rows} and o.due_at is not null{after}
         order by o.due_at {dir}, o.id {dir} {most}) a {needed})
      union all
      (select * from (
        select {o} from {rows} and o.due_at is null{after_in_rest}
         order by o.id {dir} {most}) a {needed})
    ) b order by b.due_at {dir} nulls last, b.id {dir} {paging})");
  }
  if (shape.sort == TaskSort::relevance) {
    const std::string rank = shape.search != Search::words ? "0::real"
                             : shape.indexed ? "ts_rank(o.search, (select s.plain from search_query s))"
                                             : "ts_rank(v.search, (select s.plain from search_query s))";
    return with("\n    select * from (select {o}, " + rank +
                " as rank from {rows}) o"
                " where true{after} order by {key} {dir}, o.id {dir} {paging}");
  }
  if (shape.indexed && shape.sort == TaskSort::created_at && shape.statuses && !shape.one_status &&
      !uses_words(shape)) {
    // Open tasks are usually a small part of all tasks. The index of statuses finds them, one status after
    // the other.
    rows += " and o.status = s.status";
    return with("\n    select o.* from (select distinct u.status from unnest(" +
                parameter_of(shape, Given::statuses) + R"(::text[]) as u (status)) s cross join lateral (
      select * from (
        select {o} from {rows}{after}
         order by {key} {dir}, o.id {dir} {most}) a {needed}) o
     order by {key} {dir}, o.id {dir} {paging})");
  }
  return with(R"(
    select * from (
      select {o} from {rows}{after} order by {key} {dir}, o.id {dir} {most}) o
    {paging})");
}

/// A CTE `counted` with the number of all matching tasks.
std::string counted(const Shape& shape) {
  return filled(R"(, counted as materialized (
  select count(*) as total from caller c cross join lateral (select from {source} where {filter}) o where c.permitted
))",
                {{"source", source(shape)}, {"filter", filter(shape)}});
}

Statement statement_of(const Shape& shape) {
  std::string name = "list_tasks_by_" + std::string(model::name(shape.sort)) +
                     (shape.order == SortOrder::descending ? "_descending_" : "_");
  for (const auto& [is_set, letter] : {std::pair{shape.search == Search::words, 'w'},
                                       {shape.search == Search::parts, 'x'},
                                       {shape.statuses, shape.one_status ? 'z' : 's'},
                                       {shape.after, 'a'},
                                       {shape.priorities, 'p'},
                                       {shape.due, 'd'},
                                       {shape.tags, 'g'},
                                       {shape.total, 't'},
                                       {shape.offset, 'o'},
                                       {shape.indexed, 'i'}}) {
    if (is_set) name += letter;
  }
  std::string sql(kCaller);
  if (uses_words(shape) && (shape.indexed || shape.search == Search::words)) sql += search_query(shape);
  if (shape.total) sql += counted(shape);
  const std::string listed = shape.indexed ? "i" : "t";
  const bool by_rank = shape.sort == TaskSort::relevance;
  // OFFSET keeps `permitted` from being computed for each task.
  sql += filled(R"(
select c.permitted, c.tasks_indexed = 2, {total}{rank}{columns}
  from (select * from caller offset 0) c left join lateral ({page}) {listed} on c.permitted)",
                {{"total", shape.total ? "(select n.total from counted n), " : ""},
                 {"rank", by_rank ? listed + ".rank::text, " : ""},
                 {"columns", task_columns("t")},
                 {"page", page(shape)},
                 {"listed", listed}});
  // The one row of the caller is joined to a page by a nested loop, which keeps the order of the page; the
  // join of tasks may be another one.
  if (shape.indexed)
    sql += filled(R"(
  left join taskward.tasks t on t.owner_id = i.owner_id and t.id = i.id
 order by {key} {direction} nulls last, t.id {direction})",
                  {{"key", by_rank ? listed + ".rank" : over("t", key_of(shape.sort).sql)},
                   {"direction", direction(shape.order)}});
  return {name, Effect::reads, sql};
}

StatementFamily<Shape> lists(statement_of);

std::vector<Shape> all_shapes() {
  std::vector<Shape> shapes;
  constexpr unsigned kFlags = 9;
  for (const SortKey& key : kSortKeys) {
    for (const auto order : {SortOrder::ascending, SortOrder::descending}) {
      for (const auto search : {Search::no, Search::words, Search::parts}) {
        for (unsigned flags = 0; flags < 1U << kFlags; ++flags) {
          Shape shape{key.sort, order, search};
          unsigned rest = flags;
          for (bool* const flag : {&shape.after, &shape.statuses, &shape.priorities, &shape.due, &shape.tags,
                                   &shape.total, &shape.offset, &shape.one_status, &shape.indexed}) {
            *flag = (rest & 1U) != 0;
            rest >>= 1U;
          }
          if ((shape.indexed && !has_index(shape)) || (shape.one_status && !shape.statuses) ||
              (shape.after && shape.offset))
            continue;
          shapes.push_back(shape);
        }
      }
    }
  }
  return shapes;
}

Shape shape_of(const TaskListing& listing) {
  const model::TaskFilter& filter = listing.filter;
  Shape shape;
  shape.sort = filter.sort;
  shape.order = filter.order;
  if (!filter.text.empty()) shape.search = has_words(filter.text) ? Search::words : Search::parts;
  shape.after = listing.after.has_value();
  shape.statuses = !filter.statuses.empty();
  shape.one_status = filter.statuses.size() == 1;
  shape.priorities = !filter.priorities.empty();
  shape.due = filter.due_after || filter.due_before;
  shape.tags = !filter.tags.empty();
  shape.total = listing.total == TaskListing::Total::count;
  // A page that is longer than those of requests needs the parameter in both limits as well.
  shape.offset = listing.offset != 0 || listing.limit > model::kPageLimitMax + 1;
  return shape;
}

/// Whether the primary finds the page in less time than it takes to ask it whether a replica may.
bool is_cheap(const Shape& shape, std::int64_t limit) {
  return shape.sort == TaskSort::created_at && shape.search == Search::no &&
         shape.statuses == shape.one_status && !shape.priorities && !shape.due && !shape.tags &&
         !shape.total && !shape.offset && limit <= model::kPageLimitDefault + 1;
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

// $1..$3 caller, $4..$7 stamp.
const std::string kRecordExport = std::string(kCaller) +
                                  ", performed as (select c.id from caller c where c.permitted)" +
                                  audit_action(AuditAction::task_export, "user", "performed");

const Statement export_record{"record_task_export", Effect::writes,
                              kRecordExport + " select c.permitted from caller c"};

// $8 id, $9 limit.
const Statement export_first{"export_first_tasks", Effect::writes, kRecordExport + export_page(8, 9)};

}  // namespace

StatementList task_list_statements() {
  StatementList all{&export_next, &export_record, &export_first};
  for (const Shape& shape : all_shapes()) all.push_back(&lists.of(shape));
  return all;
}

TaskPosition ListedTasks::position(std::size_t index) const {
  const model::Task& task = tasks.at(index);
  switch (sort) {
    case TaskSort::created_at:
      return {rfc3339_precise(task.created_at), task.id};
    case TaskSort::updated_at:
      return {rfc3339_precise(task.updated_at), task.id};
    case TaskSort::due_at:
      return {task.due_at ? std::optional(rfc3339_precise(*task.due_at)) : std::nullopt, task.id};
    case TaskSort::priority:
      return {std::to_string(number_of(task.priority)), task.id};
    case TaskSort::title:
      return {lower(task.title), task.id};
    case TaskSort::relevance:
      return {ranks.at(index), task.id};
  }
  return {std::nullopt, task.id};
}

Result<ListedTasks> list_tasks(db::Connection& database, OwnerHints& hints, const ReadTasks& access,
                               const TaskListing& listing, Replica* replica) {
  const model::TaskFilter& filter = listing.filter;
  const std::string statuses =
      choices(filter.statuses, [](model::TaskStatus status) { return model::name(status); });
  const std::string priorities = choices(
      filter.priorities, [](model::TaskPriority priority) { return std::to_string(number_of(priority)); });
  std::vector<std::string> normalised_tags;
  for (const std::string& tag : filter.tags) normalised_tags.push_back(nfkc(tag));
  db::ArrayText tags = array_of(normalised_tags);
  const std::string parts = parts_to_find(filter.text);
  const std::string due_after = filter.due_after ? literal_of(filter.due_after) : "-infinity";
  const std::string due_before = filter.due_before ? literal_of(filter.due_before) : "infinity";

  Params params;
  add_caller(params, access);
  params.number(listing.limit);
  params.literal(filter.place == model::TaskLocation::trash ? "true" : "false");
  Shape shape = shape_of(listing);
  for (const Given given : kGiven) {
    if (!has(shape, given)) continue;
    switch (given) {
      case Given::key:
        if (listing.after->key)
          params.literal(listing.after->key->c_str());
        else
          params.null();
        break;
      case Given::id:
        params.id(listing.after->id);
        break;
      case Given::statuses:
        if (shape.one_status)
          params.text(model::name(filter.statuses.front()));
        else
          params.literal(statuses.c_str());
        break;
      case Given::priorities:
        params.literal(priorities.c_str());
        break;
      case Given::due_after:
        params.literal(due_after.c_str());
        break;
      case Given::due_before:
        params.literal(due_before.c_str());
        break;
      case Given::tags:
        params.literal(tags.c_str());
        break;
      case Given::text:
        params.text(parts);
        break;
      case Given::offset:
        params.number(listing.offset);
        break;
    }
  }

  if (is_cheap(shape, listing.limit)) replica = nullptr;
  shape.indexed = has_index(shape) && hints.is_indexed(access.user());
  for (;;) {
    const Result<Rows> read = read_tasks(database, replica, access, {lists.of(shape), params});
    if (!read) return read.error();
    const Rows& rows = *read;
    auto first = permitted_row(rows);
    if (!first) return std::move(first).error();
    if (const bool is_indexed = first->boolean(); has_index(shape) && is_indexed != shape.indexed) {
      hints.note_indexed(access.user(), is_indexed);
      shape.indexed = is_indexed;
      continue;
    }
    ListedTasks listed;
    listed.sort = filter.sort;
    if (shape.total && !first->is_null()) listed.total = first->number();
    listed.tasks.reserve(rows.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
      db::RowReader row = rows.row(r);
      row.skip(shape.total ? 3 : 2);
      const auto rank = shape.sort == TaskSort::relevance ? row.text_or_null() : std::nullopt;
      if (row.is_null()) break;  // the list is empty
      listed.tasks.push_back(task_from(row));
      if (rank) listed.ranks.push_back(*rank);
    }
    return listed;
  }
}

Result<std::vector<model::Task>> export_tasks(db::Connection& database, const ReadTasks& access,
                                              const TaskId& after, std::int64_t limit,
                                              const model::AuditStamp& stamp, Replica* replica) {
  bool is_to_be_recorded = after == TaskId{};
  if (is_to_be_recorded && replica != nullptr && replica->is_usable()) {
    Params params;
    add_caller(params, access);
    add_stamp(params, stamp);
    const Rows recorded = database.run(export_record, params);
    if (auto row = permitted_row(recorded); !row) return std::move(row).error();
    is_to_be_recorded = false;
  }
  Params params;
  add_caller(params, access);
  if (is_to_be_recorded) add_stamp(params, stamp);
  params.id(after).number(limit);
  if (is_to_be_recorded) return read_list<model::Task>(database.run(export_first, params), task_from);
  const Result<Rows> rows = read_tasks(database, replica, access, {export_next, params});
  if (!rows) return rows.error();
  return read_list<model::Task>(*rows, task_from);
}

}  // namespace taskward::store
