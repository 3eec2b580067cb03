#include "taskward/api/openapi.hpp"

#include <algorithm>
#include <map>

#include "contract.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/base/text.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::api {
namespace {

using json::Writer;

constexpr std::string_view kProblemType = "application/problem+json";
constexpr std::string_view kSampleRequest = "5f1d7a3c9e2b4d6f8a0c1e3b5d7f9a1c";
constexpr std::string_view kAccessScheme = "access_token";
constexpr std::string_view kRefreshScheme = "refresh_token";
constexpr std::string_view kAbout =
    "Taskward keeps tasks. Bodies are JSON in UTF-8; ids are UUIDv7; moments are RFC 3339 in UTC. A path "
    "with and "
    "without a trailing slash is the same. `HEAD` is answered wherever `GET` is, and `OPTIONS` everywhere. A "
    "problem "
    "is an `application/problem+json` document (RFC 9457), whose `code` is stable; those that nginx tells of "
    "(400, 404, 405, 408, 413, 414, 421, 429, 431, 5xx) have the same form.";

void member(Writer& w, std::string_view name, std::string_view text) {
  w.key(name);
  w.string(text);
}

void reference(Writer& w, std::string_view kind, std::string_view name) {
  w.begin_object();
  member(w, "$ref", "#/components/" + std::string(kind) + '/' + std::string(name));
  w.end_object();
}

std::string_view type_name(Schema::Type type) {
  switch (type) {
    case Schema::Type::string:
      return "string";
    case Schema::Type::boolean:
      return "boolean";
    case Schema::Type::integer:
      return "integer";
    case Schema::Type::array:
      return "array";
    case Schema::Type::object:
      return "object";
    case Schema::Type::any:
      break;
  }
  return {};
}

/// The keywords that bound a value of the type.
std::pair<std::string_view, std::string_view> bounds(Schema::Type type) {
  switch (type) {
    case Schema::Type::string:
      return {"minLength", "maxLength"};
    case Schema::Type::array:
      return {"minItems", "maxItems"};
    default:
      return {"minimum", "maximum"};
  }
}

void write_schema(Writer& w, const Schema& schema);

void write_references(Writer& w, const std::vector<std::string_view>& names) {
  w.key("anyOf");
  w.begin_array();
  for (const std::string_view name : names) reference(w, "schemas", name);
  w.end_array();
}

void write_type(Writer& w, const Schema& schema) {
  if (schema.type == Schema::Type::any) return;
  w.key("type");
  if (schema.null == Null::refused) {
    w.string(type_name(schema.type));
    return;
  }
  w.begin_array();
  w.string(type_name(schema.type));
  w.string("null");
  w.end_array();
}

void write_bounds(Writer& w, const Schema& schema) {
  const auto [least, most] = bounds(schema.type);
  const bool is_number = schema.type == Schema::Type::integer;
  if (schema.least != 0 || (is_number && schema.most != 0)) {
    w.key(least);
    w.number(schema.least);
  }
  if (schema.most != 0) {
    w.key(most);
    w.number(schema.most);
  }
}

void write_choices(Writer& w, const Schema& schema) {
  if (schema.choices.empty()) return;
  w.key("enum");
  w.begin_array();
  for (const std::string_view choice : schema.choices) w.string(choice);
  if (schema.null == Null::allowed) w.null();
  w.end_array();
}

void write_schema(Writer& w, const Schema& schema) {
  if (!schema.object.empty()) return reference(w, "schemas", schema.object);
  w.begin_object();
  if (!schema.any_of.empty()) {
    write_references(w, schema.any_of);
  } else {
    write_type(w, schema);
    if (!schema.format.empty()) member(w, "format", schema.format);
    write_bounds(w, schema);
    write_choices(w, schema);
    if (schema.items) {
      w.key("items");
      write_schema(w, *schema.items);
    }
    if (!schema.fallback.empty()) {
      w.key("default");
      w.raw(schema.fallback);
    }
  }
  if (!schema.note.empty()) member(w, "description", schema.note);
  w.end_object();
}

void write_object_schema(Writer& w, const ObjectFacts& facts) {
  w.begin_object();
  member(w, "type", "object");
  w.key("properties");
  w.begin_object();
  std::vector<std::string_view> required;
  for (const MemberFacts& one : facts.members) {
    if (one.presence == Presence::required) required.push_back(one.name);
    w.key(one.name);
    write_schema(w, one.schema);
  }
  w.end_object();
  if (!required.empty()) {
    w.key("required");
    w.begin_array();
    for (const std::string_view name : required) w.string(name);
    w.end_array();
  }
  if (facts.strangers == Strangers::refused) {
    w.key("additionalProperties");
    w.boolean(false);
  }
  w.end_object();
}

void write_headers(Writer& w, const std::vector<std::string_view>& names) {
  w.key("headers");
  w.begin_object();
  for (const std::string_view name : names) {
    w.key(name);
    reference(w, "headers", name);
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

/// The answers of one status, which differ in their media types or in what they mean.
void write_answers(Writer& w, int status, const std::vector<const AnswerFacts*>& answers) {
  w.key(std::to_string(status));
  w.begin_object();
  member(w, "description", answers.front()->meaning);
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
  member(w, "description", joined(views, "\n\n"));
  std::vector<std::string_view> headers{"X-Request-Id"};
  if (status == 401) headers.push_back("WWW-Authenticate");
  if (status == 423 || status == 429 || status == 503) headers.push_back("Retry-After");
  write_headers(w, headers);
  w.key("content");
  w.begin_object();
  w.key(kProblemType);
  w.begin_object();
  w.key("schema");
  reference(w, "schemas", problem_parts().name);
  w.key("examples");
  w.begin_object();
  for (const ErrorCode code : codes) {
    w.key(facts(code).name);
    reference(w, "examples", facts(code).name);
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
  member(w, "name", "id");
  member(w, "in", "path");
  w.key("required");
  w.boolean(true);
  member(w, "description", "The id of the thing.");
  Schema schema;
  schema.format = "uuid";
  w.key("schema");
  write_schema(w, schema);
  w.end_object();
}

void write_query_parameter(Writer& w, const ParameterFacts& facts) {
  w.begin_object();
  member(w, "name", facts.name);
  member(w, "in", "query");
  if (!facts.schema.note.empty()) member(w, "description", facts.schema.note);
  Schema schema = facts.schema;
  schema.note = {};
  if (facts.repeats != Repeats::no) {
    member(w, "style", "form");
    w.key("explode");
    // Given several times, or in one with commas between: the latter where both are taken.
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
  for (const std::string_view name : operation.headers) reference(w, "parameters", name);
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

/// Any one of the schemes will do; the empty one means no token.
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

std::string who_may(const Route& route) {
  if (route.permission == model::Permission::anyone) return {};
  std::vector<std::string_view> roles;
  for (const model::Role role : model::kRoles)
    if (model::holds(role, route.permission)) roles.push_back(model::name(role));
  return " For: " + joined(roles, ", ") + '.';
}

void write_operation(Writer& w, const Route& route) {
  const Operation& operation = operation_of(route);
  w.key(lower(http::name(route.method)));
  w.begin_object();
  member(w, "operationId", route.name);
  w.key("tags");
  w.begin_array();
  w.string(operation.tag);
  w.end_array();
  member(w, "summary", operation.summary);
  member(w, "description", std::string(operation.description) + who_may(route));
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

void write_header_components(Writer& w) {
  w.key("headers");
  w.begin_object();
  for (const HeaderFacts& header : every_answer_header()) {
    w.key(header.name);
    w.begin_object();
    member(w, "description", header.description);
    w.key("schema");
    write_schema(w, header.schema);
    member(w, "example", header.example);
    w.end_object();
  }
  w.end_object();
  w.key("parameters");
  w.begin_object();
  for (const HeaderFacts& header : every_request_header()) {
    w.key(header.name);
    w.begin_object();
    member(w, "name", header.name);
    member(w, "in", "header");
    member(w, "description", header.description);
    w.key("schema");
    write_schema(w, header.schema);
    w.end_object();
  }
  w.end_object();
}

/// One of each problem that some operation tells of, as it is told.
void write_problem_examples(Writer& w) {
  std::vector<ErrorCode> codes;
  for (const Route& route : every_route()) {
    const auto some = problems_of(route, operation_of(route));
    codes.insert(codes.end(), some.begin(), some.end());
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  w.key("examples");
  w.begin_object();
  for (const ErrorCode code : codes) {
    Error error(code);
    if (code == ErrorCode::validation_failed) error.faults = {{"title", FaultCode::required, "is required"}};
    w.key(facts(code).name);
    w.begin_object();
    member(w, "summary", facts(code).title);
    w.key("value");
    w.raw(problem(error, kSampleRequest).body);
    w.end_object();
  }
  w.end_object();
}

void write_scheme(Writer& w, std::string_view name, std::string_view description) {
  w.key(name);
  w.begin_object();
  member(w, "type", "http");
  member(w, "scheme", "bearer");
  member(w, "bearerFormat", "JWT");
  member(w, "description", description);
  w.end_object();
}

void write_components(Writer& w) {
  w.key("components");
  w.begin_object();
  w.key("schemas");
  w.begin_object();
  for (const ObjectFacts& object : every_object()) {
    w.key(object.name);
    write_object_schema(w, object);
  }
  w.end_object();
  write_header_components(w);
  write_problem_examples(w);
  w.key("securitySchemes");
  w.begin_object();
  write_scheme(w, kAccessScheme, "The `access_token` of a token pair.");
  write_scheme(w, kRefreshScheme, "The `refresh_token` of a token pair, where the body has none.");
  w.end_object();
  w.end_object();
}

void write_info(Writer& w) {
  w.key("info");
  w.begin_object();
  member(w, "title", "Taskward");
  member(w, "version", "1.0.0");
  member(w, "summary", "A secure task service.");
  member(w, "description", kAbout);
  w.key("contact");
  w.begin_object();
  member(w, "name", "The administrator of this server");
  w.end_object();
  w.key("license");
  w.begin_object();
  member(w, "name", "Apache License 2.0");
  member(w, "identifier", "Apache-2.0");
  w.end_object();
  w.end_object();
}

std::string write_document() {
  Writer w;
  w.begin_object();
  member(w, "openapi", "3.1.0");
  write_info(w);
  w.key("servers");
  w.begin_array();
  w.begin_object();
  member(w, "url", "/");
  member(w, "description", "This server.");
  w.end_object();
  w.end_array();
  w.key("tags");
  w.begin_array();
  for (const TagFacts& tag : every_tag()) {
    w.begin_object();
    member(w, "name", tag.name);
    member(w, "description", tag.description);
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
