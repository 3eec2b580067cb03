#include "taskward/api/bodies.hpp"
#include "taskward/base/rfc3339.hpp"

namespace taskward::api {
namespace {

void write_text_or_null(json::Writer& w, const std::optional<std::string>& text) {
  if (text)
    w.string(*text);
  else
    w.null();
}

void write_time_or_null(json::Writer& w, const std::optional<Timestamp>& moment) {
  if (moment)
    w.string(rfc3339(*moment));
  else
    w.null();
}

void write_texts(json::Writer& w, const std::vector<std::string>& texts) {
  w.begin_array();
  for (const std::string& text : texts) w.string(text);
  w.end_array();
}

}  // namespace

const std::vector<Part<model::User>>& user_parts() {
  using model::User;
  static const std::vector<Part<User>> parts{
      {"id", [](json::Writer& w, const User& user) { w.string(user.id.text()); }},
      {"email", [](json::Writer& w, const User& user) { write_text_or_null(w, user.email); }},
      {"username", [](json::Writer& w, const User& user) { write_text_or_null(w, user.username); }},
      {"name", [](json::Writer& w, const User& user) { write_text_or_null(w, user.name); }},
      {"email_verified", [](json::Writer& w, const User& user) { w.boolean(user.email_verified); }},
      {"role", [](json::Writer& w, const User& user) { w.string(model::name(user.role)); }},
      {"is_active", [](json::Writer& w, const User& user) { w.boolean(user.is_active); }},
      {"created_at", [](json::Writer& w, const User& user) { w.string(rfc3339(user.created_at)); }},
  };
  return parts;
}

const std::vector<Part<model::Task>>& task_parts() {
  using model::Task;
  static const std::vector<Part<Task>> parts{
      {"id", [](json::Writer& w, const Task& task) { w.string(task.id.text()); }},
      {"title", [](json::Writer& w, const Task& task) { w.string(task.title); }},
      {"description", [](json::Writer& w, const Task& task) { w.string(task.description); }},
      {"status", [](json::Writer& w, const Task& task) { w.string(model::name(task.status)); }},
      {"priority", [](json::Writer& w, const Task& task) { w.string(model::name(task.priority)); }},
      {"due_at", [](json::Writer& w, const Task& task) { write_time_or_null(w, task.due_at); }},
      {"tags", [](json::Writer& w, const Task& task) { write_texts(w, task.tags); }},
      {"created_at", [](json::Writer& w, const Task& task) { w.string(rfc3339(task.created_at)); }},
      {"updated_at", [](json::Writer& w, const Task& task) { w.string(rfc3339(task.updated_at)); }},
      {"completed_at", [](json::Writer& w, const Task& task) { write_time_or_null(w, task.completed_at); }},
      {"version", [](json::Writer& w, const Task& task) { w.number(task.version); }},
  };
  return parts;
}

const std::vector<Part<model::Task>>& trashed_task_parts() {
  static const auto parts = [] {
    std::vector<Part<model::Task>> all = task_parts();
    all.push_back({"deleted_at",
                   [](json::Writer& w, const model::Task& task) { write_time_or_null(w, task.deleted_at); }});
    return all;
  }();
  return parts;
}

const std::vector<Part<domain::RefusedTask>>& refused_task_parts() {
  using domain::RefusedTask;
  static const std::vector<Part<RefusedTask>> parts{
      {"line",
       [](json::Writer& w, const RefusedTask& task) { w.number(static_cast<std::int64_t>(task.line)); }},
      {"code", [](json::Writer& w, const RefusedTask& task) { w.string(task.code); }},
      {"message", [](json::Writer& w, const RefusedTask& task) { w.string(task.message); }},
  };
  return parts;
}

const std::vector<Part<model::TokenPair>>& token_pair_parts() {
  using model::TokenPair;
  static const std::vector<Part<TokenPair>> parts{
      {"access_token", [](json::Writer& w, const TokenPair& pair) { w.string(pair.access_token.reveal()); }},
      {"refresh_token",
       [](json::Writer& w, const TokenPair& pair) { w.string(pair.refresh_token.reveal()); }},
      {"token_type", [](json::Writer& w, const TokenPair&) { w.string("Bearer"); }},
      {"expires_in", [](json::Writer& w, const TokenPair& pair) { w.number(pair.expires_in.count()); }},
      {"refresh_expires_in",
       [](json::Writer& w, const TokenPair& pair) { w.number(pair.refresh_expires_in.count()); }},
      {"user", [](json::Writer& w, const TokenPair& pair) { write_object(w, pair.user, user_parts()); }},
  };
  return parts;
}

const std::vector<Part<model::Session>>& session_parts() {
  using model::Session;
  static const std::vector<Part<Session>> parts{
      {"id", [](json::Writer& w, const Session& session) { w.string(session.id.text()); }},
      {"method", [](json::Writer& w, const Session& session) { w.string(session.method); }},
      {"created_at", [](json::Writer& w, const Session& session) { w.string(rfc3339(session.created_at)); }},
      {"last_used_at",
       [](json::Writer& w, const Session& session) { w.string(rfc3339(session.last_used_at)); }},
      {"expires_at", [](json::Writer& w, const Session& session) { w.string(rfc3339(session.expires_at)); }},
      {"client_address",
       [](json::Writer& w, const Session& session) { write_text_or_null(w, session.client_address); }},
      {"user_agent",
       [](json::Writer& w, const Session& session) { write_text_or_null(w, session.user_agent); }},
      {"current", [](json::Writer& w, const Session& session) { w.boolean(session.current); }},
  };
  return parts;
}

const std::vector<Part<model::AuditEvent>>& activity_parts() {
  using model::AuditEvent;
  static const std::vector<Part<AuditEvent>> parts{
      {"id", [](json::Writer& w, const AuditEvent& event) { w.string(event.id.text()); }},
      {"at", [](json::Writer& w, const AuditEvent& event) { w.string(rfc3339(event.at)); }},
      {"action", [](json::Writer& w, const AuditEvent& event) { w.string(event.action); }},
      {"outcome", [](json::Writer& w, const AuditEvent& event) { w.string(event.outcome); }},
      {"reason", [](json::Writer& w, const AuditEvent& event) { write_text_or_null(w, event.reason); }},
      {"client_address",
       [](json::Writer& w, const AuditEvent& event) { write_text_or_null(w, event.client_address); }},
      {"user_agent",
       [](json::Writer& w, const AuditEvent& event) { write_text_or_null(w, event.user_agent); }},
      {"request_id",
       [](json::Writer& w, const AuditEvent& event) { write_text_or_null(w, event.request_id); }},
      {"changed_fields",
       [](json::Writer& w, const AuditEvent& event) { write_texts(w, event.changed_fields); }},
  };
  return parts;
}

const std::vector<Part<domain::CodeRequested>>& code_requested_parts() {
  using domain::CodeRequested;
  static const std::vector<Part<CodeRequested>> parts{
      {"challenge", [](json::Writer& w, const CodeRequested& code) { w.string(code.challenge.reveal()); }},
      {"expires_in", [](json::Writer& w, const CodeRequested& code) { w.number(code.expires_in.count()); }},
      {"resend_after",
       [](json::Writer& w, const CodeRequested& code) { w.number(code.resend_after.count()); }},
  };
  return parts;
}

}  // namespace taskward::api
