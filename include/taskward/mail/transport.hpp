// How a message leaves, and how that went.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "taskward/mail/message.hpp"

namespace taskward::mail {

enum class Verdict : std::uint8_t {
  accepted,   ///< it is somebody else's now
  try_later,  ///< it did not leave, and may do so another time
  refused,    ///< it will not be taken, however often it is tried
};

struct Outcome {
  Verdict verdict = Verdict::try_later;
  /// Why not, for the operator. Holds nothing of the message's content and no password; what a server
  /// said may hold the recipient.
  std::string reason;
};

/// Used by one thread.
class Transport {
 public:
  /// Asked at least once a second; true when the process must end and what is under way be given up.
  using GiveUp = std::function<bool()>;

  virtual ~Transport() = default;
  /// Never throws for what a server or a disk does.
  [[nodiscard]] virtual Outcome hand_over(const Message& message, const GiveUp& give_up) = 0;
};

}  // namespace taskward::mail
