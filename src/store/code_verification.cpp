#include "code_verification.hpp"

#include "fragments.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/model/otp.hpp"

namespace taskward::store {

std::string verify_code(int first, const std::string& condition) {
  const auto at = [&](int offset) { return '$' + std::to_string(first + offset); };
  const std::string right = "c.code_hash = " + at(2) + "::bytea";
  const std::string carried = "c.challenge_hash is not distinct from " + at(3) + "::bytea";
  const std::string tries = std::to_string(model::kCodeTries);
  return "attempt as (update taskward.one_time_codes c set"
         " used_at = case when " +
         right +
         " then clock_timestamp() end,"
         " failures = c.failures + (not " +
         right + " and not " + carried +
         ")::integer::smallint,"
         " challenged_failures = c.challenged_failures + (not " +
         right + " and " + carried +
         ")::integer::smallint"
         " where c.purpose = " +
         at(0) + "::text and c.subject = " + at(1) +
         "::bytea and c.used_at is null"
         " and c.expires_at > clock_timestamp() and (" +
         condition +
         ")"
         " and case when " +
         carried + " then c.challenged_failures else c.failures end < " + tries + " returning " + right +
         " as right)";
}

void add_challenge(db::Params& params, const CodeAttempt& attempt) {
  if (attempt.challenge)
    params.bytes(crypto::view(*attempt.challenge));
  else
    params.null();
}

void add_code_attempt(db::Params& params, const CodeAttempt& attempt) {
  params.text(model::name(attempt.purpose))
      .bytes(crypto::view(attempt.subject))
      .bytes(crypto::view(attempt.code));
  add_challenge(params, attempt);
}

}  // namespace taskward::store
