#include "taskward/store/audit_search.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "audit_position.hpp"
#include "audit_rows.hpp"
#include "fragments.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/db/array.hpp"

namespace taskward::store {
namespace {

using db::Statement;
using model::AuditFilter;

/// The index that a search uses. Only months that have ended have the first four.
enum class Index : std::uint8_t { request, object, actor, address, actions, failures, time };

bool is_built_at_close(Index index) { return index < Index::actions; }

// $1..$3 caller, $4..$7 stamp, $8 the action to record, $9 whether to record it, $10 limit, $11 window, $12
// from, $13 and $14 the position to start after, $15 actor, $16 object, $17 actions, $18 outcomes, $19
// address, $20 request, $21 personal access token. Filters that are null match everything.

/// SQL: the part of the audit log that is read, in its order. PostgreSQL assumes that a limit whose value
/// it does not know is a small part of all rows, and so prefers the index to a sort.
std::string scan(std::string_view key) {
  return filled(R"(
    select a.* from taskward.audit a
     where c.permitted and {key} and a.at >= $12::timestamptz and a.at <= $13::timestamptz
       and (a.at, a.id) < ($13::timestamptz, $14::uuid)
     order by a.at desc, a.id desc limit $11::bigint)",
                {{"key", std::string(key)}});
}

/// SQL: the same for several actions, merging the newest of each.
std::string scan_of_actions() {
  std::string frequent;
  for (const model::AuditAction one : model::kFrequentActions)
    frequent += (frequent.empty() ? "" : ", ") + quoted(one);
  return filled(R"(
    select o.* from unnest($17::text[]) as u (action) cross join lateral ({scan}) o
     order by o.at desc, o.id desc limit $11::bigint)",
                {{"scan", scan("a.action = u.action and a.action not in (" + frequent + ')')}});
}

Statement search_by(std::string_view name, const std::string& scan) {
  return {"search_audit_by_" + std::string(name), db::Effect::writes,
          std::string(kCaller) + filled(R"(, audited as (
  insert into taskward.audit {audit_columns}
  select {stamp}, c.id, c.role, case when c.permitted then $8::text else {denied} end, 'audit', null::uuid,
         case when c.permitted then 'success' else 'denied' end, case when not c.permitted then $8::text end,
         null::text[], c.token_id
    from caller c where $9::boolean or not c.permitted)
select c.permitted, f.fits, f.is_last, {f}
  from caller c left join lateral (
    select * from (
      select w.*, row_number() over (order by w.at desc, w.id desc) = $11::bigint as is_last,
             (($15::uuid is null or w.actor_id = $15::uuid)
              and ($16::uuid is null or w.object_id = $16::uuid)
              and ($17::text[] is null or w.action = any($17::text[]))
              and ($18::text[] is null or w.outcome = any($18::text[]))
              and ($19::inet is null or w.client_address <<= $19::inet)
              and ($20::text is null or w.request_id = $20::text)
              and ($21::uuid is null or w.token_id = $21::uuid)) is true as fits
        from ({scan}) w) n
     where n.fits or n.is_last
     order by n.at desc, n.id desc limit $10::bigint) f on c.permitted
 order by f.at desc, f.id desc)",
                                        {{"audit_columns", audit_columns_and_token()},
                                         {"stamp", stamp_values(4)},
                                         {"denied", quoted(model::AuditAction::access_denied)},
                                         {"f", audit_record_columns("f")},
                                         {"scan", scan}})};
}

// In the order of Index.
const std::array kStatements{
    search_by("request", scan("a.request_id = $20::text")),
    search_by("object", scan("a.object_id = $16::uuid")),
    search_by("actor", scan("a.actor_id = $15::uuid")),
    search_by("address", scan("a.client_address = $19::inet")),
    search_by("actions", scan_of_actions()),
    search_by("failures", scan("a.outcome <> 'success'")),
    search_by("time", scan("true")),
};

// Null when every record is indexed.
const Statement indexed_before{"audit_indexed_before", db::Effect::reads,
                               "select min(first) from taskward.audit_missing_indexes"};

bool is_frequent(model::AuditAction action) {
  return std::find(model::kFrequentActions.begin(), model::kFrequentActions.end(), action) !=
         model::kFrequentActions.end();
}

/// The most selective index for the filter.
Index index_for(const AuditFilter& filter) {
  if (!filter.request_id.empty()) return Index::request;
  if (filter.object) return Index::object;
  if (filter.actor) return Index::actor;
  if (filter.address && filter.address->bits == 128) return Index::address;
  if (!filter.actions.empty() && std::none_of(filter.actions.begin(), filter.actions.end(), is_frequent))
    return Index::actions;
  if (!filter.outcomes.empty() && std::find(filter.outcomes.begin(), filter.outcomes.end(),
                                            model::AuditOutcome::success) == filter.outcomes.end())
    return Index::failures;
  return Index::time;
}

std::int64_t window_of(Index index, const AuditSearch& search) {
  if (search.window) return *search.window;
  if (index == Index::time || index == Index::failures) return kAuditWindowByTime;
  if (index != Index::actions) return kAuditWindowByKey;
  // The scan of every action is completed before they are merged.
  const AuditFilter& filter = search.filter;
  if (filter.outcomes.empty() && !filter.address) return search.limit + 1;
  return std::max<std::int64_t>(search.limit + 1,
                                kAuditWindowByKey / static_cast<std::int64_t>(filter.actions.size()));
}

/// An inet literal; empty for none.
std::string literal_of(const std::optional<model::IpNetwork>& network) {
  if (!network) return {};
  const auto& bytes = network->address.bytes;
  std::string out;
  if (network->address.is_v4() && network->bits >= 96) {
    for (std::size_t i = 12; i < bytes.size(); ++i) out += (i == 12 ? "" : ".") + std::to_string(bytes[i]);
    return out + '/' + std::to_string(network->bits - 96);
  }
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0 && i % 2 == 0) out += ':';
    out += {digits[bytes[i] >> 4U], digits[bytes[i] & 15U]};
  }
  return out + '/' + std::to_string(network->bits);
}

template <class Names>
db::ArrayText array_of_names(const Names& values) {
  db::ArrayText array;
  for (const auto value : values) array.add(model::name(value));
  return array;
}

void add_array_or_null(db::Params& params, db::ArrayText& array, bool is_present) {
  if (is_present)
    params.literal(array.c_str());
  else
    params.null();
}

/// One walk of an index.
struct Walk {
  Index index;
  std::int64_t window;
  std::optional<Timestamp> from;
  std::optional<model::AuditPosition> before;
  AuditLookup::Recorded recorded;
};

/// Appends what the walk found, up to `limit` records altogether. Every row has the caller's `permitted`, and
/// a record if one was found.
FoundRecords read_found(const db::Rows& rows, std::int64_t limit, FoundRecords found) {
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    row.skip();
    if (row.is_null()) break;
    const bool fits = row.boolean();
    const bool is_last_of_window = row.boolean();
    model::AuditRecord record = audit_record_from(row);
    if (fits && found.records.size() == static_cast<std::size_t>(limit)) {
      const model::AuditRecord& last = found.records.back();
      found.next = model::AuditPosition{last.at, last.id};
      break;
    }
    if (is_last_of_window) found.next = model::AuditPosition{record.at, record.id};
    if (fits) found.records.push_back(std::move(record));
  }
  return found;
}

Result<FoundRecords> walk_index(db::Connection& database, const Administer& access, const AuditSearch& search,
                                const AuditLookup& look, const model::AuditStamp& stamp, const Walk& walk,
                                FoundRecords found) {
  const AuditFilter& filter = search.filter;
  const std::string from = walk.from ? rfc3339_precise(*walk.from) : "-infinity";
  const PositionParams position(walk.before);
  db::ArrayText actions = array_of_names(filter.actions);
  db::ArrayText outcomes = array_of_names(filter.outcomes);
  const std::string address = literal_of(filter.address);

  db::Params params;
  add_caller(params, access);
  add_stamp(params, stamp);
  params.text(model::name(look.as)).literal(walk.recorded == AuditLookup::Recorded::yes ? "true" : "false");
  // One more than the page shows whether there is another one.
  params.number(search.limit - static_cast<std::int64_t>(found.records.size()) + 1)
      .number(walk.window)
      .literal(from.c_str());
  position.add(params);
  add_id_or_null(params, filter.actor);
  if (filter.object)
    params.uuid(*filter.object);
  else
    params.null();
  add_array_or_null(params, actions, !filter.actions.empty());
  add_array_or_null(params, outcomes, !filter.outcomes.empty());
  if (address.empty())
    params.null();
  else
    params.literal(address.c_str());
  params.text_or_null(std::string_view(filter.request_id));
  add_id_or_null(params, filter.token);

  const db::Rows rows = database.run(kStatements.at(static_cast<std::size_t>(walk.index)), params);
  auto permitted = permitted_row(rows);
  if (!permitted) return std::move(permitted).error();
  return read_found(rows, search.limit, std::move(found));
}

}  // namespace

StatementList audit_search_statements() {
  StatementList all;
  for (const Statement& one : kStatements) all.push_back(&one);
  all.push_back(&indexed_before);
  return all;
}

Result<FoundRecords> search_audit(db::Connection& database, const Administer& access,
                                  const AuditSearch& search, const AuditLookup& look,
                                  const model::AuditStamp& stamp) {
  const AuditFilter& filter = search.filter;
  const Index index = index_for(filter);
  Walk walk{index, window_of(index, search), filter.from, search.before, look.recorded};
  // An exclusive end time is the position of the smallest id at that time.
  if (filter.to && (!walk.before || *filter.to <= walk.before->at))
    walk.before = model::AuditPosition{*filter.to, {}};
  if (!is_built_at_close(index)) return walk_index(database, access, search, look, stamp, walk, {});

  const auto open = database.run(indexed_before, db::Params()).row(0).timestamp_or_null();
  if (!open || (walk.before && *walk.before <= model::AuditPosition{*open, {}}))
    return walk_index(database, access, search, look, stamp, walk, {});
  const bool is_all = walk.from && *walk.from >= *open;
  auto found = walk_index(database, access, search, look, stamp,
                          {Index::time, search.window.value_or(kAuditWindowByTime - kAuditWindowByKey),
                           is_all ? walk.from : open, walk.before, walk.recorded},
                          {});
  if (!found || found->next || is_all) return found;
  walk.before = model::AuditPosition{*open, {}};
  walk.recorded = AuditLookup::Recorded::no;
  return walk_index(database, access, search, look, stamp, walk, std::move(*found));
}

}  // namespace taskward::store
