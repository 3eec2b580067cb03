// A complete audit record, as read by administrators, sealed, exported and verified.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"

namespace taskward::model {

struct AuditRecord {
  AuditId id;
  Timestamp at;                    ///< when it was written
  std::uint64_t transaction = 0;   ///< PostgreSQL's xid8 of the transaction that wrote it
  std::optional<UserId> actor_id;  ///< none on the command line and for unknown users
  std::optional<std::string> actor_role;
  std::string action;  ///< a model::AuditAction, or an action of another release
  std::optional<std::string> object_type;
  std::optional<Uuid> object_id;
  std::string outcome;  ///< success, failure or denied
  std::optional<std::string> reason;
  std::optional<std::string> client_address;
  std::optional<std::string> user_agent;
  std::optional<std::string> request_id;
  std::optional<std::vector<std::string>> changed_fields;
  std::optional<PersonalTokenId> token_id;  ///< the personal access token that the actor used

  friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

}  // namespace taskward::model
