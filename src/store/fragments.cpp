#include "fragments.hpp"

#include "taskward/crypto/encoding.hpp"

namespace taskward::store {

constexpr std::string_view kCaller = R"(
with caller as (
  select u.id, u.role, u.auth_epoch, u.tasks_indexed,
         case when u.second_factor then u.role || '+' else u.role end = any($3::text[]) as permitted,
         null::uuid as token_id
    from taskward.sessions s join taskward.users u on u.id = s.user_id and u.auth_epoch = s.auth_epoch
   where s.user_id = $2::uuid and s.id = $1::uuid
     and s.revoked_at is null and s.expires_at > now() and u.is_active
))";

constexpr std::string_view kTokenCaller = R"(
with caller as (
  select u.id, u.role, u.auth_epoch, u.tasks_indexed,
         case when u.second_factor then u.role || '+' else u.role end = any($3::text[]) and t.scopes && $3::text[]
           as permitted, t.id as token_id
    from taskward.personal_tokens t join taskward.users u on u.id = t.user_id
   where t.user_id = $2::uuid and t.id = $1::uuid
     and t.revoked_at is null and t.expires_at > now() and u.is_active
))";

constinit const db::Form kByToken{"/token", kCaller, kTokenCaller};

std::string parameter(int number) { return '$' + std::to_string(number); }

void add_caller(db::Params& params, const model::Bearer& access) {
  params.uuid(access.credential()).id(access.user()).literal(access.permitted().data());
  if (access.kind() == model::Bearer::Kind::personal_token) params.in_form(kByToken);
}

void add_stamp(db::Params& params, const model::AuditStamp& stamp) {
  params.id(stamp.id)
      .text_or_null(stamp.origin.request_id)
      .text_or_null(stamp.origin.client_address)
      .text_or_null(stamp.origin.user_agent);
}

std::string quoted(model::AuditAction action) { return '\'' + std::string(model::name(action)) + '\''; }

std::string interval(std::chrono::seconds length) {
  return "interval '" + std::to_string(length.count()) + " seconds'";
}

std::string bytea_text(std::string_view bytes) { return "\\x" + crypto::hex(bytes); }

std::string audit_columns_and_token() {
  return std::string(kAuditColumns.substr(0, kAuditColumns.size() - 1)) + ", token_id)";
}

std::string stamp_values(int first) {
  const auto at = [&](int offset) { return '$' + std::to_string(first + offset); };
  return at(0) + "::uuid, " + at(1) + "::text, " + at(2) + "::text::inet, " + at(3) + "::text";
}

std::string asked_id(std::string_view id) {
  return "nullif(" + std::string(id) + "::uuid, '" + Uuid{}.text() + "')";
}

std::string audit_action(model::AuditAction action, std::string_view object_type, std::string_view performed,
                         std::string_view changed_fields, std::string_view asked_object) {
  const std::string asked = quoted(action);
  const std::string denied = quoted(model::AuditAction::access_denied);
  return ", audited as (insert into taskward.audit " + audit_columns_and_token() + " select " +
         stamp_values(4) + ", c.id, c.role, case when c.permitted then " + asked + " else " + denied +
         " end, '" + std::string(object_type) + "', coalesce(d.id, " + asked_id(asked_object) +
         "), case when c.permitted then 'success' else 'denied' end," + " case when not c.permitted then " +
         asked + " end, " + std::string(changed_fields) + ", c.token_id from caller c left join " +
         std::string(performed) + " d on true where d.id is not null or not c.permitted)";
}

std::string queue_mail(std::string_view name, int first, std::string_view from) {
  const auto at = [&](int offset) { return '$' + std::to_string(first + offset); };
  return ", " + std::string(name) +
         " as (insert into taskward.outbox (id, kind, sealed, useful_until) select " + at(0) + "::uuid, " +
         at(1) + "::text, " + at(2) + "::bytea, now() + make_interval(secs => " + at(3) +
         "::double precision) from " + std::string(from) + ')';
}

void add_mail(db::Params& params, const SealedMail& mail) {
  params.id(mail.id).text(model::name(mail.kind)).bytes(mail.sealed);
  if (mail.useful_for)
    params.number(mail.useful_for->count());
  else
    params.null();
}

Error session_ended_error() {
  return {ErrorCode::invalid_token,
          "The session or personal access token is no longer valid, or the account is not active.",
          "no live session or token"};
}

Result<db::RowReader> permitted_row(const db::Rows& rows) {
  if (rows.empty()) return session_ended_error();
  db::RowReader row = rows.row(0);
  if (!row.boolean()) return Error(ErrorCode::forbidden);
  return row;
}

std::string same_name(std::string_view column, const std::string& value) {
  return "lower(" + std::string(column) + " collate \"C\") = lower(" + value + "::text collate \"C\")";
}

std::string user_columns(std::string_view alias) {
  const std::string a = std::string(alias) + '.';
  return a + "id, " + a + "email, " + a + "username, " + a + "name, " + a +
         "email_verified_at is not null, " + a + "role, " + a + "is_active, " + a + "second_factor, " + a +
         "created_at";
}

model::User user_from(db::RowReader& row) {
  model::User user;
  user.id = row.id<UserId>();
  user.email = row.text_or_null();
  user.username = row.text_or_null();
  user.name = row.text_or_null();
  user.email_verified = row.boolean();
  user.role = model::role(row.view()).value();
  user.is_active = row.boolean();
  user.has_second_factor = row.boolean();
  user.created_at = row.timestamp();
  return user;
}

}  // namespace taskward::store
