// Positions in the audit log as statement parameters.
//
//   const PositionParams position(before);
//   position.add(params);  // $n::timestamptz, $n+1::uuid
//
// A statement must say `at <= $n` as well as `(at, id) < ($n, $n+1)`: PostgreSQL prunes the months'
// partitions by the former only.
#pragma once

#include <optional>
#include <string>

#include "taskward/db/params.hpp"
#include "taskward/model/audit_search.hpp"

namespace taskward::store {

class PositionParams {
 public:
  /// Without a position: the position before the newest record.
  explicit PositionParams(const std::optional<model::AuditPosition>& position);
  PositionParams(const PositionParams&) = delete;
  PositionParams& operator=(const PositionParams&) = delete;

  /// Adds two parameters, which refer to this object.
  void add(db::Params& params) const;

 private:
  std::string at_;
  AuditId id_;
};

}  // namespace taskward::store
