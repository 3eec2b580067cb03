#include "taskward/domain/deliver_mail.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <thread>

#include "taskward/base/text.hpp"
#include "taskward/domain/outbox.hpp"
#include "taskward/store/outbox.hpp"

namespace taskward::domain {
namespace {

using mail::Outcome;
using mail::Verdict;
using store::ClaimedMail;

constexpr std::chrono::milliseconds kRecordPause{200};

void wipe_values(mail::Letter& letter, model::Mail& mail) {
  for (std::string* text : {&letter.subject, &letter.text, &letter.html}) wipe(*text);
  for (auto& [name, value] : mail.fields) wipe(value);
}

/// Removes the recipient and the mail's field values from a server's reply, which may quote the message.
std::string redacted(std::string reason, const model::Mail& mail) {
  const auto hide = [&](const std::string& value) {
    const std::string wanted = lower(value);
    for (std::size_t at = 0; !wanted.empty() && (at = lower(reason).find(wanted, at)) != std::string::npos;)
      reason.replace(at, wanted.size(), "…");
  };
  hide(mail.to);
  for (const auto& [name, value] : mail.fields) {
    // Shorter values, such as a number of minutes, are not sensitive and would match unrelated text.
    if (value.size() >= 4) hide(value);
  }
  return reason;
}

Outcome handed_over(const Deliverer& deliverer, const ClaimedMail& claimed) {
  const auto kind = model::mail_kind(claimed.kind);
  if (!kind) return {Verdict::try_later, "this release does not support mail of the kind " + claimed.kind};
  auto mail = open_mail(deliverer.mail_key, claimed.claim.mail, *kind, claimed.sealed);
  if (!mail)
    return {Verdict::try_later,
            "it cannot be decrypted with this SECRET_KEY; restore the SECRET_KEY with which it was queued"};
  mail::Letter letter = deliverer.templates.filled(*mail);
  const auto message =
      mail::compose(deliverer.from, mail->to, letter, claimed.claim.mail.uuid, claimed.created_at);
  Outcome outcome{Verdict::refused, "its subject or recipient contains a control character"};
  if (message) {
    outcome = deliverer.transport.hand_over(*message, deliverer.give_up);
    outcome.reason = redacted(std::move(outcome.reason), *mail);
  }
  wipe_values(letter, *mail);
  return outcome;
}

/// Retries until the outcome is recorded: the statement can safely be repeated if its result is unknown.
void record(const Deliverer& deliverer, const ClaimedMail& claimed, const std::function<bool()>& write) {
  bool in_doubt = false;
  while (true) {
    std::string fault;
    try {
      if (!write() && !in_doubt) {
        deliverer.log.line(LogLevel::warning, "mail_claim_lost").field("id", claimed.claim.mail.text());
      }
      return;
    } catch (const db::Unavailable& away) {
      fault = away.what();
    } catch (const db::OutcomeUnknown& unknown) {
      fault = unknown.what();
      in_doubt = true;
    }
    if (deliverer.give_up()) throw db::Unavailable(fault);
    std::this_thread::sleep_for(kRecordPause);
  }
}

void defer(const Deliverer& deliverer, const ClaimedMail& claimed, const std::string& reason) {
  const auto pause = mail_pause(claimed.attempts, deliverer.random);
  deliverer.log.line(LogLevel::warning, "mail_deferred")
      .field("id", claimed.claim.mail.text())
      .field("kind", claimed.kind)
      .field("attempts", claimed.attempts)
      .field("next_try_in_ms", pause.count())
      .field("reason", reason);
  deliverer.meter.add(model::Metric::mail_deliveries, {"put_off"});
  record(deliverer, claimed,
         [&] { return store::record_deferred(deliverer.database, claimed.claim, pause, reason); });
}

void give_up_on(const Deliverer& deliverer, const ClaimedMail& claimed, const std::string& reason) {
  deliverer.log.line(LogLevel::error, "mail_dead")
      .field("id", claimed.claim.mail.text())
      .field("kind", claimed.kind)
      .field("attempts", claimed.attempts)
      .field("reason", reason);
  deliverer.meter.add(model::Metric::mail_deliveries, {"dead"});
  record(deliverer, claimed, [&] { return store::record_dead(deliverer.database, claimed.claim, reason); });
}

}  // namespace

std::chrono::milliseconds mail_pause(int attempts, RandomSource& random) {
  std::chrono::milliseconds pause = kFirstMailPause;
  for (int i = 1; i < attempts && pause < kLongestMailPause; ++i) pause *= 2;
  pause = std::min(pause, kLongestMailPause);
  std::array<std::uint8_t, 1> byte{};
  random.fill(byte);
  // Between 80 % and 120 %, to spread retries of mails that failed together.
  return pause * (80 + 40 * int{byte.front()} / 255) / 100;
}

bool deliver_next(const Deliverer& deliverer) {
  const auto claimed = store::claim_mail(
      deliverer.database, store::ClaimId::make(deliverer.clock, deliverer.random), deliverer.lease);
  if (!claimed) return false;
  if (!claimed->is_still_useful) {
    give_up_on(deliverer, *claimed,
               "it expired before it was delivered" +
                   (claimed->last_error.empty() ? "" : "; the last attempt: " + claimed->last_error));
    return true;
  }
  const Outcome outcome = handed_over(deliverer, *claimed);
  switch (outcome.verdict) {
    case Verdict::accepted:
      deliverer.meter.add(model::Metric::mail_deliveries, {"handed_over"});
      record(deliverer, *claimed,
             [&] { return store::record_handed_over(deliverer.database, claimed->claim); });
      deliverer.log.line(LogLevel::info, "mail_handed_over")
          .field("id", claimed->claim.mail.text())
          .field("kind", claimed->kind)
          .field("attempts", claimed->attempts)
          .field("ms", std::chrono::duration_cast<std::chrono::milliseconds>(deliverer.clock.now() -
                                                                             claimed->created_at)
                           .count());
      break;
    case Verdict::refused:
      give_up_on(deliverer, *claimed, outcome.reason);
      break;
    case Verdict::try_later:
      if (claimed->attempts >= kMaxMailAttempts)
        give_up_on(deliverer, *claimed, "too many attempts; the last: " + outcome.reason);
      else
        defer(deliverer, *claimed, outcome.reason);
      break;
  }
  return true;
}

}  // namespace taskward::domain
