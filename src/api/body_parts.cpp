#include "taskward/api/bodies.hpp"
#include "user_part_list.hpp"

namespace taskward::api {
namespace {

std::string_view token_type(const model::TokenPair&) { return "Bearer"; }  // RFC 6750

}  // namespace

const Parts<model::User>& user_parts() {
  static const Parts<model::User> parts{"User", user_part_list<model::User>()};
  return parts;
}

const Parts<model::Task>& task_parts() {
  using model::Task;
  static const Parts<Task> parts{
      "Task",
      {
          part<&Task::id>("id"),
          part<&Task::title>("title"),
          part<&Task::description>("description"),
          part<&Task::status>("status"),
          part<&Task::priority>("priority"),
          part<&Task::due_at>("due_at"),
          part<&Task::tags>("tags", "A set, sorted."),
          part<&Task::created_at>("created_at"),
          part<&Task::updated_at>("updated_at"),
          part<&Task::completed_at>("completed_at", "Null unless the status is done."),
          part<&Task::version>("version", "Counts changes, from 1; also the entity tag."),
      }};
  return parts;
}

const Parts<model::Task>& trashed_task_parts() {
  static const auto parts = [] {
    Parts<model::Task> all{"TrashedTask", task_parts().list};
    all.list.push_back(part<&model::Task::deleted_at>("deleted_at", "When it went into the trash."));
    return all;
  }();
  return parts;
}

const Parts<TaskPageBody>& task_page_parts() {
  using Body = TaskPageBody;
  static const Parts<Body> parts{
      "TaskPage",
      {
          objects_part<&Body::items, &task_parts>("items"),
          part<&Body::limit>("limit"),
          part_if_any<&Body::offset>("offset", "Not on a page that a cursor asked for."),
          part_if_any<&Body::next_cursor>("next_cursor", "Not on the last page."),
          part_if_any<&Body::total>("total", "With count=true: how many there are on all pages."),
      }};
  return parts;
}

const Parts<TaskPageBody>& trash_page_parts() {
  static const auto parts = [] {
    Parts<TaskPageBody> all{"TrashPage", task_page_parts().list};
    all.list.front() = objects_part<&TaskPageBody::items, &trashed_task_parts>("items");
    return all;
  }();
  return parts;
}

const Parts<domain::BatchDone>& batch_done_parts() {
  using domain::BatchDone;
  static const Parts<BatchDone> parts{"BatchDone",
                                      {
                                          objects_part<&BatchDone::created, &task_parts>("created"),
                                          objects_part<&BatchDone::updated, &task_parts>("updated"),
                                          part<&BatchDone::removed>("deleted"),
                                      }};
  return parts;
}

const Parts<domain::RefusedTask>& refused_task_parts() {
  using domain::RefusedTask;
  static const Parts<RefusedTask> parts{
      "RefusedTask",
      {
          part<&RefusedTask::line>("line", "Of the file, from 1, on which the task begins."),
          part<&RefusedTask::code>("code"),
          part<&RefusedTask::message>("message"),
      }};
  return parts;
}

const Parts<domain::ImportOutcome>& import_outcome_parts() {
  using domain::ImportOutcome;
  static const Parts<ImportOutcome> parts{
      "ImportOutcome",
      {
          part<&ImportOutcome::imported>("imported"),
          objects_part<&ImportOutcome::refused, &refused_task_parts>("refused"),
      }};
  return parts;
}

const Parts<model::TokenPair>& token_pair_parts() {
  using model::TokenPair;
  static const Parts<TokenPair> parts{
      "TokenPair",
      {
          part<&TokenPair::access_token>("access_token", "A JWT of RFC 9068."),
          part<&TokenPair::refresh_token>("refresh_token", "A JWT that is turned in once for the next pair."),
          derived_part<TokenPair, &token_type>("token_type"),
          part<&TokenPair::expires_in>("expires_in", "Seconds, of the access token."),
          part<&TokenPair::refresh_expires_in>("refresh_expires_in", "Seconds, of the refresh token."),
          object_part<&TokenPair::user, &user_parts>("user"),
      }};
  return parts;
}

const Parts<model::Session>& session_parts() {
  using model::Session;
  static const Parts<Session> parts{
      "Session",
      {
          part<&Session::id>("id"),
          part<&Session::method>("method", "How it began: password or otp."),
          part<&Session::created_at>("created_at"),
          part<&Session::last_used_at>("last_used_at"),
          part<&Session::expires_at>("expires_at"),
          part<&Session::client_address>("client_address", "Of the last use."),
          part<&Session::user_agent>("user_agent"),
          part<&Session::current>("current", "Whether it is the one that asks."),
      }};
  return parts;
}

const Parts<SessionListBody>& session_list_parts() {
  static const Parts<SessionListBody> parts{"SessionList",
                                            {objects_part<&SessionListBody::items, &session_parts>("items")}};
  return parts;
}

const Parts<model::AuditEvent>& activity_parts() {
  using model::AuditEvent;
  static const Parts<AuditEvent> parts{"ActivityEvent",
                                       {
                                           part<&AuditEvent::id>("id"),
                                           part<&AuditEvent::at>("at"),
                                           part<&AuditEvent::action>("action"),
                                           part<&AuditEvent::outcome>("outcome"),
                                           part<&AuditEvent::reason>("reason"),
                                           part<&AuditEvent::client_address>("client_address"),
                                           part<&AuditEvent::user_agent>("user_agent"),
                                           part<&AuditEvent::request_id>("request_id"),
                                           part<&AuditEvent::changed_fields>("changed_fields"),
                                       }};
  return parts;
}

const Parts<ActivityPageBody>& activity_page_parts() {
  using Body = ActivityPageBody;
  static const Parts<Body> parts{
      "ActivityPage",
      {
          objects_part<&Body::items, &activity_parts>("items"),
          part<&Body::limit>("limit"),
          part_if_any<&Body::next_cursor>("next_cursor", "Where there may be more."),
      }};
  return parts;
}

const Parts<domain::CodeRequested>& code_requested_parts() {
  using domain::CodeRequested;
  static const Parts<CodeRequested> parts{
      "CodeRequested",
      {
          part<&CodeRequested::challenge>("challenge", "To be given back with the code."),
          part<&CodeRequested::expires_in>("expires_in", "Seconds."),
          part<&CodeRequested::resend_after>("resend_after", "Seconds until another code can be asked for."),
      }};
  return parts;
}

const Parts<GreetingBody>& greeting_parts() {
  static const Parts<GreetingBody> parts{"Greeting",
                                         {
                                             part<&GreetingBody::message>("message"),
                                             object_part<&GreetingBody::user, &user_parts>("user"),
                                         }};
  return parts;
}

const Parts<FieldFault>& field_fault_parts() {
  static const Parts<FieldFault> parts{
      "FieldFault",
      {
          part<&FieldFault::field>("field", "The member or parameter, such as `title` or `update[2].title`."),
          part<&FieldFault::code>("code"),
          part<&FieldFault::message>("message", "What is allowed."),
      }};
  return parts;
}

const Parts<ProblemBody>& problem_parts() {
  using Body = ProblemBody;
  static const Parts<Body> parts{
      "Problem",
      {
          part<&Body::type>("type"),
          part<&Body::title>("title", "The phrase of the status."),
          part<&Body::status>("status"),
          part<&Body::detail>("detail", "For a person."),
          part<&Body::code>("code", "Stable; for programs."),
          part<&Body::request_id>("request_id", "As in X-Request-Id."),
          objects_part_if_any<&Body::errors, &field_fault_parts>("errors", "All that is wrong, at once."),
      }};
  return parts;
}

const Parts<ServiceStateBody>& service_state_parts() {
  static const Parts<ServiceStateBody> parts{"ServiceState", {part<&ServiceStateBody::status>("status")}};
  return parts;
}

}  // namespace taskward::api
