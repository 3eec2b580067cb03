// Seals of the audit log, and records in the form that is sealed: every column as text, because a manipulated
// database may contain any value. docs/seals.md specifies the hashed and signed bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"

namespace taskward::model {

/// The text columns of a record, in the order in which they are sealed.
inline constexpr auto kSealedTexts =
    std::to_array<std::string_view>({"actor_id", "actor_role", "action", "object_type", "object_id",
                                     "outcome", "reason", "client_address", "user_agent", "request_id"});
inline constexpr std::size_t kSealedAction = 2, kSealedObjectType = 3, kSealedOutcome = 5, kSealedReason = 6;

using TextOrNull = std::optional<std::string>;

struct SealableRecord {
  AuditId id;
  Timestamp at;  ///< in the years 1 to 9999
  std::uint64_t transaction = 0;
  std::array<TextOrNull, kSealedTexts.size()> texts;
  std::optional<std::vector<TextOrNull>> changed_fields;
  /// array_dims() of changed_fields if it is not a one-dimensional array with lower bound 1, which only
  /// manipulation causes.
  std::string unexpected_dimensions{};
  TextOrNull token_id{};  ///< sealed only if there is one, so that seals of older releases stay valid

  friend bool operator==(const SealableRecord&, const SealableRecord&) = default;
};

/// The input of the record's SHA-256; distinct for distinct records.
[[nodiscard]] std::string canonical_bytes(const SealableRecord& record);

using Digest = std::array<std::uint8_t, 32>;

/// The entry of a record in a seal.
struct AuditLeaf {
  Timestamp at;
  AuditId id;
  Digest digest{};  ///< SHA-256 of the canonical bytes

  friend auto operator<=>(const AuditLeaf&, const AuditLeaf&) = default;
};

inline constexpr std::size_t kLeafBytes = 56, kLeafKeyBytes = 24;

/// 8 bytes of time (microseconds since 1970, most significant first), 16 of id, 32 of digest.
[[nodiscard]] std::string leaf_bytes(const AuditLeaf& leaf);
/// The first kLeafKeyBytes of leaf_bytes().
[[nodiscard]] std::string leaf_key(Timestamp at, const AuditId& id);
/// The leaf at an index, which must be valid.
[[nodiscard]] AuditLeaf leaf_at(std::string_view leaves, std::size_t index);

struct AuditSeal {
  std::int64_t number = 0;
  std::int32_t era = 0;
  std::string cluster;
  std::optional<std::uint64_t> xid_from;  ///< none if the seal begins an era
  std::uint64_t xid_below = 0;
  std::vector<std::uint64_t> open;  ///< ascending
  std::optional<Timestamp> era_at;
  std::int32_t records = 0;
  std::optional<Timestamp> first_at;
  std::optional<Timestamp> last_at;
  std::string root;      ///< 32 bytes
  std::string previous;  ///< SHA-256 of the signed bytes of the previous seal, 32 bytes; zeros for the first
  Timestamp sealed_at;
  std::string signature;              ///< 64 bytes
  std::optional<std::string> leaves;  ///< none if the records were dropped or the leaves not loaded

  /// Whether the records of this era that the transaction wrote are sealed by this or an earlier seal.
  [[nodiscard]] bool has_sealed(std::uint64_t transaction) const noexcept;
};

/// The input of the signature.
[[nodiscard]] std::string signed_bytes(const AuditSeal& seal);

}  // namespace taskward::model
