// E-mail addresses as they are stored and compared: in ASCII, an internationalised domain name in its
// A-labels (IDNA 2008, RFC 5891).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskward::model {

/// The text with the domain converted to A-labels after the mapping of UTS 46 (nontransitional); nothing if
/// it cannot be converted. An ASCII domain is not changed.
[[nodiscard]] std::optional<std::string> with_ascii_domain(std::string_view text);

struct EmailReading {
  std::string address;     ///< as it is stored
  std::string_view fault;  ///< a clause, such as "must be …"; empty if the text is an address
};
[[nodiscard]] EmailReading read_email(std::string_view text);

}  // namespace taskward::model
