#include "session_rows.hpp"

#include <utility>

#include "fragments.hpp"
#include "sql_text.hpp"

namespace taskward::store {

std::string authentication_columns(std::string_view alias) {
  const std::string a = std::string(alias) + '.';
  return "coalesce(" + a + "amr, array[case " + a +
         "method when 'password' then 'pwd' else 'otp' end]) as session_amr, coalesce(" + a +
         "authenticated_at, " + a + "created_at) as session_authenticated_at";
}

model::Authentication authentication_from(db::RowReader& row) {
  model::Authentication found;
  for (const std::string& text : row.texts()) {
    if (const auto method = model::authentication_method(text)) found.methods.add(*method);
  }
  found.at = row.timestamp();
  return found;
}

std::string start_session(std::string_view name, const std::string& method, const std::string& amr, int first,
                          const std::string& from) {
  return filled(R"(, {name} as (
  insert into taskward.sessions (user_id, id, method, amr, authenticated_at, expires_at, client_address, user_agent,
                                 auth_epoch, token_hash)
  select a.id, {id}::uuid, {method}, {amr}, now(), now() + make_interval(secs => {seconds}::double precision),
         $3::text::inet, $4::text, a.auth_epoch, {hash}::bytea
    from {from}
  returning *
))",
                {{"name", std::string(name)},
                 {"id", parameter(first)},
                 {"method", method},
                 {"amr", amr},
                 {"seconds", parameter(first + 2)},
                 {"hash", parameter(first + 1)},
                 {"from", from}});
}

void add_new_session(db::Params& params, const NewSession& session) {
  add_id_or_null(params, session.id);
  params.bytes(crypto::view(session.token_hash)).number(session.ttl.count());
}

model::LiveSession live_session_from(db::RowReader& row) {
  model::User user = user_from(row);
  return {std::move(user), authentication_from(row)};
}

model::Session session_from(db::RowReader& row) {
  model::Session session;
  session.id = row.id<SessionId>();
  session.method = row.text();
  session.created_at = row.timestamp();
  session.last_used_at = row.timestamp();
  session.expires_at = row.timestamp();
  session.client_address = row.text_or_null();
  session.user_agent = row.text_or_null();
  session.authentication = authentication_from(row);
  return session;
}

}  // namespace taskward::store
