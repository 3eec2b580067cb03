// Values that the published examples are made of. They are written by the tables that write real ones.
#pragma once

#include <string>
#include <string_view>

#include "taskward/api/bodies.hpp"

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
  model::Task tea;
  tea.id = TaskId::parse("01936b60-1f00-7c52-8e4f-7a1d3c9b0e55").value();
  tea.title = "Water the plants";
  tea.description = "Those on the balcony too.";
  tea.priority = model::TaskPriority::normal;
  tea.due_at = moment("2026-02-01T18:00:00.000Z");
  tea.tags = {"home"};
  tea.created_at = moment("2026-01-15T09:31:00.000Z");
  tea.updated_at = tea.created_at;
  return tea;
}

[[nodiscard]] inline model::Task trashed_task() {
  model::Task tea = task();
  tea.version = 2;
  tea.deleted_at = tea.updated_at = moment("2026-01-16T08:00:00.000Z");
  return tea;
}

[[nodiscard]] inline model::TokenPair token_pair() {
  using std::chrono::seconds;
  return {Secret("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTkzNmI1ZSJ9.c2lnbmF0dXJl"),
          Secret("eyJhbGciOiJFUzI1NiIsInR5cCI6InJ0K2p3dCJ9.eyJzdWIiOiIwMTkzNmI1ZSJ9.c2lnbmF0dXJl"),
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

}  // namespace taskward::api::samples
