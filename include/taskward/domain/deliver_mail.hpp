// Handing over what lies in the outbox.
//
// A mail is claimed, opened, written, handed over, and only then recorded as such. So a deliverer that dies
// at any moment loses nothing; one that dies between the server's answer and the record, or a server whose
// answer is lost, leads to a second copy with the same Message-ID, which is the price of losing none.
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

/// The first pause after a failure, doubled with each to the longest; about a fifth more or less of it.
inline constexpr std::chrono::milliseconds kFirstMailPause{1'000};
inline constexpr std::chrono::milliseconds kLongestMailPause{15 * 60'000};
/// Then a mail is given up. With the pauses above this is after three days of trying.
inline constexpr int kMostMailAttempts = 300;

/// How long to wait after so many attempts, of which the last has just failed.
[[nodiscard]] std::chrono::milliseconds mail_pause(int attempts, RandomSource& random);

/// What one deliverer works with; one per thread.
struct Deliverer {
  db::Connection& database;
  const Clock& clock;
  RandomSource& random;
  const Log& log;
  const Secret& mail_key;
  const mail::Templates& templates;
  mail::Transport& transport;
  const model::Mailbox& from;
  /// For how long others leave a claimed mail alone: longer than the transport may take.
  std::chrono::seconds lease;
  /// Asked at least once a second; true when what is under way must be given up.
  mail::Transport::GiveUp give_up;
  model::Meter& meter;
};

/// Handles the mail whose turn it is. False when none is due. Throws what the database throws, but waits
/// for it by itself, until give_up, when a mail's outcome has to be recorded.
[[nodiscard]] bool deliver_next(const Deliverer& deliverer);

}  // namespace taskward::domain
