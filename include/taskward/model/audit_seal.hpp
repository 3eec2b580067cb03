// Seals of the audit record, and records as they are sealed: every column as text, whatever somebody who can
// write to the database may have put there. SEALS.md says to the byte what is hashed and what is signed.
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

/// The columns of a record that are sealed as they are spelled, in the order in which they are sealed.
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
  /// PostgreSQL's array_dims when it is not that of a plain list, which nothing of ours writes.
  std::string odd_shape{};

  friend bool operator==(const SealableRecord&, const SealableRecord&) = default;
};

/// The text the record's SHA-256 is taken of. No two records share one.
[[nodiscard]] std::string canonical_bytes(const SealableRecord& record);

using Digest = std::array<std::uint8_t, 32>;

/// What a record leaves behind in its seal.
struct AuditLeaf {
  Timestamp at;
  AuditId id;
  Digest digest{};  ///< SHA-256 of the canonical bytes

  friend auto operator<=>(const AuditLeaf&, const AuditLeaf&) = default;
};

inline constexpr std::size_t kLeafBytes = 56, kLeafKeyBytes = 24;

/// 8 bytes of time (microseconds since 1970, most significant first), 16 of id, 32 of digest.
[[nodiscard]] std::string leaf_bytes(const AuditLeaf& leaf);
/// The first kLeafKeyBytes of that.
[[nodiscard]] std::string leaf_key(Timestamp at, const AuditId& id);
/// The leaf at that place of a seal's leaves; the place must be there.
[[nodiscard]] AuditLeaf leaf_at(std::string_view leaves, std::size_t place);

struct AuditSeal {
  std::int64_t number = 0;
  std::int32_t era = 0;
  std::string cluster;
  std::optional<std::uint64_t> xid_from;  ///< none: it begins an era
  std::uint64_t xid_below = 0;
  std::vector<std::uint64_t> open;  ///< rising
  std::optional<Timestamp> era_at;
  std::int32_t records = 0;
  std::optional<Timestamp> first_at;
  std::optional<Timestamp> last_at;
  std::string root;      ///< 32 bytes
  std::string previous;  ///< 32 bytes: SHA-256 of what was signed before; zeros for the first
  Timestamp sealed_at;
  std::string signature;              ///< 64 bytes
  std::optional<std::string> leaves;  ///< none when its records were dropped, or were not read

  /// Whether a record of this era that was written by that transaction was sealed by now.
  [[nodiscard]] bool has_sealed(std::uint64_t transaction) const noexcept;
};

/// The text the signature is of.
[[nodiscard]] std::string signed_bytes(const AuditSeal& seal);

}  // namespace taskward::model
