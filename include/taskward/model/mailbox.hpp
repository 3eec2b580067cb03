// The sender of mail: an address and a display name (RFC 5322, section 3.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskward::model {

/// Invariant: no control characters; the name is UTF-8 without quotes, angle brackets and backslashes.
struct Mailbox {
  std::string name;  ///< may be empty
  std::string address;

  /// `ada@example.org` or `Ada Lovelace <ada@example.org>`. The domain is converted to A-labels. Unlike the
  /// address of an account, the host may have a single label (taskward@localhost).
  [[nodiscard]] static std::optional<Mailbox> parse(std::string_view text);
};

}  // namespace taskward::model
