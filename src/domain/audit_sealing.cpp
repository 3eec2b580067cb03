#include "taskward/domain/audit_sealing.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include "taskward/domain/audit_leaves.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/store/audit_walk.hpp"

namespace taskward::domain {
namespace {

using model::AuditLeaf;
using model::AuditSeal;
using store::SealingSnapshot;

constexpr std::size_t kRecordsBetweenChecks = 1000;
constexpr const char* kUniqueViolation = "23505";

void check(const GiveUp& give_up, std::size_t records) {
  if (records % kRecordsBetweenChecks == 0 && give_up()) throw db::Unavailable("sealing was aborted");
}

/// The members that every seal following `newest` has.
AuditSeal draft_following(const std::optional<AuditSeal>& newest, const SealingSnapshot& ground) {
  AuditSeal draft;
  draft.number = 1;
  draft.era = 1;
  draft.previous = std::string(32, '\0');
  if (newest) {
    if (newest->number == std::numeric_limits<std::int64_t>::max())
      throw std::runtime_error(
          "the newest seal of the audit log has the highest possible number, which the service never "
          "creates: the operator must remove it");
    draft.number = newest->number + 1;
    draft.era = newest->era;
    draft.previous = hash_of(*newest);
  }
  draft.cluster = ground.cluster;
  draft.xid_below = ground.end;
  draft.open = ground.open;
  draft.sealed_at = ground.now;
  return draft;
}

/// Limits the seal to transactions below this one.
void cut(AuditSeal& draft, const AuditSeal& before, std::uint64_t below) {
  draft.xid_below = std::max(below, before.xid_below);
  std::erase_if(draft.open, [&](std::uint64_t one) { return one >= draft.xid_below; });
  for (const std::uint64_t one : before.open)
    if (one >= below) draft.open.push_back(one);
  std::sort(draft.open.begin(), draft.open.end());
  draft.open.erase(std::unique(draft.open.begin(), draft.open.end()), draft.open.end());
}

}  // namespace

std::optional<std::string_view> AuditSealer::reason_for_new_era(const SealingSnapshot& ground) const {
  if (!ground.newest) return "first";
  const AuditSeal& newest = *ground.newest;
  if (!key_.verify(model::signed_bytes(newest), newest.signature)) return "seal";
  if (newest.cluster != ground.cluster) return "cluster";
  if (newest.xid_below > ground.end) return "transactions";
  return std::nullopt;
}

std::chrono::milliseconds AuditSealer::next(db::Connection& database, const Log& log, const GiveUp& give_up) {
  {
    db::Transaction transaction(database);
    if (!store::try_lock_sealing(database)) return kSealInterval;
    const SealingSnapshot ground = store::sealing_snapshot(database);
    if (!reason_for_new_era(ground)) {
      const Sealed sealed = seal_transactions(database, ground, give_up);
      if (sealed != Sealed::nothing) transaction.commit();
      return sealed == Sealed::some ? std::chrono::milliseconds(0) : kSealInterval;
    }
  }
  return begin_era(database, log, give_up) == Sealed::nothing ? kSealInterval : std::chrono::milliseconds(0);
}

AuditSealer::Sealed AuditSealer::seal_transactions(db::Connection& database, const SealingSnapshot& ground,
                                                   const GiveUp& give_up) const {
  const AuditSeal& before = *ground.newest;
  AuditSeal draft = draft_following(before, ground);
  draft.xid_from = before.xid_below;
  draft.era_at = before.era_at;
  const store::SealingRange range{before, draft};
  const auto first = store::unsealed_transaction_at(database, range, 0);
  if (!first && ground.now - before.sealed_at < kEmptySealInterval) return Sealed::nothing;
  std::optional<std::uint64_t> too_many;
  if (first) too_many = store::unsealed_transaction_at(database, range, batch_);
  // The records of one transaction are never split between seals.
  if (too_many) cut(draft, before, std::max(*too_many, *first + 1));
  std::vector<AuditLeaf> leaves;
  {
    store::RecordWalk records(database, range);
    while (const auto record = records.next()) {
      check(give_up, leaves.size());
      leaves.push_back(leaf_of(*record));
    }
  }
  store::insert_seal(database, completed(draft, leaves, key_));
  return too_many ? Sealed::some : Sealed::all;
}

AuditSealer::Sealed AuditSealer::begin_era(db::Connection& database, const Log& log, const GiveUp& give_up) {
  try {
    db::Transaction transaction(database);
    store::use_one_snapshot(database);
    // Read before anything is written: the records of this transaction belong to the next seal.
    const SealingSnapshot ground = store::sealing_snapshot(database);
    if (!store::try_lock_sealing(database)) return Sealed::nothing;
    const auto reason = reason_for_new_era(ground);
    if (!reason) return Sealed::nothing;
    AuditSeal draft = draft_following(ground.newest, ground);
    if (ground.newest) ++draft.era;
    draft.era_at = store::latest_record(database);
    seal_records_without_leaf(database, draft, give_up);
    if (ground.newest) store::record_era(database, *reason, {AuditId::make(clock_, random_), {}});
    transaction.commit();
    log.line(LogLevel::info, "audit_era").field("era", draft.era).field("reason", *reason);
    return Sealed::all;
  } catch (const db::StatementFailed& failure) {
    // Another process sealed between the snapshot and the lock.
    if (failure.sqlstate() == kUniqueViolation) return Sealed::nothing;
    throw;
  }
}

void AuditSealer::seal_records_without_leaf(db::Connection& database, AuditSeal draft,
                                            const GiveUp& give_up) const {
  std::vector<AuditLeaf> leaves;
  const auto seal = [&] {
    const AuditSeal next = completed(draft, leaves, key_);
    store::insert_seal(database, next);
    ++draft.number;
    draft.previous = hash_of(next);
    leaves.clear();
  };
  bool is_begun = false;
  std::size_t walked = 0;
  walk_records_and_leaves(database, {}, [&](const model::SealableRecord* record, const SealedLeaf* leaf) {
    check(give_up, walked++);
    if (record == nullptr || leaf != nullptr) return true;
    leaves.push_back(leaf_of(*record));
    if (static_cast<std::int64_t>(leaves.size()) < batch_) return true;
    seal();
    is_begun = true;
    return true;
  });
  if (!is_begun || !leaves.empty()) seal();
}

}  // namespace taskward::domain
