#include "taskward/domain/audit_verification.hpp"

#include <utility>

#include "dropped_months.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/audit_leaves.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/store/audit_seals.hpp"

namespace taskward::domain {
namespace {

using model::SealableRecord;
using Kind = AuditFaultKind;

std::string of_seal(const std::optional<std::int64_t>& seal) {
  return seal ? " of seal " + std::to_string(*seal) : std::string();
}

std::string record_at(const AuditId& id, Timestamp at) {
  return "Record " + id.text() + " of " + rfc3339_precise(at);
}

constexpr std::int64_t kProgressStep = 1000;

/// Compares records with leaves and determines the cause of a difference.
class Comparison {
 public:
  Comparison(db::Connection& database, const store::SealingSnapshot& ground,
             const std::optional<Timestamp>& dropped_before, AuditVerdict& verdict)
      : database_(database), ground_(ground), dropped_before_(dropped_before), verdict_(verdict) {}

  void run(const AuditCheck& check) {
    walk_records_and_leaves(database_, check.span,
                            [this, &check](const SealableRecord* record, const SealedLeaf* leaf) {
                              if (record != nullptr && leaf != nullptr)
                                verdict_.fault = fault_of_pair(*record, *leaf);
                              else if (record != nullptr)
                                verdict_.fault = fault_of_record_without_leaf(*record);
                              else
                                verdict_.fault = fault_of_leaf_without_record(*leaf);
                              if (check.progress && verdict_.records % kProgressStep == 0)
                                check.progress(verdict_.records);
                              return !verdict_.fault;
                            });
  }

  /// The time of the oldest record that is not sealed.
  [[nodiscard]] const std::optional<Timestamp>& oldest_unsealed() const { return oldest_unsealed_; }

 private:
  std::optional<AuditFault> fault_of_pair(const SealableRecord& record, const SealedLeaf& sealed) {
    if (leaf_of(record).digest != sealed.leaf.digest)
      return AuditFault{Kind::record_changed, record.id, record.at, sealed.seal.number,
                        record_at(record.id, record.at) + " was changed after it was sealed" +
                            of_seal(sealed.seal.number) + '.'};
    if (!has_plausible_time(record, sealed))
      return AuditFault{
          Kind::record_slipped_in, record.id, record.at, sealed.seal.number,
          record_at(record.id, record.at) +
              " was inserted: its time is not that of its writing, between the preceding seal and seal " +
              std::to_string(sealed.seal.number) + ", created at " + rfc3339_precise(sealed.seal.sealed_at) +
              '.'};
    ++verdict_.records;
    return std::nullopt;
  }

  /// Whether the record's time lies between the start of its transaction and its seal.
  bool has_plausible_time(const SealableRecord& record, const SealedLeaf& sealed) {
    if (!sealed.seal.xid_from) return true;  // written in another cluster, with another clock
    if (record.at > sealed.seal.sealed_at + kClockSlack) return false;
    const auto& before = sealed.previous_sealed_at;
    // If the seals are out of order, the clock was set back.
    if (!before || *before > sealed.seal.sealed_at) return true;
    if (record.at >= *before - kClockSlack) return true;
    if (record.transaction >= *sealed.seal.xid_from) return false;
    // The transaction lasted longer than one seal interval.
    if (last_begun_.first != record.transaction)
      last_begun_ = {record.transaction, store::last_sealed_before(database_, sealed.seal.number,
                                                                   sealed.seal.era, record.transaction)};
    return !last_begun_.second || record.at >= *last_begun_.second - kClockSlack;
  }

  std::optional<AuditFault> fault_of_record_without_leaf(const SealableRecord& record) {
    const auto& newest = ground_.newest;
    const bool is_here = newest && newest->cluster == ground_.cluster;
    // After a change of cluster, transaction ids are not comparable until a new era begins.
    if (is_here && newest->has_sealed(record.transaction)) {
      const auto seal = store::seal_covering(database_, newest->era, record.transaction);
      return fault_of_unsealed_record(
          record, seal, "it is not among the records" + of_seal(seal) + ", which covers its transaction");
    }
    if (is_here && record.transaction >= ground_.end)
      return fault_of_unsealed_record(record, std::nullopt, "its transaction id has not been assigned yet");
    ++verdict_.unsealed;
    if (!oldest_unsealed_ || record.at < *oldest_unsealed_) oldest_unsealed_ = record.at;
    return std::nullopt;
  }

  AuditFault fault_of_unsealed_record(const SealableRecord& record, const std::optional<std::int64_t>& seal,
                                      const std::string& why) {
    const auto elsewhere = leaf_elsewhere(record);
    if (elsewhere)
      return {Kind::record_reordered, record.id, record.at, elsewhere->second,
              record_at(record.id, record.at) + " was moved in time: it was sealed" +
                  of_seal(elsewhere->second) + " with the time " + rfc3339_precise(elsewhere->first) + '.'};
    return {Kind::record_slipped_in, record.id, record.at, seal,
            record_at(record.id, record.at) + " was inserted: " + why + '.'};
  }

  /// The time and seal of a leaf with the record's id whose own record no longer exists.
  std::optional<std::pair<Timestamp, std::int64_t>> leaf_elsewhere(const SealableRecord& record) {
    const auto seal = store::seal_containing(database_, record.id.uuid.view(), std::nullopt);
    if (!seal) return std::nullopt;
    for (std::size_t i = 0; i < seal->leaves->size() / model::kLeafBytes; ++i) {
      const model::AuditLeaf leaf = model::leaf_at(*seal->leaves, i);
      if (leaf.id != record.id) continue;
      for (const SealableRecord& other : store::records_with_id(database_, record.id))
        if (other.at == leaf.at) return std::nullopt;  // the original exists, and this is a copy
      return std::pair(leaf.at, seal->number);
    }
    return std::nullopt;
  }

  std::optional<AuditFault> fault_of_leaf_without_record(const SealedLeaf& sealed) {
    const model::AuditLeaf& leaf = sealed.leaf;
    if (dropped_before_ && leaf.at < *dropped_before_) {
      ++verdict_.dropped;
      return std::nullopt;
    }
    const std::string was = record_at(leaf.id, leaf.at);
    for (const SealableRecord& other : store::records_with_id(database_, leaf.id))
      if (other.at != leaf.at)
        return AuditFault{Kind::record_reordered, leaf.id, leaf.at, sealed.seal.number,
                          was + ", of seal " + std::to_string(sealed.seal.number) +
                              ", was moved in time: its time is now " + rfc3339_precise(other.at) + '.'};
    return AuditFault{Kind::record_removed, leaf.id, leaf.at, sealed.seal.number,
                      was + ", of seal " + std::to_string(sealed.seal.number) + ", was removed."};
  }

  db::Connection& database_;
  const store::SealingSnapshot& ground_;
  const std::optional<Timestamp>& dropped_before_;
  AuditVerdict& verdict_;
  std::optional<Timestamp> oldest_unsealed_;
  std::pair<std::uint64_t, std::optional<Timestamp>> last_begun_{0, std::nullopt};
};

std::optional<AuditFault> check_chain(db::Connection& database, AuditChain& chain) {
  store::SealWalk seals(database, store::SealOrder::by_number, {});
  while (const auto seal = seals.next())
    if (auto fault = chain.add(*seal)) return fault;
  return chain.end();
}

std::optional<AuditFault> check_calendar(db::Connection& database) {
  const auto id = store::record_with_invalid_time(database);
  if (!id) return std::nullopt;
  return AuditFault{
      Kind::record_slipped_in, *id, std::nullopt, std::nullopt,
      "Record " + id->text() + " was inserted or moved in time: its time is not in the years 1 to 9999."};
}

void add_doubts(AuditVerdict& verdict, Timestamp now, const std::optional<Timestamp>& oldest_unsealed) {
  if (!oldest_unsealed || *oldest_unsealed >= now - kMaxUnsealedAge) return;
  verdict.doubts.push_back(
      "Some records should have been sealed already, the oldest of " + rfc3339_precise(*oldest_unsealed) +
      ": taskward-background is not running, seals were removed, or a long transaction has just ended.");
}

}  // namespace

AuditVerdict verify_audit(db::Connection& database, const AuditCheck& check) {
  AuditVerdict verdict;
  const db::Transaction transaction(database);
  store::use_one_read_only_snapshot(database);
  const store::SealingSnapshot ground = store::sealing_snapshot(database);
  const auto gone = dropped_before(database, ground, check.retention);
  AuditChain chain(check.keys, check.kept, gone);
  verdict.fault = check_chain(database, chain);
  verdict.seals = chain.seals();
  verdict.dropped = chain.records_without_leaves();
  if (chain.newest()) verdict.sealed_at = chain.newest()->sealed_at;
  if (!verdict.fault) verdict.fault = check_calendar(database);
  if (verdict.fault) return verdict;
  Comparison comparison(database, ground, gone, verdict);
  comparison.run(check);
  add_doubts(verdict, check.as_of.value_or(ground.now), comparison.oldest_unsealed());
  return verdict;
}

}  // namespace taskward::domain
