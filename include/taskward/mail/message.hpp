// Composes messages (RFC 5322, MIME) with a plain text and an HTML alternative.
//
// Programs that read dropped files look for the first six consecutive digits to find the code. So Subject is
// the first header, and generated ids, boundaries and dates have no six consecutive digits.
//
// Composing is deterministic, including Message-ID, so that a server can detect a message that is delivered
// again because its first response was lost.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/model/mailbox.hpp"

namespace taskward::mail {

/// The text of a message: UTF-8, with lines ending in LF.
struct Letter {
  std::string subject;
  std::string text;
  std::string html;
};

struct Message {
  std::string sender;     ///< for MAIL FROM
  std::string recipient;  ///< for RCPT TO
  std::string name;       ///< file name without suffix; deterministic
  Secret content;         ///< headers and body, with lines ending in CRLF
};

/// An id as letters, four bits each.
[[nodiscard]] std::string in_letters(const Uuid& id);

/// A date-time (RFC 5322, section 3.3) in UTC.
[[nodiscard]] std::string mail_date(Timestamp moment);

/// The value of a Subject header, with encoded words (RFC 2047) from the first to the last non-ASCII word.
[[nodiscard]] std::string encoded_subject(std::string_view text);

/// RFC 2045, section 6.7. Lines end in CRLF, have at most 76 characters and are not broken between digits.
[[nodiscard]] std::string quoted_printable(std::string_view text);

/// Nothing if a header would contain a control character, which prevents header injection.
[[nodiscard]] std::optional<Message> compose(const model::Mailbox& from, const std::string& to,
                                             const Letter& letter, const Uuid& id, Timestamp written_at);

}  // namespace taskward::mail
