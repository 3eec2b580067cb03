// The records that a seal takes, as SQL.
#pragma once

#include <string>

#include "audit_seal_rows.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/store/audit_seals.hpp"

namespace taskward::store {

/// As elements of an xid8[].
inline std::string transactions(const std::vector<std::uint64_t>& all) {
  std::string out = "{";
  for (const std::uint64_t one : all) out += (out.size() > 1 ? "," : "") + std::to_string(one);
  return out + '}';
}

/// A query in brackets. `before_open`, `before_below`, `next_below`, `next_open` and `era_at` are SQL
/// expressions. Each of its two halves walks along the index of transactions.
inline std::string unsealed_records(const std::string& before_open, const std::string& before_below,
                                    const std::string& next_below, const std::string& next_open,
                                    const std::string& era_at) {
  // A record of an earlier era may have any transaction's number, and has its leaf already.
  const std::string taken =
      " and a.xid < " + next_below + " and not a.xid = any (" + next_open +
      ") and a.at >= " + std::string(kFirstMoment) + " and a.at < " + std::string(kAfterLastMoment) +
      " and not coalesce(a.at <= " + era_at +
      " and exists (select from taskward.audit_seals s where s.first_at <= a.at"
      " and s.last_at >= a.at and position(taskward.audit_leaf_key(a.at, a.id) in s.leaves) > 0),"
      " false)";
  return "(select a.* from taskward.audit a where a.xid = any (" + before_open + ')' + taken +
         " and a.xid < " + before_below +
         " union all select a.* from taskward.audit a where a.xid >= " + before_below + taken + ')';
}

inline std::string unsealed_records(const SealingRange& range) {
  const auto quoted = [](const std::string& text, const char* type) { return '\'' + text + "'::" + type; };
  return unsealed_records(quoted(transactions(range.before.open), "xid8[]"),
                          quoted(std::to_string(range.before.xid_below), "xid8"),
                          quoted(std::to_string(range.next.xid_below), "xid8"),
                          quoted(transactions(range.next.open), "xid8[]"),
                          range.before.era_at ? quoted(rfc3339_precise(*range.before.era_at), "timestamptz")
                                              : std::string("null::timestamptz"));
}

}  // namespace taskward::store
