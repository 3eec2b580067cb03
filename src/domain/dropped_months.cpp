#include "dropped_months.hpp"

#include <algorithm>
#include <charconv>

#include "taskward/domain/audit_seals.hpp"

namespace taskward::domain {
namespace {

using model::SealableRecord;

/// Parses a month such as "2026-01"; nothing if it is invalid.
std::optional<std::chrono::year_month> month_named(const model::TextOrNull& text) {
  if (!text || text->size() != 7 || (*text)[4] != '-') return std::nullopt;
  int year = 0;
  unsigned month = 0;
  const char* begin = text->data();
  const auto whole = [](const std::from_chars_result& read, const char* end) {
    return read.ec == std::errc() && read.ptr == end;
  };
  if (!whole(std::from_chars(begin, begin + 4, year), begin + 4) ||
      !whole(std::from_chars(begin + 5, begin + 7, month), begin + 7))
    return std::nullopt;
  const std::chrono::year_month named{std::chrono::year(year), std::chrono::month(month)};
  return named.ok() ? std::optional(named) : std::nullopt;
}

Timestamp beginning_of(std::chrono::year_month month) { return std::chrono::sys_days(month / 1); }

/// Whether a seal contains the record's leaf, or the record is too recent to be sealed.
bool is_sealed_or_young(db::Connection& database, const store::SealingSnapshot& ground,
                        const SealableRecord& record) {
  const std::string leaf = model::leaf_bytes(leaf_of(record));
  const auto seal = store::seal_containing(database, leaf, record.at);
  if (!seal) return ground.newest && !ground.newest->has_sealed(record.transaction);
  return seal->leaves->find(leaf) % model::kLeafBytes == 0;
}

}  // namespace

std::optional<Timestamp> dropped_before(db::Connection& database, const store::SealingSnapshot& ground,
                                        std::chrono::months retention) {
  if (retention.count() == 0) return std::nullopt;
  std::optional<Timestamp> latest;
  for (const SealableRecord& record : store::month_drop_records(database)) {
    const auto month = month_named(record.texts[model::kSealedReason]);
    if (!month) continue;
    const Timestamp end = beginning_of(*month + std::chrono::months(1));
    const bool was_old = record.at >= beginning_of(*month + std::chrono::months(1) + retention);
    if (was_old && (!latest || end > *latest) && is_sealed_or_young(database, ground, record)) latest = end;
  }
  return latest;
}

}  // namespace taskward::domain
