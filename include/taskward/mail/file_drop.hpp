// Mail as files in a folder, for a machine without a mail server: NAME.eml, readable by its owner alone.
#pragma once

#include <string>

#include "taskward/mail/transport.hpp"

namespace taskward::mail {

/// A file is there as a whole or not at all, and on the disk before it counts as handed over. Dropped
/// again, a message takes its own file's place.
class FileDrop final : public Transport {
 public:
  explicit FileDrop(std::string folder) : folder_(std::move(folder)) {}
  [[nodiscard]] Outcome hand_over(const Message& message, const GiveUp& give_up) override;

 private:
  std::string folder_;
};

/// Makes the folder if it is missing, and its parent is there. Gives what is wrong with it; empty when it
/// can be written to.
[[nodiscard]] std::string fault_of_drop_folder(const std::string& folder);

}  // namespace taskward::mail
