// Delivering mail from the outbox.
//
// A mail is claimed, decrypted, composed, handed over, and only then recorded as delivered. A process that
// dies at any point loses no mail. If it dies between the server's reply and the record, or if the reply is
// lost, a second copy with the same Message-ID is sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/base/random_source.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/mail/templates.hpp"
#include "taskward/mail/transport.hpp"
#include "taskward/model/mailbox.hpp"
#include "taskward/model/metrics.hpp"

namespace taskward::domain {

/// The pause after the first failure. Doubled with each failure up to the longest, with a jitter of 20 %.
inline constexpr std::chrono::milliseconds kFirstMailPause{1'000};
inline constexpr std::chrono::milliseconds kLongestMailPause{15 * 60'000};
/// After this many attempts, about three days, a mail is given up.
inline constexpr int kMaxMailAttempts = 300;

/// How long to wait after the last of `attempts` failed attempts.
[[nodiscard]] std::chrono::milliseconds mail_pause(int attempts, RandomSource& random);

/// The dependencies of a delivery thread.
struct Deliverer {
  db::Connection& database;
  const Clock& clock;
  RandomSource& random;
  const Log& log;
  const Secret& mail_key;
  const mail::Templates& templates;
  mail::Transport& transport;
  const model::Mailbox& from;
  /// How long a claim lasts: longer than the transport's timeout.
  std::chrono::seconds lease;
  /// Called at least once a second; true aborts the delivery.
  GiveUp give_up;
  model::Meter& meter;
};

/// Handles the next due mail; false if there is none. Throws database exceptions, except while recording the
/// outcome of a mail, which is retried until give_up.
[[nodiscard]] bool deliver_next(const Deliverer& deliverer);

}  // namespace taskward::domain
