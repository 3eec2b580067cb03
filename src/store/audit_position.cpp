#include "audit_position.hpp"

#include "taskward/base/rfc3339.hpp"

namespace taskward::store {

PositionParams::PositionParams(const std::optional<model::AuditPosition>& position)
    : at_(position ? rfc3339_precise(position->at) : "infinity"), id_(position ? position->id : AuditId{}) {}

void PositionParams::add(db::Params& params) const { params.literal(at_.c_str()).id(id_); }

}  // namespace taskward::store
