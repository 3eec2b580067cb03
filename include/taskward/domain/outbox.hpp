// Encrypting mail for the outbox, and decrypting it for delivery.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "taskward/base/clock.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/model/mail.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::domain {

/// The ciphertext is bound to the id and kind, so that the contents of rows cannot be exchanged.
[[nodiscard]] store::SealedMail seal_mail(const Secret& mail_key, const Clock& clock, RandomSource& random,
                                          const model::Mail& mail,
                                          std::optional<std::chrono::seconds> useful_for);

/// Nothing if it was encrypted with another SECRET_KEY or is damaged.
[[nodiscard]] std::optional<model::Mail> open_mail(const Secret& mail_key, const model::MailId& id,
                                                   model::MailKind kind, const std::string& sealed);

/// Nothing if its content was deleted or cannot be decrypted.
[[nodiscard]] std::optional<std::string> recipient_of(const Secret& mail_key, const store::ListedMail& mail);

}  // namespace taskward::domain
