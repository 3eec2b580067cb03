// The interface for delivering messages.
#pragma once

#include <cstdint>
#include <string>

#include "taskward/base/give_up.hpp"
#include "taskward/mail/message.hpp"

namespace taskward::mail {

enum class Verdict : std::uint8_t {
  accepted,   ///< delivered
  try_later,  ///< not delivered; may succeed later
  refused,    ///< rejected permanently
};

struct Outcome {
  Verdict verdict = Verdict::try_later;
  /// Why it was not delivered, for the operator. Contains neither content nor password; the reply of a server
  /// may contain the recipient.
  std::string reason;
};

/// Not thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Reports errors of server and disk in the outcome instead of throwing.
  [[nodiscard]] virtual Outcome hand_over(const Message& message, const GiveUp& give_up) = 0;
};

}  // namespace taskward::mail
