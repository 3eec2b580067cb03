// A message as it goes over the wire (RFC 5322, MIME): one text in two forms, plain and HTML.
//
// Readers of dropped files take the first six digits in a row for the code. So the subject stands first,
// and nothing that is made here (ids, boundaries, dates) has six digits in a row: ids are letters.
//
// The same letter gives the same bytes each time, Message-ID included: a server that is given it twice,
// because its first answer was lost, can tell.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/clock.hpp"
#include "taskward/base/ids.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/model/mailbox.hpp"

namespace taskward::mail {

/// What a person reads. All UTF-8, lines ended by a line feed.
struct Letter {
  std::string subject;
  std::string text;
  std::string html;
};

struct Message {
  std::string sender;     ///< the address mail comes from, for MAIL FROM
  std::string recipient;  ///< for RCPT TO
  std::string name;       ///< of a file to drop it as, without a suffix; the same each time
  Secret content;         ///< headers and body, lines ended by CRLF
};

/// An id in letters, each standing for four bits.
[[nodiscard]] std::string in_letters(const Uuid& id);

/// RFC 5322, 3.3, in UTC.
[[nodiscard]] std::string mail_date(Timestamp moment);

/// The value of a Subject header, with encoded words (RFC 2047) for the words that are not ASCII. Text
/// before the first of them stays as it is.
[[nodiscard]] std::string encoded_subject(std::string_view text);

/// RFC 2045, 6.7. Lines end by CRLF and have 76 characters at most; digits in a row are not parted.
[[nodiscard]] std::string quoted_printable(std::string_view text);

/// Nothing when a header would hold a control character, so that no value can add one.
[[nodiscard]] std::optional<Message> compose(const model::Mailbox& from, const std::string& to,
                                             const Letter& letter, const Uuid& id, Timestamp written_at);

}  // namespace taskward::mail
