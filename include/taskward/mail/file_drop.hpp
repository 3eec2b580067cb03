// Mail delivery to files NAME.eml, readable only by their owner, for hosts without a mail server.
#pragma once

#include <string>
#include <utility>

#include "taskward/mail/transport.hpp"

namespace taskward::mail {

/// Files are written atomically and synced before a message counts as delivered. A repeated delivery replaces
/// the file of the message.
class FileDrop final : public Transport {
 public:
  explicit FileDrop(std::string folder) : folder_(std::move(folder)) {}
  [[nodiscard]] Outcome hand_over(const Message& message, const GiveUp& give_up) override;

 private:
  std::string folder_;
};

/// Creates the folder if its parent exists. Returns an error message, or an empty string if the folder is
/// writable.
[[nodiscard]] std::string check_drop_folder(const std::string& folder);

}  // namespace taskward::mail
