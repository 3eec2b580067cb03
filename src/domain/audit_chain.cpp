#include "taskward/domain/audit_chain.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/audit_seals.hpp"

namespace taskward::domain {
namespace {

using model::AuditSeal;
using Kind = AuditFaultKind;

AuditFault fault(Kind kind, std::int64_t seal, std::string what) {
  return {kind, std::nullopt, std::nullopt, seal, std::move(what)};
}

/// Whether the seal continues where its predecessor ended, as the sealer creates them.
bool continues(const AuditSeal& before, const AuditSeal& seal) {
  if (seal.xid_from)
    return seal.era == before.era && seal.cluster == before.cluster && *seal.xid_from == before.xid_below &&
           seal.xid_below >= before.xid_below && seal.era_at == before.era_at;
  if (seal.era == before.era)  // an era whose first records need more than one seal
    return !before.xid_from && seal.cluster == before.cluster && seal.xid_below == before.xid_below;
  return seal.era == before.era + 1;
}

}  // namespace

std::string_view name(AuditFaultKind kind) noexcept {
  constexpr auto names = std::to_array<std::string_view>({
#define X(kind, text) text,
      TASKWARD_AUDIT_FAULTS(X)
#undef X
  });
  return names[static_cast<std::size_t>(kind)];
}

bool AuditChain::is_signed(const AuditSeal& seal) const {
  const std::string bytes = model::signed_bytes(seal);
  return std::any_of(keys_.begin(), keys_.end(),
                     [&](const auto& key) { return key.verify(bytes, seal.signature); });
}

std::optional<AuditFault> AuditChain::add(const AuditSeal& seal) {
  if (auto found = fault_of_position(seal)) return found;
  if (auto found = fault_of_leaves(seal)) return found;
  newest_hash_ = hash_of(seal);
  if (kept_ && kept_->number == seal.number && kept_->hash != newest_hash_)
    return fault(Kind::chain_replaced, seal.number,
                 "Seal " + std::to_string(seal.number) +
                     " is not the kept one: the seals were created again since, by an attacker who has the "
                     "key, or by the service after they were removed.");
  records_ += seal.records;
  newest_ = seal;
  newest_->leaves.reset();
  return std::nullopt;
}

std::optional<AuditFault> AuditChain::fault_of_position(const AuditSeal& seal) const {
  const std::string number = std::to_string(seal.number);
  const std::int64_t expected = seals() + 1;
  if (seal.number != expected)
    return fault(
        Kind::seal_removed, expected,
        "Seal " + std::to_string(expected) + " was removed; the next existing seal is " + number + '.');
  if (!is_signed(seal))
    return fault(Kind::seal_changed, seal.number,
                 "Seal " + number +
                     " was changed or forged: it is not signed with the key of this SECRET_KEY, nor with any "
                     "other given key.");
  if (seal.previous != newest_hash_ ||
      (newest_ ? !continues(*newest_, seal) : seal.xid_from || seal.era != 1))
    return fault(Kind::seal_reordered, seal.number,
                 "Seal " + number + " does not follow the seal before it: one of the two was replaced.");
  return std::nullopt;
}

std::optional<AuditFault> AuditChain::fault_of_leaves(const AuditSeal& seal) {
  if (!seal.leaves) {
    if (seal.records == 0) return std::nullopt;
    if (!dropped_before_ || !seal.last_at || *seal.last_at >= *dropped_before_)
      return AuditFault{Kind::record_removed, std::nullopt, seal.first_at, seal.number,
                        "The " + std::to_string(seal.records) + " records of seal " +
                            std::to_string(seal.number) +
                            " cannot be verified: their list was emptied, although they do not belong to a "
                            "month that was dropped by the retention policy."};
    without_leaves_ += seal.records;
    return std::nullopt;
  }
  if (seal.leaves->size() == static_cast<std::size_t>(seal.records) * model::kLeafBytes &&
      root_of(*seal.leaves) == seal.root)
    return std::nullopt;
  return fault(Kind::seal_changed, seal.number,
               "The list of the records of seal " + std::to_string(seal.number) +
                   " was changed: it does not match the signed root.");
}

std::optional<AuditFault> AuditChain::end() const {
  if (!kept_ || kept_->number <= seals()) return std::nullopt;
  return fault(Kind::chain_cut, seals() + 1,
               "Seal " + std::to_string(kept_->number) + " was kept, but only " + std::to_string(seals()) +
                   " seals exist: the later ones were removed.");
}

}  // namespace taskward::domain
