// Mail on its way: rows that are written beside a deed, and handed over by taskward-background.
#pragma once

#include <chrono>
#include <optional>
#include <string>

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

}  // namespace taskward::store
