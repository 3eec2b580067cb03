#include "taskward/domain/audit_leaves.hpp"

#include <algorithm>
#include <tuple>

namespace taskward::domain {

LeafStream::LeafStream(db::Connection& database, const store::AuditSpan& span)
    : span_(span), seals_(database, store::SealOrder::by_first_record, span) {
  open_next();
}

void LeafStream::open_next() {
  waiting_ = nullptr;
  while (!at_end_ && !waiting_) {
    auto seal = seals_.next();
    if (!seal) {
      at_end_ = true;
      return;
    }
    auto opened = std::make_shared<Opened>(Opened{std::move(*seal), seals_.before(), {}});
    // Bytes after the last whole leaf are detected by AuditChain.
    const std::size_t count = opened->seal.leaves->size() / model::kLeafBytes;
    for (std::size_t i = 0; i < count; ++i) {
      const model::AuditLeaf leaf = model::leaf_at(*opened->seal.leaves, i);
      if (span_.holds(leaf.at)) opened->leaves.push_back(leaf);
    }
    opened->seal.leaves.reset();
    std::sort(opened->leaves.begin(), opened->leaves.end());
    if (!opened->leaves.empty()) waiting_ = std::move(opened);
  }
}

void LeafStream::open_overlapping() {
  while (waiting_ && (opened_.empty() || waiting_->seal.first_at <= opened_.top()->front().at)) {
    opened_.push(waiting_);
    open_next();
  }
}

std::optional<SealedLeaf> LeafStream::front() {
  open_overlapping();
  if (opened_.empty()) return std::nullopt;
  const Opened& first = *opened_.top();
  return SealedLeaf{first.front(), first.seal, first.previous_sealed_at};
}

void LeafStream::pop() {
  const std::shared_ptr<Opened> first = opened_.top();
  opened_.pop();
  if (++first->next < first->leaves.size()) opened_.push(first);
}

void walk_records_and_leaves(db::Connection& database, const store::AuditSpan& span,
                             const RecordAndLeaf& compare) {
  LeafStream leaves(database, span);
  store::RecordWalk records(database, span);
  auto record = records.next();
  auto leaf = leaves.front();
  while (record || leaf) {
    const auto key_of_record = [&] { return std::tie(record->at, record->id); };
    const auto key_of_leaf = [&] { return std::tie(leaf->leaf.at, leaf->leaf.id); };
    const bool takes_record = record && (!leaf || key_of_record() <= key_of_leaf());
    const bool takes_leaf = leaf && (!record || key_of_leaf() <= key_of_record());
    if (!compare(takes_record ? &*record : nullptr, takes_leaf ? &*leaf : nullptr)) return;
    if (takes_record) record = records.next();
    if (takes_leaf) {
      leaves.pop();
      leaf.reset();
    }
    if (!leaf) {
      // SealedLeaf has reference members, so it cannot be assigned.
      if (auto next = leaves.front()) leaf.emplace(*next);
    }
  }
}

}  // namespace taskward::domain
