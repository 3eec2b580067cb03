// Whom mail comes from: an address, and the name that is shown beside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskward::model {

/// Invariant: neither holds a control character; the name is UTF-8 without quotes, angles and backslashes.
struct Mailbox {
  std::string name;  ///< may be empty
  std::string address;

  /// `ada@example.org` or `Ada Lovelace <ada@example.org>`. Unlike an account's, the address's host may
  /// have a single label (taskward@localhost).
  [[nodiscard]] static std::optional<Mailbox> parse(std::string_view text);
};

}  // namespace taskward::model
