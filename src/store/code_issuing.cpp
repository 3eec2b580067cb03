#include "code_issuing.hpp"

#include "attempt_counting.hpp"
#include "fragments.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/model/limit.hpp"
#include "taskward/model/otp.hpp"

namespace taskward::store {
namespace {

/// Codes are counted per purpose, so that requests for one purpose cannot use up the codes of another.
std::string attempts_kind(const std::string& purpose) {
  return "('" + std::string(model::kCodesPerAddress.kind) + ":' || " + purpose + ')';
}

}  // namespace

std::string issue_code(int first) {
  const std::string purpose = parameter(first) + "::text";
  const std::string subject = parameter(first + 1) + "::bytea";
  const std::string recipient = parameter(first + 2) + "::bytea";
  const std::string code = parameter(first + 3) + "::bytea";
  const std::string challenge = parameter(first + 4) + "::bytea";
  const std::string sealed = parameter(first + 5) + "::bytea";
  const std::string expiry = "clock_timestamp() + " + interval(model::kCodeLifetime);
  const std::string pause_start = "clock_timestamp() - " + interval(model::kCodePause);
  const model::Limit& limit = model::kCodesPerAddress;
  return ", current_code as (select c.created_at from taskward.one_time_codes c where c.purpose = " +
         purpose + " and c.subject = " + subject + " for update), counted as (" +
         count_attempt_sql(attempts_kind(purpose), recipient, std::to_string(limit.most),
                           std::to_string(limit.window.count()),
                           "requested where not exists (select from current_code h where h.created_at > " +
                               pause_start + ")") +
         "), inserted as (insert into taskward.one_time_codes (purpose, subject, code_hash, challenge_hash,"
         " sealed_recipient, created_at, expires_at) select " +
         purpose + ", " + subject + ", " + code + ", " + challenge + ", " + sealed + ", clock_timestamp(), " +
         expiry +
         " from counted where not exists (select from current_code) returning 1 as one),"
         " replaced as (update taskward.one_time_codes c set code_hash = " +
         code + ", challenge_hash = " + challenge + ", sealed_recipient = " + sealed +
         ", created_at = clock_timestamp(), expires_at = " + expiry +
         ", failures = 0, challenged_failures = 0, used_at = null from counted where c.purpose = " + purpose +
         " and c.subject = " + subject +
         " and exists (select from current_code) returning 1 as one),"
         " issued as (select one from inserted union all select one from replaced)";
}

std::string seconds_until_code_allowed(int first) {
  const std::string kind = attempts_kind(parameter(first) + "::text");
  const std::string recipient = parameter(first + 2) + "::bytea";
  const model::Limit& limit = model::kCodesPerAddress;
  const std::string window = std::to_string(limit.window.count());
  return "greatest((select ceil(extract(epoch from h.created_at + " + interval(model::kCodePause) +
         " - clock_timestamp()))::bigint from current_code h), " + rest_of_window(kind, recipient, window) +
         " * (select count(*) filter (where cardinality(" + attempts_in_window(window) +
         ") >= " + std::to_string(limit.most) + ") from taskward.attempts a where a.kind = " + kind +
         " and a.subject = " + recipient + "))";
}

void add_code(db::Params& params, const NewCode& code) {
  params.text(model::name(code.purpose))
      .bytes(crypto::view(code.subject))
      .bytes(crypto::view(code.recipient))
      .bytes(crypto::view(code.code))
      .bytes(crypto::view(code.challenge))
      .bytes(code.sealed_recipient);
}

Error too_many_codes(db::RowReader& row) {
  Error refusal(ErrorCode::too_many_requests,
                "A code was sent to this address recently, or too many within the last hour.");
  refusal.retry_after = retry_after(row);
  return refusal;
}

}  // namespace taskward::store
