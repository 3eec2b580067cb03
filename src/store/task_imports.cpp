#include "taskward/store/task_imports.hpp"

#include <algorithm>
#include <chrono>

#include "fragments.hpp"
#include "idempotency.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "task_json.hpp"
#include "task_quota.hpp"
#include "task_sql.hpp"
#include "taskward/base/rfc3339.hpp"
#include "unique_violation_retry.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

/// Below nginx's fastcgi_read_timeout of 60 s, after which the client would not receive the outcome.
constexpr std::chrono::seconds kImportMaxDuration{45};

/// Tasks per statement. With the largest tasks it takes some tenths of a second.
constexpr std::size_t kTasksPerStatement = 250;

// The statements of an import run in one transaction.

// $1..$3 caller, $4 ids of audit records, $5..$7 request id, address and user agent, and $8 and $9 the key,
// which no other request can use until the transaction ends. The stored response is the number of imported
// tasks, which is known at the end. It contains no task, so that erasing a task does not erase it. The rest
// of the response follows from the file and the time of the import, which is that of the key.
const Statement begin{
    "begin_import", Effect::writes,
    std::string(kCaller) + audit_refusal(AuditAction::task_create) + " select c.permitted from caller c"};
const Statement begin_keyed{
    "begin_import_keyed", Effect::writes,
    std::string(kCaller) + find_key(8, KeyHeld::long_time) +
        ", response as (select c.id as owner_id from caller c where c.permitted and " +
        std::string(kIsFirst) + ')' + store_key(8, "response", "'{}'::uuid[]", "'0'::jsonb") +
        audit_refusal(AuditAction::task_create) + " select c.permitted, " + std::string(kReplayColumns) +
        ", case when e.same_request then (e.answer #>> '{}')::bigint end, e.created_at "
        "from caller c left join earlier e on true"};

// $1..$3 caller, $4 tasks.
const Statement insert_some{
    "import_some_tasks", Effect::writes,
    std::string(kCaller) +
        ", owner as (select c.* from caller c where c.permitted), additions as materialized (select * from " +
        json_task_rows(4) + ')' + insert_json_tasks("owner") + " select count(*) from created"};

// $1..$3 caller, $4 ids of audit records, $5..$7 request id, address and user agent, $8 ids of all inserted
// tasks, $9 how many of them are within the quota; the others are deleted again, and their quota is returned.
// $10 the key, $11 the time of the import.
const Statement finish{
    "finish_import", Effect::writes,
    std::string(kCaller) + R"(, imported as materialized (
  select i.id, i.ord from unnest($8::uuid[]) with ordinality as i (id, ord)
), surplus as (
  delete from taskward.tasks t using caller c, imported i where t.owner_id = c.id and t.id = i.id and i.ord > $9::bigint
  returning t.owner_id
))" + return_quota("surplus") +
        R"(, response as (
  update taskward.idempotency_keys k set answer = to_jsonb($9::bigint), created_at = $11::timestamptz from caller c
   where k.owner_id = c.id and k.key_hash = $10::bytea
))" +
        audit_each(AuditAction::task_create, filled("select {create} as action, i.id, i.ord, null as reason, "
                                                    "null::text[] as fields from imported i"
                                                    " where i.ord <= $9::bigint",
                                                    {{"create", quoted(AuditAction::task_create)}})) +
        " select c.permitted from caller c"};

std::string json_of(std::span<const model::ImportedTask> tasks, std::span<const TaskId> ids) {
  json::Writer w;
  w.begin_array();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    begin_task(w, i, ids[i]);
    write_new_task(w, tasks[i]);
    write_moment(w, "created_at", tasks[i].created_at);
    write_moment(w, "completed_at", tasks[i].completed_at);
    w.end_object();
  }
  w.end_array();
  return w.take();
}

/// One import in progress.
class Import {
 public:
  Import(db::Connection& database, const WriteTasks& access, std::span<const AuditId> records,
         const std::optional<IdempotencyKey>& key, const model::Origin& origin)
      : database_(database), access_(access), key_(key), origin_(origin), records_(array_of_ids(records)) {}

  /// The outcome of an earlier import with the same key; empty if there was none.
  [[nodiscard]] Result<std::optional<ImportDone>> begin_import() {
    Params params;
    add_caller_and_origin(params);
    if (key_) add_key(params, *key_);
    const Rows rows = database_.run(key_ ? begin_keyed : begin, params);
    auto row = permitted_row(rows);
    if (!row) return std::move(row).error();
    if (!key_) return std::optional<ImportDone>();
    const auto replay = replay_from(*row);
    if (!replay) return std::optional<ImportDone>();
    if (!*replay) return replay->error();
    const auto imported = static_cast<std::size_t>(row->number());
    return std::optional(ImportDone{imported, row->timestamp()});
  }

  void insert(std::span<const model::ImportedTask> tasks, std::span<const TaskId> ids) {
    const std::string rows = json_of(tasks, ids);
    Params params;
    add_caller(params, access_);
    params.text(rows);
    static_cast<void>(database_.run(insert_some, params));
  }

  /// 401 when the session has ended in the meantime: the transaction must then be rolled back.
  [[nodiscard]] Result<Done> finish_import(std::span<const TaskId> ids, std::size_t kept, Timestamp at) {
    db::ArrayText inserted = array_of_ids(ids);
    const std::string moment = rfc3339_precise(at);
    Params params;
    add_caller_and_origin(params);
    params.literal(inserted.c_str()).number(static_cast<std::int64_t>(kept));
    if (key_)
      params.bytes(crypto::view(key_->key));
    else
      params.null();
    params.literal(moment.c_str());
    if (auto row = permitted_row(database_.run(finish, params)); !row) return std::move(row).error();
    return Done{};
  }

 private:
  void add_caller_and_origin(Params& params) {
    add_caller(params, access_);
    params.literal(records_.c_str());
    add_origin(params, origin_);
  }

  db::Connection& database_;
  const WriteTasks& access_;
  const std::optional<IdempotencyKey>& key_;
  const model::Origin& origin_;
  db::ArrayText records_;
};

}  // namespace

StatementList task_import_statements() { return {&begin, &begin_keyed, &insert_some, &finish}; }

Result<ImportDone> insert_tasks(db::Connection& database, const WriteTasks& access,
                                std::span<const model::ImportedTask> tasks, std::span<const TaskId> created,
                                std::span<const AuditId> records, int quota,
                                const std::optional<IdempotencyKey>& key, Timestamp at,
                                const model::Origin& origin) {
  Import import(database, access, records, key, origin);
  // Tasks beyond the quota are not inserted in the first place. The quota may be less at the end.
  database.connect();
  std::int64_t free = 0;
  {
    db::Transaction transaction(database);
    free = std::max(free, recount_quota(database, access.user(), quota, 0));
    transaction.commit();
  }
  const std::size_t most = std::min(tasks.size(), static_cast<std::size_t>(free));
  return retry_on_unique_violation([&]() -> Result<ImportDone> {
    db::Transaction transaction(database);
    auto earlier = import.begin_import();
    // Commits the audit record of a refusal, which is all that was written.
    if (!earlier || *earlier) {
      transaction.commit();
      if (!earlier) return std::move(earlier).error();
      return **earlier;
    }
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t first = 0; first < most; first += kTasksPerStatement) {
      if (std::chrono::steady_clock::now() - start > kImportMaxDuration) {
        return Error(ErrorCode::service_unavailable,
                     "The import took too long and was rolled back. Try again later, or split the file.");
      }
      const std::size_t count = std::min(kTasksPerStatement, most - first);
      import.insert(tasks.subspan(first, count), created.subspan(first, count));
    }
    // The count includes the inserted tasks.
    const std::int64_t free_at_end =
        recount_quota(database, access.user(), quota, 0) + static_cast<std::int64_t>(most);
    const std::size_t kept = std::min(most, static_cast<std::size_t>(std::max<std::int64_t>(0, free_at_end)));
    if (auto done = import.finish_import(created.first(most), kept, at); !done)
      return std::move(done).error();
    transaction.commit();
    return ImportDone{kept, at};
  });
}

}  // namespace taskward::store
