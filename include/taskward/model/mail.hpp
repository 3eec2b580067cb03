// A message to one person: which one, to whom, and what its template is filled with.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "taskward/base/ids.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::model {

// X(enumerator and name of its templates, fields of its own, separated by spaces)
// Every template may also use {{to}}.
#define TASKWARD_MAIL_KINDS(X)           \
  X(login_code, "code minutes")          \
  X(login_without_account, "")           \
  X(password_reset_code, "code minutes") \
  X(password_reset_without_account, "")  \
  X(email_change_code, "code minutes")   \
  X(email_changed, "address")            \
  X(address_proved, "")                  \
  X(audit_head, "head number sealed_at")

enum class MailKind : std::uint8_t {
#define X(kind, fields) kind,
  TASKWARD_MAIL_KINDS(X)
#undef X
};

[[nodiscard]] std::string_view name(MailKind kind) noexcept;
[[nodiscard]] std::optional<MailKind> mail_kind(std::string_view name) noexcept;
[[nodiscard]] std::span<const MailKind> every_mail_kind() noexcept;
/// The fields the kind has beside `to`, separated by spaces.
[[nodiscard]] std::string_view fields_of(MailKind kind) noexcept;

/// waiting to be handed over, handed over, or given up until an operator asks for another try.
enum class MailState : std::uint8_t { waiting, handed_over, dead };

[[nodiscard]] std::string_view name(MailState state) noexcept;
[[nodiscard]] std::optional<MailState> mail_state(std::string_view name) noexcept;

using MailId = Id<struct MailIdKind>;

/// Values hold no NUL.
struct Mail {
  MailKind kind = MailKind::login_code;
  std::string to;
  std::map<std::string, std::string> fields;

  /// The recipient and the fields as one text, to be sealed.
  [[nodiscard]] Secret packed() const;
  /// Nothing when the text is damaged.
  [[nodiscard]] static std::optional<Mail> unpacked(MailKind kind, std::string_view text);
};

}  // namespace taskward::model
