#include "taskward/store/token_warnings.hpp"

#include "fragments.hpp"
#include "sql_text.hpp"
#include "statement_lists.hpp"
#include "taskward/model/personal_token.hpp"

namespace taskward::store {
namespace {

using db::Effect;
using db::Params;
using db::Rows;
using db::Statement;

// $1 limit.
const Statement find{"find_ending_tokens", Effect::reads,
                     filled(R"(
select t.user_id, t.id, t.name, t.expires_at, u.email
  from taskward.personal_tokens t join taskward.users u on u.id = t.user_id
 where t.warned_at is null and t.revoked_at is null and t.expires_at > now() and t.expires_at <= now() + {warning}
   and t.expires_at - t.created_at > 2 * {warning} and u.is_active and u.email is not null
 order by t.expires_at limit $1::bigint)",
                            {{"warning", interval(model::kTokenWarning)}})};

// $1 owner, $2 token, $3 address, $4..$7 mail.
const Statement queue{"queue_token_warning", Effect::writes,
                      R"(with warned as (
  update taskward.personal_tokens t set warned_at = now()
    from taskward.users u
   where t.user_id = $1::uuid and t.id = $2::uuid and t.warned_at is null and t.revoked_at is null
     and u.id = t.user_id and u.email = $3::text
  returning t.id
))" + queue_mail("mailed", 4, "warned") +
                          " select id from warned"};

}  // namespace

StatementList token_warning_statements() { return {&find, &queue}; }

std::vector<EndingToken> find_ending_tokens(db::Connection& database, std::int64_t most) {
  const Rows rows = database.run(find, Params().number(most));
  std::vector<EndingToken> out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    db::RowReader row = rows.row(r);
    EndingToken token;
    token.owner = row.id<UserId>();
    token.id = row.id<PersonalTokenId>();
    token.name = row.text();
    token.expires_at = row.timestamp();
    token.email = row.text();
    out.push_back(std::move(token));
  }
  return out;
}

bool queue_token_warning(db::Connection& database, const EndingToken& token, const SealedMail& mail) {
  Params params;
  params.id(token.owner).id(token.id).text(token.email);
  add_mail(params, mail);
  return !database.run(queue, params).empty();
}

}  // namespace taskward::store
