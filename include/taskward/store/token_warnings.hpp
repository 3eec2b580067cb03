// Which personal access tokens end soon, so that their owners are told once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::store {

/// A token that ends within model::kTokenWarning, and the address of its owner, who has not been told.
struct EndingToken {
  UserId owner;
  PersonalTokenId id;
  std::string name;
  Timestamp expires_at;
  std::string email;
};

/// At most `most`, of active accounts with an address; those that end first.
[[nodiscard]] std::vector<EndingToken> find_ending_tokens(db::Connection& database, std::int64_t most);

/// Queues the mail and notes that, in one statement. False, without a mail, if the owner has been told
/// meanwhile, or the token was revoked, or the address changed.
bool queue_token_warning(db::Connection& database, const EndingToken& token, const SealedMail& mail);

}  // namespace taskward::store
