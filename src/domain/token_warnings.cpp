#include "taskward/domain/token_warnings.hpp"

#include <algorithm>
#include <chrono>

#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/outbox.hpp"
#include "taskward/store/token_warnings.hpp"

namespace taskward::domain {

bool warn_of_ends(db::Connection& database, const Secret& mail_key, const Clock& clock,
                  RandomSource& random) {
  const auto ending = store::find_ending_tokens(database, kTokenWarningBatch);
  for (const store::EndingToken& token : ending) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(token.expires_at - clock.now());
    const auto mail =
        seal_mail(mail_key, clock, random,
                  {model::MailKind::token_ends,
                   token.email,
                   {{"name", token.name},
                    {"expires_at", rfc3339(std::chrono::floor<std::chrono::seconds>(token.expires_at))}}},
                  std::max(left, std::chrono::seconds(1)));
    // A mail that is not queued is found again with the new address, if at all.
    static_cast<void>(store::queue_token_warning(database, token, mail));
  }
  return ending.size() == kTokenWarningBatch;
}

}  // namespace taskward::domain
