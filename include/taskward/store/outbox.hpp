// Mail on its way: rows that are written beside a deed, and handed over by taskward-background.
//
// A mail that waits is handed over by whoever has claimed it, one at a time: a claim holds for its lease,
// and everything that is recorded of a mail is recorded only while the claim is still one's own. A
// deliverer that dies leaves a claim that expires.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/model/mail.hpp"

namespace taskward::store {

/// A mail as it lies in the outbox. Other statements write it as part of theirs (store/fragments).
struct SealedMail {
  model::MailId id;
  model::MailKind kind = model::MailKind::login_code;
  std::string sealed;
  /// How long it makes sense to deliver it; nothing means until it is delivered or refused for good.
  std::optional<std::chrono::seconds> useful_for;
};

/// A new one for each claim, so that no two are taken for one another.
using ClaimId = Id<struct ClaimKind>;

/// Who holds what; what is recorded of a mail names both.
struct Claim {
  model::MailId mail;
  ClaimId id;
};

struct ClaimedMail {
  Claim claim;
  std::string kind;  ///< its name: a newer release may have written one that is not known here
  std::string sealed;
  Timestamp created_at;
  int attempts = 0;  ///< this one included
  bool is_of_use = true;
  std::string last_error;  ///< empty at the first attempt
};

inline constexpr std::size_t kMailErrorMaxBytes = 300;

/// The mail whose turn it is, now claimed under that id for the lease, or nothing when none is due. New
/// mail goes before mail that is tried again.
[[nodiscard]] std::optional<ClaimedMail> claim_mail(db::Connection& database, const ClaimId& id,
                                                    std::chrono::seconds lease);

// Each of these gives false, and changes nothing, when the claim is not one's own any more. They may be
// repeated when it is not known whether they were done. Reasons are cut to kMailErrorMaxBytes.

/// Erases the content.
bool record_handed_over(db::Connection& database, const Claim& claim);
/// The next try is after the delay, or when the mail's use ends if that is sooner.
bool record_put_off(db::Connection& database, const Claim& claim, std::chrono::milliseconds delay,
                    std::string_view reason);
/// It is not tried again until an operator says so.
bool record_dead(db::Connection& database, const Claim& claim, std::string_view reason);

struct ListedMail {
  model::MailId id;
  std::string kind;
  std::string state;
  std::optional<std::string> sealed;
  Timestamp created_at;
  int attempts = 0;
  Timestamp next_try_at;  ///< means something while it waits
  std::string last_error;
};

/// The newest first, `most` of them at most.
[[nodiscard]] std::vector<ListedMail> list_mail(db::Connection& database,
                                                std::span<const model::MailState> states, std::int64_t most);

/// Why one mail cannot be tried again.
struct RetryObstacle {
  enum class Kind : std::uint8_t { unknown, not_dead, of_no_use } kind;
  model::MailId id;
};

/// Lets dead mail wait again, as if it were new: all of them, or none and why. `record` is the id of its
/// record.
[[nodiscard]] std::vector<RetryObstacle> retry_mail(db::Connection& database,
                                                    std::span<const model::MailId> ids,
                                                    const AuditId& record);

/// The same for all that are dead and still of use. How many those were.
[[nodiscard]] std::int64_t retry_all_mail(db::Connection& database, const AuditId& record);

}  // namespace taskward::store
