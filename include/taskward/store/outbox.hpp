// The queue of outgoing mail. Mail is queued by the statement of the action that causes it, and delivered by
// taskward-background.
//
// A process claims a mail before it delivers it. A claim is valid for its lease, and the outcome of a
// delivery is stored only while the claim is. If the process dies, its claim expires.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/result.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/mail.hpp"
#include "taskward/store/actor.hpp"

namespace taskward::store {

/// A queued mail. It is inserted by other statements (store/fragments.hpp).
struct SealedMail {
  model::MailId id;
  model::MailKind kind = model::MailKind::login_code;
  std::string sealed;
  /// How long it is useful to deliver it; without it there is no limit.
  std::optional<std::chrono::seconds> useful_for;
};

/// Unique for each claim.
using ClaimId = Id<struct ClaimKind>;

/// A claimed mail and its claim. Both must match to store an outcome.
struct Claim {
  model::MailId mail;
  ClaimId id;
};

struct ClaimedMail {
  Claim claim;
  std::string kind;  ///< its name, which may be one that only a newer release knows
  std::string sealed;
  Timestamp created_at;
  int attempts = 0;  ///< including this one
  bool is_still_useful = true;
  std::string last_error;  ///< empty on the first attempt
};

inline constexpr std::size_t kMailErrorMaxBytes = 300;

/// Claims the next mail under that id for the lease; nothing when none is due. New mail is claimed before
/// retries.
[[nodiscard]] std::optional<ClaimedMail> claim_mail(db::Connection& database, const ClaimId& id,
                                                    std::chrono::seconds lease);

// Each of these returns false, and changes nothing, when the claim is no longer valid. They may be repeated
// when the outcome is unknown. Reasons are truncated to kMailErrorMaxBytes.

/// Deletes the content.
bool record_handed_over(db::Connection& database, const Claim& claim);
/// The next attempt is after the delay, or at the end of the mail's useful time if that is sooner.
bool record_deferred(db::Connection& database, const Claim& claim, std::chrono::milliseconds delay,
                     std::string_view reason);
/// It is not tried again unless the operator requeues it.
bool record_dead(db::Connection& database, const Claim& claim, std::string_view reason);

struct ListedMail {
  model::MailId id;
  std::string kind;
  std::string state;
  std::optional<std::string> sealed;
  Timestamp created_at;
  int attempts = 0;
  Timestamp next_try_at;  ///< valid in the state waiting
  std::string last_error;
};

/// Newest first, at most `most`.
[[nodiscard]] std::vector<ListedMail> list_mail(db::Connection& database,
                                                std::span<const model::MailState> states, std::int64_t most);

// For administrators: recorded. 401 invalid_token when the session has ended; 403 forbidden (recorded) when
// the user is no longer an administrator.

/// Newest first, at most `most`, older than the mail `before`.
[[nodiscard]] Result<std::vector<ListedMail>> list_mail(db::Connection& database, const Administer& access,
                                                        std::span<const model::MailState> states,
                                                        std::int64_t most,
                                                        const std::optional<model::MailId>& before,
                                                        const model::AuditStamp& stamp);
/// Requeues a dead mail like a new one. 404 not_found; 409 mail_not_dead, also if its content has expired.
[[nodiscard]] Result<Done> retry_mail(db::Connection& database, const Administer& access,
                                      const model::MailId& id, const model::AuditStamp& stamp);

/// Why a mail cannot be requeued.
struct RetryConflict {
  enum class Kind : std::uint8_t { unknown, not_dead, expired } kind;
  model::MailId id;
};

/// Requeues dead mail like new mail: all of it, or none, and returns why. `record` is the id of the audit
/// record.
[[nodiscard]] std::vector<RetryConflict> retry_mail(db::Connection& database,
                                                    std::span<const model::MailId> ids,
                                                    const AuditId& record);

/// The same for all dead mail that is still useful. Returns how many.
[[nodiscard]] std::int64_t retry_all_mail(db::Connection& database, const AuditId& record);

}  // namespace taskward::store
