// Sample values for the examples of the OpenAPI document. They are written by the same tables as real ones.
#pragma once

#include <string>
#include <string_view>

#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/codes.hpp"
#include "taskward/domain/personal_tokens.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/audit_record.hpp"
#include "taskward/model/personal_token.hpp"
#include "taskward/model/session.hpp"
#include "taskward/model/task.hpp"
#include "taskward/model/user.hpp"

namespace taskward::api::samples {

[[nodiscard]] inline Timestamp moment(std::string_view text) { return parse_rfc3339(text).value(); }

[[nodiscard]] inline model::User user() {
  model::User ada;
  ada.id = UserId::parse("01936b5e-8c00-7a31-9d3e-5b0c6f1a2d44").value();
  ada.email = "ada@example.org";
  ada.name = "Ada";
  ada.email_verified = true;
  ada.created_at = moment("2026-01-15T09:30:00.000Z");
  return ada;
}

[[nodiscard]] inline model::Task task() {
  model::Task plants;
  plants.id = TaskId::parse("01936b60-1f00-7c52-8e4f-7a1d3c9b0e55").value();
  plants.title = "Water the plants";
  plants.description = "Including those on the balcony.";
  plants.priority = model::TaskPriority::normal;
  plants.due_at = moment("2026-02-01T18:00:00.000Z");
  plants.tags = {"home"};
  plants.created_at = moment("2026-01-15T09:31:00.000Z");
  plants.updated_at = plants.created_at;
  return plants;
}

[[nodiscard]] inline model::TokenPair token_pair() {
  using std::chrono::seconds;
  return {Secret("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTkzNmI1ZSJ9.c2lnbmF0dXJl"),
          Secret("eyJhbGciOiJIUzI1NiIsInR5cCI6InJ0K2p3dCJ9.eyJzdWIiOiIwMTkzNmI1ZSJ9.c2lnbmF0dXJl"),
          seconds(900), seconds(604'800), user()};
}

[[nodiscard]] inline domain::CodeRequested code_requested() {
  return {Secret("mB3xq0V9c1R7tY5uZw2kLg"), model::kCodeLifetime, model::kCodePause};
}

[[nodiscard]] inline model::Session session() {
  model::Session here;
  here.id = SessionId::parse("01936b5e-9a10-7b42-8f5a-1c2d3e4f5a6b").value();
  here.method = model::name(model::LoginMethod::password);
  here.created_at = moment("2026-01-15T09:30:05.000Z");
  here.last_used_at = moment("2026-01-16T07:59:00.000Z");
  here.expires_at = moment("2026-01-23T07:59:00.000Z");
  here.client_address = "192.0.2.7";
  here.user_agent = "curl/8.5.0";
  here.current = true;
  return here;
}

/// Fills in a token, also one with more members.
template <class Token = model::PersonalToken>
[[nodiscard]] Token personal_token() {
  Token script;
  script.id = PersonalTokenId::parse("01936b61-2c40-7e15-8a6b-3d4f5a6b7c8d").value();
  script.name = "Backup script";
  script.scopes.add(model::Scope::tasks_read);
  script.created_at = moment("2026-01-15T09:32:00.000Z");
  script.expires_at = moment("2026-04-15T09:32:00.000Z");
  return script;
}

[[nodiscard]] inline domain::CreatedToken created_token() {
  auto created = personal_token<domain::CreatedToken>();
  created.secret = Secret("tw_1Nq8ZbX4kV7cR0tY5uJw2kLgmB3xq0V9c1R7tY5uZw20aB9dE");
  return created;
}

[[nodiscard]] inline model::AuditEvent event() {
  model::AuditEvent login;
  login.id = AuditId::parse("01936b5e-9a11-7d10-9c3b-2f4e6a8c0d1e").value();
  login.at = moment("2026-01-15T09:30:05.000Z");
  login.action = model::name(model::AuditAction::session_login);
  login.outcome = "success";
  login.client_address = "192.0.2.7";
  login.user_agent = "curl/8.5.0";
  login.request_id = "5f1d7a3c9e2b4d6f8a0c1e3b5d7f9a1c";
  return login;
}

[[nodiscard]] inline model::AuditRecord audit_record() {
  const model::AuditEvent login = event();
  model::AuditRecord record;
  record.id = login.id;
  record.at = login.at;
  record.actor_id = user().id;
  record.actor_role = model::name(user().role);
  record.action = login.action;
  record.object_type = "session";
  record.object_id = session().id.uuid;
  record.outcome = login.outcome;
  record.client_address = login.client_address;
  record.user_agent = login.user_agent;
  record.request_id = login.request_id;
  return record;
}

}  // namespace taskward::api::samples
