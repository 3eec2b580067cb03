// Places in the audit record as parameters of a statement.
//
//   const PlaceText place(before);
//   place.add(params);  // $n::timestamptz, $n+1::uuid
//
// A statement says `at <= $n` beside `(at, id) < ($n, $n+1)`: the latter alone would not tell PostgreSQL
// which months it need not look at.
#pragma once

#include <optional>
#include <string>

#include "taskward/base/rfc3339.hpp"
#include "taskward/db/params.hpp"
#include "taskward/model/audit_search.hpp"

namespace taskward::store {

class PlaceText {
 public:
  /// No place is the one behind all records, which is before the newest of them.
  explicit PlaceText(const std::optional<model::AuditPlace>& place)
      : at_(place ? rfc3339_precise(place->at) : "infinity"), id_(place ? place->id : AuditId{}) {}
  PlaceText(const PlaceText&) = delete;
  PlaceText& operator=(const PlaceText&) = delete;

  /// Two parameters, which point at this.
  void add(db::Params& params) const { params.literal(at_.c_str()).id(id_); }

 private:
  std::string at_;
  AuditId id_;
};

}  // namespace taskward::store
