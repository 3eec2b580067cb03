#include "taskward/api/openapi.hpp"

#include <algorithm>
#include <map>

#include "contract.hpp"
#include "openapi_components.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/base/text.hpp"

namespace taskward::api {
namespace {

using json::Writer;

constexpr std::string_view kProblemType = "application/problem+json";
constexpr std::string_view kDescription =
    "Taskward manages tasks. Request and response bodies are JSON in UTF-8, ids are UUIDv7, and times are "
    "RFC 3339 "
    "in UTC. A trailing slash in a path is ignored. `HEAD` is supported wherever `GET` is, and `OPTIONS` on "
    "every "
    "path. Errors are `application/problem+json` documents (RFC 9457) with a stable `code`. Errors generated "
    "by "
    "nginx (400, 404, 405, 408, 413, 414, 421, 429, 431, 5xx) have the same form.";

void write_headers(Writer& w, const std::vector<std::string_view>& names) {
  w.key("headers");
  w.begin_object();
  for (const std::string_view name : names) {
    w.key(name);
    write_reference(w, "headers", name);
  }
  w.end_object();
}

void write_content(Writer& w, std::string_view media_type, const Schema& schema, const std::string& example) {
  w.key(media_type);
  w.begin_object();
  w.key("schema");
  write_schema(w, schema);
  if (!example.empty()) {
    w.key("example");
    if (schema.type == Schema::Type::string && schema.any_of.empty())
      w.string(example);
    else
      w.raw(example);
  }
  w.end_object();
}

std::vector<std::string_view> with_request_id(std::vector<std::string_view> headers) {
  headers.push_back("X-Request-Id");
  return headers;
}

/// All responses of one status, which have different media types.
void write_answers(Writer& w, int status, const std::vector<const AnswerFacts*>& answers) {
  w.key(std::to_string(status));
  w.begin_object();
  write_member(w, "description", answers.front()->meaning);
  std::vector<std::string_view> headers;
  for (const AnswerFacts* answer : answers) {
    for (const std::string_view header : answer->headers)
      if (std::find(headers.begin(), headers.end(), header) == headers.end()) headers.push_back(header);
  }
  write_headers(w, with_request_id(std::move(headers)));
  if (!answers.front()->media_type.empty()) {
    w.key("content");
    w.begin_object();
    for (const AnswerFacts* answer : answers)
      write_content(w, answer->media_type, answer->schema, answer->example);
    w.end_object();
  }
  w.end_object();
}

void write_problems(Writer& w, int status, const std::vector<ErrorCode>& codes) {
  w.key(std::to_string(status));
  w.begin_object();
  std::vector<std::string> lines;
  for (const ErrorCode code : codes)
    lines.push_back('`' + std::string(facts(code).name) + "`: " + std::string(facts(code).detail));
  std::vector<std::string_view> views(lines.begin(), lines.end());
  write_member(w, "description", joined(views, "\n\n"));
  std::vector<std::string_view> headers{"X-Request-Id"};
  if (status == 401) headers.push_back("WWW-Authenticate");
  if (status == 423 || status == 429 || status == 503) headers.push_back("Retry-After");
  write_headers(w, headers);
  w.key("content");
  w.begin_object();
  w.key(kProblemType);
  w.begin_object();
  w.key("schema");
  write_reference(w, "schemas", problem_parts().name);
  w.key("examples");
  w.begin_object();
  for (const ErrorCode code : codes) {
    w.key(facts(code).name);
    write_reference(w, "examples", facts(code).name);
  }
  w.end_object();
  w.end_object();
  w.end_object();
  w.end_object();
}

void write_responses(Writer& w, const Route& route, const Operation& operation) {
  std::map<int, std::vector<const AnswerFacts*>> answers;
  for (const AnswerFacts& answer : operation.answers) answers[answer.status].push_back(&answer);
  std::map<int, std::vector<ErrorCode>> problems;
  for (const ErrorCode code : problems_of(route, operation)) problems[facts(code).status].push_back(code);
  w.key("responses");
  w.begin_object();
  for (const auto& [status, some] : answers) write_answers(w, status, some);
  for (const auto& [status, codes] : problems) write_problems(w, status, codes);
  w.end_object();
}

void write_id(Writer& w) {
  w.begin_object();
  write_member(w, "name", "id");
  write_member(w, "in", "path");
  w.key("required");
  w.boolean(true);
  write_member(w, "description", "The id of the resource.");
  Schema schema;
  schema.format = "uuid";
  w.key("schema");
  write_schema(w, schema);
  w.end_object();
}

void write_query_parameter(Writer& w, const ParameterFacts& facts) {
  w.begin_object();
  write_member(w, "name", facts.name);
  write_member(w, "in", "query");
  if (!facts.schema.note.empty()) write_member(w, "description", facts.schema.note);
  Schema schema = facts.schema;
  schema.note = {};
  if (facts.repeats != Repeats::no) {
    write_member(w, "style", "form");
    w.key("explode");
    // OpenAPI can describe only one of the two forms: the comma-separated list, if it is accepted.
    w.boolean(facts.repeats == Repeats::yes);
  }
  w.key("schema");
  write_schema(w, schema);
  w.end_object();
}

void write_parameters(Writer& w, const Route& route, const Operation& operation) {
  const bool has_id = route.path.find("{id}") != std::string_view::npos;
  if (!has_id && operation.query.empty() && operation.headers.empty()) return;
  w.key("parameters");
  w.begin_array();
  if (has_id) write_id(w);
  for (const ParameterFacts& facts : operation.query) write_query_parameter(w, facts);
  for (const std::string_view name : operation.headers) write_reference(w, "parameters", name);
  w.end_array();
}

void write_body(Writer& w, const BodyFacts& body) {
  w.key("requestBody");
  w.begin_object();
  w.key("required");
  w.boolean(body.presence == Presence::required);
  w.key("content");
  w.begin_object();
  for (const std::string_view media_type : body.media_types) {
    w.key(media_type);
    w.begin_object();
    w.key("schema");
    if (media_type == "application/json") {
      write_schema(w, body.schema);
    } else {
      write_schema(w, Schema());
    }
    if (media_type == "application/json" && !body.examples.empty()) {
      w.key("examples");
      w.begin_object();
      for (std::size_t i = 0; i < body.examples.size(); ++i) {
        w.key("example_" + std::to_string(i + 1));
        w.begin_object();
        w.key("value");
        w.raw(body.examples[i]);
        w.end_object();
      }
      w.end_object();
    }
    w.end_object();
  }
  w.end_object();
  w.end_object();
}

/// The schemes are alternatives; an empty one means that no token is required.
void write_security(Writer& w, const Route& route, const Operation& operation) {
  std::vector<std::string_view> schemes;
  switch (operation.token) {
    case Operation::Token::by_row:
      if (route.permission != model::Permission::anyone) schemes = {kAccessScheme};
      break;
    case Operation::Token::refresh:
      schemes = {"", kRefreshScheme};
      break;
    case Operation::Token::either:
      schemes = {"", kRefreshScheme, kAccessScheme};
      break;
    case Operation::Token::if_any:
      schemes = {"", kAccessScheme};
      break;
  }
  w.key("security");
  w.begin_array();
  for (const std::string_view scheme : schemes) {
    w.begin_object();
    if (!scheme.empty()) {
      w.key(scheme);
      w.begin_array();
      w.end_array();
    }
    w.end_object();
  }
  w.end_array();
}

std::string allowed_roles(const Route& route) {
  if (route.permission == model::Permission::anyone) return {};
  std::vector<std::string_view> roles;
  for (const model::Role role : model::kRoles)
    if (model::holds(role, route.permission)) roles.push_back(model::name(role));
  return " Roles: " + joined(roles, ", ") + '.';
}

void write_operation(Writer& w, const Route& route) {
  const Operation& operation = operation_of(route);
  w.key(lower(http::name(route.method)));
  w.begin_object();
  write_member(w, "operationId", route.name);
  w.key("tags");
  w.begin_array();
  w.string(operation.tag);
  w.end_array();
  write_member(w, "summary", operation.summary);
  write_member(w, "description", std::string(operation.description) + allowed_roles(route));
  write_security(w, route, operation);
  write_parameters(w, route, operation);
  if (operation.body) write_body(w, *operation.body);
  write_responses(w, route, operation);
  w.end_object();
}

void write_paths(Writer& w) {
  std::vector<std::string_view> paths;
  for (const Route& route : every_route())
    if (std::find(paths.begin(), paths.end(), route.path) == paths.end()) paths.push_back(route.path);
  w.key("paths");
  w.begin_object();
  for (const std::string_view path : paths) {
    w.key(path);
    w.begin_object();
    for (const Route& route : every_route())
      if (route.path == path) write_operation(w, route);
    w.end_object();
  }
  w.end_object();
}

void write_info(Writer& w) {
  w.key("info");
  w.begin_object();
  write_member(w, "title", "Taskward");
  write_member(w, "version", "1.0.0");
  write_member(w, "summary", "A secure task service.");
  write_member(w, "description", kDescription);
  w.key("contact");
  w.begin_object();
  write_member(w, "name", "The administrator of this server");
  w.end_object();
  w.key("license");
  w.begin_object();
  write_member(w, "name", "Apache License 2.0");
  write_member(w, "identifier", "Apache-2.0");
  w.end_object();
  w.end_object();
}

std::string write_document() {
  Writer w;
  w.begin_object();
  write_member(w, "openapi", "3.1.0");
  write_info(w);
  w.key("servers");
  w.begin_array();
  w.begin_object();
  write_member(w, "url", "/");
  write_member(w, "description", "This server.");
  w.end_object();
  w.end_array();
  w.key("tags");
  w.begin_array();
  for (const TagFacts& tag : every_tag()) {
    w.begin_object();
    write_member(w, "name", tag.name);
    write_member(w, "description", tag.description);
    w.end_object();
  }
  w.end_array();
  write_paths(w);
  write_components(w);
  w.end_object();
  return w.take();
}

}  // namespace

const std::string& openapi_document() {
  static const std::string document = write_document();
  return document;
}

}  // namespace taskward::api
