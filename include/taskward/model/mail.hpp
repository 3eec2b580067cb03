// A message: its kind, its recipient and the values for its template.
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

// X(enumerator and name of the templates, space-separated fields). Every template may also use {{to}}.
#define TASKWARD_MAIL_KINDS(X)           \
  X(login_code, "code minutes")          \
  X(login_without_account, "")           \
  X(password_reset_code, "code minutes") \
  X(password_reset_without_account, "")  \
  X(email_change_code, "code minutes")   \
  X(email_changed, "address")            \
  X(address_proved, "")                  \
  X(second_factor_added, "factor")       \
  X(second_factor_removed, "factor")     \
  X(recovery_code_used, "")              \
  X(audit_head, "head number sealed_at") \
  X(token_ends, "name expires_at")

enum class MailKind : std::uint8_t {
#define X(kind, fields) kind,
  TASKWARD_MAIL_KINDS(X)
#undef X
};

[[nodiscard]] std::string_view name(MailKind kind) noexcept;
[[nodiscard]] std::optional<MailKind> mail_kind(std::string_view name) noexcept;
[[nodiscard]] std::span<const MailKind> every_mail_kind() noexcept;
/// The fields in addition to `to`, separated by spaces.
[[nodiscard]] std::string_view fields_of(MailKind kind) noexcept;

/// Waiting for delivery, delivered, or undeliverable until an operator requeues it.
enum class MailState : std::uint8_t { waiting, handed_over, dead };
inline constexpr std::array kMailStates{MailState::waiting, MailState::handed_over, MailState::dead};

[[nodiscard]] std::string_view name(MailState state) noexcept;
[[nodiscard]] std::optional<MailState> mail_state(std::string_view name) noexcept;

using MailId = Id<struct MailIdKind>;

/// Values must not contain NUL.
struct Mail {
  MailKind kind = MailKind::login_code;
  std::string to;
  std::map<std::string, std::string> fields;

  /// The recipient and the fields as one string, for encryption.
  [[nodiscard]] Secret packed() const;
  /// Nothing if the text is invalid.
  [[nodiscard]] static std::optional<Mail> unpacked(MailKind kind, std::string_view text);
};

}  // namespace taskward::model
