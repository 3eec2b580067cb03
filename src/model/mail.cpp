#include "taskward/model/mail.hpp"

#include <vector>

namespace taskward::model {
namespace {

constexpr auto kKinds = std::to_array<MailKind>({
#define X(kind, fields) MailKind::kind,
    TASKWARD_MAIL_KINDS(X)
#undef X
});

// In the order of the enumeration.
constexpr auto kStates = std::to_array<std::string_view>({"waiting", "handed_over", "dead"});

}  // namespace

std::string_view name(MailKind kind) noexcept {
  constexpr auto names = std::to_array<std::string_view>({
#define X(kind, fields) #kind,
      TASKWARD_MAIL_KINDS(X)
#undef X
  });
  return names[static_cast<std::size_t>(kind)];
}

std::optional<MailKind> mail_kind(std::string_view text) noexcept {
  for (const MailKind kind : kKinds) {
    if (name(kind) == text) return kind;
  }
  return std::nullopt;
}

std::span<const MailKind> every_mail_kind() noexcept { return kKinds; }

std::string_view fields_of(MailKind kind) noexcept {
  constexpr auto fields = std::to_array<std::string_view>({
#define X(kind, fields) fields,
      TASKWARD_MAIL_KINDS(X)
#undef X
  });
  return fields[static_cast<std::size_t>(kind)];
}

std::string_view name(MailState state) noexcept { return kStates[static_cast<std::size_t>(state)]; }

std::optional<MailState> mail_state(std::string_view text) noexcept {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] == text) return static_cast<MailState>(i);
  }
  return std::nullopt;
}

Secret Mail::packed() const {
  // NUL-terminated: the recipient, then the name and value of each field.
  std::string text = to + '\0';
  for (const auto& [key, value] : fields) text += key + '\0' + value + '\0';
  return Secret::take(text);
}

std::optional<Mail> Mail::unpacked(MailKind kind, std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t end = text.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (pieces.size() % 2 != 1) return std::nullopt;
  Mail mail{kind, std::string(pieces.front()), {}};
  for (std::size_t i = 1; i < pieces.size(); i += 2) mail.fields.emplace(pieces[i], pieces[i + 1]);
  return mail;
}

}  // namespace taskward::model
