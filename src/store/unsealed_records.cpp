#include "unsealed_records.hpp"

#include "audit_seal_rows.hpp"
#include "taskward/base/rfc3339.hpp"

namespace taskward::store {

std::string xid8_array(const std::vector<std::uint64_t>& ids) {
  std::string out = "{";
  for (const std::uint64_t id : ids) out += (out.size() > 1 ? "," : "") + std::to_string(id);
  return out + '}';
}

std::string unsealed_records(const std::string& before_open, const std::string& before_below,
                             const std::string& next_below, const std::string& next_open,
                             const std::string& era_at) {
  // Transaction ids of an earlier era are not comparable: such a record is excluded by its leaf in an
  // existing seal.
  const std::string is_covered =
      " and a.xid < " + next_below + " and not a.xid = any (" + next_open +
      ") and a.at >= " + std::string(kFirstMoment) + " and a.at < " + std::string(kAfterLastMoment) +
      " and not coalesce(a.at <= " + era_at +
      " and exists (select from taskward.audit_seals s where s.first_at <= a.at"
      " and s.last_at >= a.at and position(taskward.audit_leaf_key(a.at, a.id) in s.leaves) > 0),"
      " false)";
  return "(select a.* from taskward.audit a where a.xid = any (" + before_open + ')' + is_covered +
         " and a.xid < " + before_below +
         " union all select a.* from taskward.audit a where a.xid >= " + before_below + is_covered + ')';
}

std::string unsealed_records(const SealingRange& range) {
  const auto quoted = [](const std::string& text, const char* type) { return '\'' + text + "'::" + type; };
  return unsealed_records(
      quoted(xid8_array(range.before.open), "xid8[]"), quoted(std::to_string(range.before.xid_below), "xid8"),
      quoted(std::to_string(range.next.xid_below), "xid8"), quoted(xid8_array(range.next.open), "xid8[]"),
      range.before.era_at ? quoted(rfc3339_precise(*range.before.era_at), "timestamptz")
                          : std::string("null::timestamptz"));
}

}  // namespace taskward::store
