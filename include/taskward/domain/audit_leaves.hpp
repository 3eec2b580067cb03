// Comparing the records with the leaves in the seals.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "taskward/db/connection.hpp"
#include "taskward/model/audit_seal.hpp"
#include "taskward/store/audit_walk.hpp"

namespace taskward::domain {

/// A leaf and its seal.
struct SealedLeaf {
  const model::AuditLeaf& leaf;
  const model::AuditSeal& seal;                        ///< without leaves
  const std::optional<Timestamp>& previous_sealed_at;  ///< when the preceding seal was created
};

/// The leaves of all seals, by time and id. Keeps only seals with overlapping times in memory.
class LeafStream {
 public:
  LeafStream(db::Connection& database, const store::AuditSpan& span);
  /// The next leaf; nothing at the end. Valid until pop().
  [[nodiscard]] std::optional<SealedLeaf> front();
  void pop();

 private:
  struct Opened {
    model::AuditSeal seal;
    std::optional<Timestamp> previous_sealed_at;
    std::vector<model::AuditLeaf> leaves;
    std::size_t next = 0;
    [[nodiscard]] const model::AuditLeaf& front() const { return leaves[next]; }
  };
  struct Later {
    bool operator()(const std::shared_ptr<Opened>& a, const std::shared_ptr<Opened>& b) const {
      return a->front() > b->front();
    }
  };

  void open_next();
  void open_overlapping();

  store::AuditSpan span_;
  store::SealWalk seals_;
  std::shared_ptr<Opened> waiting_;  // the next seal by its first record
  bool at_end_ = false;
  std::priority_queue<std::shared_ptr<Opened>, std::vector<std::shared_ptr<Opened>>, Later> opened_;
};

/// Called with a record and its leaf, or with null for a missing one; false ends the walk.
using RecordAndLeaf = std::function<bool(const model::SealableRecord*, const SealedLeaf*)>;

/// Walks in the order of time and id, within the caller's transaction.
void walk_records_and_leaves(db::Connection& database, const store::AuditSpan& span,
                             const RecordAndLeaf& compare);

}  // namespace taskward::domain
