#include "audit_rows.hpp"

#include <charconv>

#include "fragments.hpp"

namespace taskward::store {

std::string plain_texts(const std::string& column) {
  return "case when " + column + " is not null then array(select coalesce(field, '') from unnest(" + column +
         ") field) end";
}

std::string audit_record_columns(std::string_view alias) {
  const std::string a = std::string(alias) + '.';
  return a + "id, least(greatest(" + a +
         "at, timestamptz '0001-01-01 00:00:00+00'), timestamptz '9999-12-31 23:59:59.999999+00'), " + a +
         "xid::text, " + a + "actor_id, " + a + "actor_role, " + a + "action, " + a + "object_type, " + a +
         "object_id, " + a + "outcome, " + a + "reason, case when masklen(" + a +
         "client_address) = case family(" + a + "client_address) when 4 then 32 else 128 end then host(" + a +
         "client_address) else text(" + a + "client_address) end, " + a + "user_agent, " + a +
         "request_id, " + plain_texts(a + "changed_fields") + ", " + a + "token_id";
}

std::string event_by(std::string_view alias, std::string_view account) {
  const std::string a = std::string(alias) + '.';
  return a + "actor_id = " + std::string(account) + " and " + a + "action not like 'task.%'";
}

std::string event_on(std::string_view alias, std::string_view account) {
  const std::string a = std::string(alias) + '.';
  return a + "object_id = " + std::string(account) + " and " + a + "action not like 'task.%' and " + a +
         "action <> " + quoted(model::AuditAction::session_refresh);
}

model::AuditRecord audit_record_from(db::RowReader& row) {
  model::AuditRecord record;
  record.id = row.id<AuditId>();
  record.at = row.timestamp();
  const std::string_view digits = row.view();
  std::from_chars(digits.data(), digits.data() + digits.size(), record.transaction);
  if (row.is_null())
    row.skip();
  else
    record.actor_id = row.id<UserId>();
  record.actor_role = row.text_or_null();
  record.action = row.text();
  record.object_type = row.text_or_null();
  if (row.is_null())
    row.skip();
  else
    record.object_id = row.uuid();
  record.outcome = row.text();
  record.reason = row.text_or_null();
  record.client_address = row.text_or_null();
  record.user_agent = row.text_or_null();
  record.request_id = row.text_or_null();
  if (row.is_null())
    row.skip();
  else
    record.changed_fields = row.texts();
  if (row.is_null())
    row.skip();
  else
    record.token_id = row.id<PersonalTokenId>();
  return record;
}

}  // namespace taskward::store
