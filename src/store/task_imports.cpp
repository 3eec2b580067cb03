#include "taskward/store/task_imports.hpp"

#include <algorithm>
#include <chrono>

#include "given_tasks.hpp"
#include "idempotency.hpp"
#include "run_again.hpp"
#include "statement_lists.hpp"
#include "task_parts.hpp"
#include "task_room.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;
using model::AuditAction;

/// Below nginx's fastcgi_read_timeout of 60 s, after which nobody would hear what became of it.
constexpr std::chrono::seconds kImportMax{45};

/// Tasks a statement: some tenths of a second for the largest.
constexpr std::size_t kPiece = 250;

// All of them are run in one transaction.

// $1..$3 caller, $4 ids of records, $5..$7 request, address and agent, and $8 and $9 the key, which no other
// request can use until the transaction ends. The answer is how many are made, which is known at the end; it
// says nothing of any task, so it is not erased with one.
const Statement begin{
    "begin_import", Effect::writes,
    std::string(kCaller) + record_refusal(AuditAction::task_create) + " select c.permitted from caller c"};
const Statement begin_keyed{
    "begin_import_keyed", Effect::writes,
    std::string(kCaller) + find_key(8, KeyHeld::long_time) +
        ", answered as (select c.id as owner_id from caller c where c.permitted and " +
        std::string(kIsFirst) + ')' + keep_key(8, "answered", "'{}'::uuid[]", "'0'::jsonb") +
        record_refusal(AuditAction::task_create) + " select c.permitted, " + std::string(kReplayColumns) +
        ", case when e.same_request then (e.answer #>> '{}')::bigint end from caller c left join earlier e "
        "on true"};

// $1..$3 caller, $4 tasks.
const Statement make_some{
    "import_some_tasks", Effect::writes,
    std::string(kCaller) +
        ", who as (select c.* from caller c where c.permitted), adds as materialized (select * from " +
        given_rows(4) + ')' + make_tasks("who") + " select count(*) from made"};

// $1..$3 caller, $4 ids of records, $5..$7 request, address and agent, $8 ids of all tasks that were made, $9
// how many of them there is room for, whose records are written; the others go. $10 the key, whose answer
// that is.
const Statement finish{
    "finish_import", Effect::writes,
    std::string(kCaller) + R"(, those as materialized (
  select i.id, i.ord from unnest($8::uuid[]) with ordinality as i (id, ord)
), surplus as (
  delete from taskward.tasks t using caller c, those i where t.owner_id = c.id and t.id = i.id and i.ord > $9::bigint
), answered as (
  update taskward.idempotency_keys k set answer = to_jsonb($9::bigint) from caller c
   where k.owner_id = c.id and k.key_hash = $10::bytea
))" +
        record_each(
            AuditAction::task_create,
            filled(
                "select {create} as action, i.id, i.ord, null as reason, null::text[] as fields from those i"
                " where i.ord <= $9::bigint",
                {{"create", quoted(AuditAction::task_create)}})) +
        " select c.permitted from caller c"};

std::string piece_of(std::span<const model::ImportedTask> tasks, std::span<const TaskId> ids) {
  json::Writer w;
  w.begin_array();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    begin_given(w, i, ids[i]);
    write_new(w, tasks[i]);
    write_moment(w, "created_at", tasks[i].created_at);
    write_moment(w, "completed_at", tasks[i].completed_at);
    w.end_object();
  }
  w.end_array();
  return w.take();
}

/// One import on its way.
class Import {
 public:
  Import(db::Connection& database, const WriteTasks& access, std::span<const AuditId> records,
         const std::optional<IdempotencyKey>& key, const model::Origin& origin)
      : database_(database), access_(access), key_(key), origin_(origin), records_(array_of_ids(records)) {}

  /// How many an earlier import with the same key made, or nothing to go on.
  [[nodiscard]] Result<std::optional<std::size_t>> begin_one() {
    Params params;
    add_recorded(params);
    if (key_) add_key(params, *key_);
    const Rows rows = database_.run(key_ ? begin_keyed : begin, params);
    auto row = permitted_row(rows);
    if (!row) return std::move(row).error();
    if (!key_) return std::optional<std::size_t>();
    const auto replay = replay_of(*row);
    if (!replay) return std::optional<std::size_t>();
    if (!*replay) return replay->error();
    return std::optional(static_cast<std::size_t>(row->number()));
  }

  void make(std::span<const model::ImportedTask> tasks, std::span<const TaskId> ids) {
    const std::string given = piece_of(tasks, ids);
    Params params;
    add_caller(params, access_);
    params.text(given);
    static_cast<void>(database_.run(make_some, params));
  }

  /// 401 when the session ended meanwhile: nothing of it may be committed then.
  [[nodiscard]] Result<Done> finish_one(std::span<const TaskId> ids, std::size_t kept) {
    db::ArrayText made = array_of_ids(ids);
    Params params;
    add_recorded(params);
    params.literal(made.c_str()).number(static_cast<std::int64_t>(kept));
    if (key_)
      params.bytes(crypto::view(key_->key));
    else
      params.null();
    if (auto row = permitted_row(database_.run(finish, params)); !row) return std::move(row).error();
    return Done{};
  }

 private:
  void add_recorded(Params& params) {
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

StatementList task_import_statements() { return {&begin, &begin_keyed, &make_some, &finish}; }

Result<std::size_t> insert_tasks(db::Connection& database, const WriteTasks& access,
                                 std::span<const model::ImportedTask> tasks, std::span<const TaskId> created,
                                 std::span<const AuditId> records, int quota,
                                 const std::optional<IdempotencyKey>& key, const model::Origin& origin) {
  Import import(database, access, records, key, origin);
  // What there is no room for is not written first and taken back then. How much there is at the end may be
  // less.
  database.connect();
  std::int64_t hope = 0;
  {
    db::Transaction transaction(database);
    hope = std::max(hope, settle_room(database, access.user(), quota, 0));
    transaction.commit();
  }
  const std::size_t most = std::min(tasks.size(), static_cast<std::size_t>(hope));
  return until_seen([&]() -> Result<std::size_t> {
    db::Transaction transaction(database);
    auto earlier = import.begin_one();
    // A refusal is recorded, and nothing else has happened.
    if (!earlier || *earlier) {
      transaction.commit();
      if (!earlier) return std::move(earlier).error();
      return **earlier;
    }
    const auto began = std::chrono::steady_clock::now();
    for (std::size_t at = 0; at < most; at += kPiece) {
      if (std::chrono::steady_clock::now() - began > kImportMax) {
        return Error(
            ErrorCode::service_unavailable,
            "The file takes too long to import now; nothing of it was. Try again later, or in parts.");
      }
      const std::size_t count = std::min(kPiece, most - at);
      import.make(tasks.subspan(at, count), created.subspan(at, count));
    }
    const std::int64_t room = std::max<std::int64_t>(
        0, settle_room(database, access.user(), quota, static_cast<std::int64_t>(most)));
    const std::size_t kept = std::min(most, static_cast<std::size_t>(room));
    if (auto done = import.finish_one(created.first(most), kept); !done) return std::move(done).error();
    transaction.commit();
    return kept;
  });
}

}  // namespace taskward::store
