// Records and the leaves that seals hold of them, side by side.
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

/// A leaf and what else is known of the seal it is in.
struct SealedLeaf {
  const model::AuditLeaf& leaf;
  const model::AuditSeal& seal;                 ///< without leaves
  const std::optional<Timestamp>& made_before;  ///< when the seal before that one was made
};

/// The leaves of all seals, by time and id. Holds those seals only whose times overlap.
class LeafStream {
 public:
  LeafStream(db::Connection& database, const store::AuditSpan& span);
  /// Nothing at the end. Valid until pop().
  [[nodiscard]] std::optional<SealedLeaf> front();
  void pop();

 private:
  struct Opened {
    model::AuditSeal seal;
    std::optional<Timestamp> made_before;
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
  void open_what_may_be_first();

  store::AuditSpan span_;
  store::SealWalk seals_;
  std::shared_ptr<Opened> waiting_;  // the next by its first record
  bool at_end_ = false;
  std::priority_queue<std::shared_ptr<Opened>, std::vector<std::shared_ptr<Opened>>, Later> opened_;
};

/// Called with a record and its leaf, or with one of them when the other is not there; false ends the walk.
using Meeting = std::function<bool(const model::SealableRecord*, const SealedLeaf*)>;

/// By time and id, within the caller's transaction.
void walk_records_and_leaves(db::Connection& database, const store::AuditSpan& span, const Meeting& meet);

}  // namespace taskward::domain
