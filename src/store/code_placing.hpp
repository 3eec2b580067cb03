// SQL that puts a new one-time code into its place, if that may be done now.
#pragma once

#include <string>

#include "counting.hpp"
#include "taskward/model/otp.hpp"
#include "taskward/store/codes.hpp"

namespace taskward::store {

/// Each purpose has an hour of its own: nobody uses up the codes to log in with by asking for others.
inline std::string hour_kind(const std::string& purpose) {
  return "('" + std::string(model::kCodesPerAddress.kind) + ":' || " + purpose + ')';
}

/// CTEs that put a code into its place: `placed` has a row if that was allowed. Five parameters from
/// $first on: purpose, subject, recipient, code, challenge, which add_code binds. `asked` has one row, or
/// none to do nothing. Of two first requests at once the second runs into the first's row and is run again
/// (until_seen): so nothing is charged to the address's hour for a code that is not sent.
inline std::string place_code(int first) {
  const std::string purpose = parameter(first) + "::text";
  const std::string subject = parameter(first + 1) + "::bytea";
  const std::string recipient = parameter(first + 2) + "::bytea";
  const std::string code = parameter(first + 3) + "::bytea";
  const std::string challenge = parameter(first + 4) + "::bytea";
  const std::string expiry = "clock_timestamp() + " + interval(model::kCodeLifetime);
  const std::string pause = "clock_timestamp() - " + interval(model::kCodePause);
  const model::Limit& hour = model::kCodesPerAddress;
  return ", held as (select c.created_at from taskward.one_time_codes c where c.purpose = " + purpose +
         " and c.subject = " + subject + " for update), counted as (" +
         count_moment(hour_kind(purpose), recipient, std::to_string(hour.most),
                      std::to_string(hour.window.count()),
                      "asked where not exists (select from held h where h.created_at > " + pause + ")") +
         "), first_one as (insert into taskward.one_time_codes (purpose, subject, code_hash, challenge_hash,"
         " created_at, expires_at) select " +
         purpose + ", " + subject + ", " + code + ", " + challenge + ", clock_timestamp(), " + expiry +
         " from counted where not exists (select from held) returning 1 as one),"
         " next_one as (update taskward.one_time_codes c set code_hash = " +
         code + ", challenge_hash = " + challenge +
         ", created_at = clock_timestamp(), expires_at = " + expiry +
         ", failures = 0, challenged_failures = 0, used_at = null from counted where c.purpose = " + purpose +
         " and c.subject = " + subject +
         " and exists (select from held) returning 1 as one),"
         " placed as (select one from first_one union all select one from next_one)";
}

/// How long to wait until a code may be placed, in whole seconds: a scalar. The five parameters again.
inline std::string wait_for_place(int first) {
  const std::string kind = hour_kind(parameter(first) + "::text");
  const std::string recipient = parameter(first + 2) + "::bytea";
  const model::Limit& hour = model::kCodesPerAddress;
  const std::string window = std::to_string(hour.window.count());
  return "greatest((select ceil(extract(epoch from h.created_at + " + interval(model::kCodePause) +
         " - clock_timestamp()))::bigint from held h), " + rest_of_window(kind, recipient, window) +
         " * (select count(*) filter (where cardinality(" + live_moments(window) +
         ") >= " + std::to_string(hour.most) + ") from taskward.attempts a where a.kind = " + kind +
         " and a.subject = " + recipient + "))";
}

inline void add_code(db::Params& params, const NewCode& code) {
  params.text(model::name(code.purpose))
      .bytes(crypto::view(code.subject))
      .bytes(crypto::view(code.recipient))
      .bytes(crypto::view(code.code))
      .bytes(crypto::view(code.challenge));
}

/// The refusal of a code that could not be placed; the reader stands at what wait_for_place gave.
inline Error too_many_codes(db::RowReader& row) {
  Error refusal(ErrorCode::too_many_requests,
                "A code was sent to this address a moment ago, or too many in an hour.");
  refusal.retry_after = retry_after(row);
  return refusal;
}

}  // namespace taskward::store
