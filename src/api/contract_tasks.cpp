// The published contract of tasks.
#include "contract.hpp"
#include "contract_samples.hpp"
#include "query_facts.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Tasks";
static_assert(model::kTrashPeriod == std::chrono::days(30), "said below");
constexpr const char* kTask =
    R"({"title":"Water the plants","priority":"normal","due_at":"2026-02-01T18:00:00Z","tags":["home"]})";
constexpr const char* kChange = R"({"status":"done"})";

AnswerFacts task(int status, std::string_view meaning, std::vector<std::string_view> headers = {"ETag"}) {
  return answer_of(status, meaning, samples::task(), task_parts(), std::move(headers));
}

/// Problems of a request whose conditions or key may not hold.
std::vector<ErrorCode> with_key(std::vector<ErrorCode> more) {
  more.insert(more.end(),
              {E::bad_request, E::precondition_failed, E::quota_exceeded, E::idempotency_key_reused,
               E::idempotency_key_in_use, E::answer_erased, E::validation_failed});
  return more;
}

Operation change(std::string_view route, std::string_view summary) {
  return {.route = route,
          .tag = kTag,
          .summary = summary,
          .description =
              "The members that are given change, the others stay; null takes away what a task can be "
              "without. With `If-Match` only if the version is still that one.",
          .headers = {"If-Match", "If-None-Match"},
          .body = body_of(task_change_shape(), {kChange, R"({"due_at":null})"}),
          .answers = {task(200, "The task as it is now.")},
          .problems = {E::bad_request, E::precondition_failed}};
}

/// A page of what lies in the list or in the trash, of which each has its own form.
AnswerFacts pages() {
  AnswerFacts page =
      answer_of(200, "A page of tasks.",
                TaskPageBody{{samples::task()}, model::kPageLimitDefault, 0, std::nullopt, std::nullopt},
                task_page_parts(), {"Link"});
  page.schema = Schema();
  page.schema.any_of = {task_page_parts().name, trash_page_parts().name};
  return page;
}

AnswerFacts file() {
  json::Writer w;
  w.begin_array();
  write_object(w, samples::task(), task_parts());
  w.end_array();
  return {200,
          "The file, by its format.",
          "application/json",
          array_schema(object_schema(task_parts().name)),
          {"Content-Disposition"},
          w.take()};
}

AnswerFacts text_file(std::string_view media_type, std::string example) {
  Schema schema;
  return {200, "The file, by its format.", media_type, schema, {"Content-Disposition"}, std::move(example)};
}

BodyFacts task_file() {
  Schema schema = array_schema(object_schema(imported_task_shape().name),
                               "Or, as text/csv, a line of names and a line a task.");
  schema.most = static_cast<std::int64_t>(domain::kImportMax);
  return {Presence::required,
          {"application/json", "text/csv"},
          std::move(schema),
          {R"([{"title":"Water the plants","status":"done"},{"title":"Call Bob"}])"},
          {}};
}

}  // namespace

Operations task_operations() {
  return {
      {.route = "list_tasks",
       .tag = kTag,
       .summary = "List one's own tasks",
       .description =
           "Pages follow by `next_cursor`, or by the `Link` header with `rel=\"next\"`. All filters that are "
           "given must hold.",
       .query = task_query_facts(),
       .answers = {pages()}},
      {.route = "create_task",
       .tag = kTag,
       .summary = "Make a task",
       .description = "With an `Idempotency-Key` a repetition gets the first answer and makes nothing.",
       .headers = {"Idempotency-Key"},
       .body = body_of(new_task_shape(), {kTask, R"({"title":"Call Bob"})"}),
       .answers = {task(201, "The task.", {"ETag", "Location"})},
       .problems = with_key({})},
      {.route = "batch_tasks",
       .tag = kTag,
       .summary = "Make, change and delete many tasks",
       .description = "All of it, or nothing; faults name their place, such as `update[2].title`.",
       .headers = {"Idempotency-Key"},
       .body = body_of(
           task_batch_shape(),
           {R"({"create":[{"title":"Call Bob"}],"update":[{"id":"01936b60-1f00-7c52-8e4f-7a1d3c9b0e55",)"
            R"("version":1,"status":"done"}],"delete":["01936b60-2a00-7d63-9f50-8b2e4dac1f66"]})"}),
       .answers = {answer_of(200, "What has been done, in the order of the batch.",
                             domain::BatchDone{{samples::task()}, {}, {samples::task().id}},
                             batch_done_parts())},
       .problems = with_key({})},
      {.route = "export_tasks",
       .tag = kTag,
       .summary = "Take all of one's own tasks as a file",
       .description = "Streamed; the trash is not in it. A JSON export can be imported as it is.",
       .query = task_export_query_facts(),
       .answers = {file(), text_file("text/csv; charset=utf-8", "title,status\r\nWater the plants,todo\r\n"),
                   text_file("text/calendar; charset=utf-8",
                             "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")}},
      {.route = "import_tasks",
       .tag = kTag,
       .summary = "Make tasks of a file",
       .description =
           "JSON as an export has it, or CSV with a line of names first; up to 16 MiB. What cannot be a task "
           "is told of, and the rest is made.",
       .headers = {"Idempotency-Key"},
       .body = task_file(),
       .answers = {answer_of(200, "How many were made, and what was refused.",
                             domain::ImportOutcome{2, {{3, "required", "title: is required"}}},
                             import_outcome_parts())},
       .problems = with_key({})},
      {.route = "read_task",
       .tag = kTag,
       .summary = "Show a task",
       .description = "Also one that lies in the trash is not found here.",
       .headers = {"If-None-Match"},
       .answers = {task(200, "The task."), {304, "The client has this version.", {}, {}, {"ETag"}}},
       .problems = {E::bad_request, E::validation_failed}},
      change("replace_task", "Change a task, by PUT"),
      change("change_task", "Change a task"),
      {.route = "delete_task",
       .tag = kTag,
       .summary = "Delete a task",
       .description = "Into the trash, where it stays for 30 days, or for good.",
       .query = task_deletion_query_facts(),
       .headers = {"If-Match", "If-None-Match"},
       .answers = {nothing("It is deleted.")},
       .problems = {E::bad_request, E::precondition_failed}},
      {.route = "restore_task",
       .tag = kTag,
       .summary = "Take a task back from the trash",
       .description = "With its next version.",
       .headers = {"If-Match", "If-None-Match"},
       .answers = {task(200, "The task, back in the list.")},
       .problems = {E::bad_request, E::precondition_failed, E::quota_exceeded, E::validation_failed}},
  };
}

}  // namespace taskward::api
