#include "openapi_components.hpp"

#include <algorithm>

#include "contract.hpp"
#include "taskward/api/responses.hpp"

namespace taskward::api {
namespace {

using json::Writer;

constexpr std::string_view kSampleRequest = "5f1d7a3c9e2b4d6f8a0c1e3b5d7f9a1c";

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

/// The JSON Schema keywords for the lower and upper bound.
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

void write_any_of(Writer& w, const std::vector<std::string_view>& names) {
  w.key("anyOf");
  w.begin_array();
  for (const std::string_view name : names) write_reference(w, "schemas", name);
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

void write_object_schema(Writer& w, const ObjectFacts& facts) {
  w.begin_object();
  write_member(w, "type", "object");
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
  if (facts.additional == AdditionalMembers::refused) {
    w.key("additionalProperties");
    w.boolean(false);
  }
  w.end_object();
}

void write_header_components(Writer& w) {
  w.key("headers");
  w.begin_object();
  for (const HeaderFacts& header : every_answer_header()) {
    w.key(header.name);
    w.begin_object();
    write_member(w, "description", header.description);
    w.key("schema");
    write_schema(w, header.schema);
    write_member(w, "example", header.example);
    w.end_object();
  }
  w.end_object();
  w.key("parameters");
  w.begin_object();
  for (const HeaderFacts& header : every_request_header()) {
    w.key(header.name);
    w.begin_object();
    write_member(w, "name", header.name);
    write_member(w, "in", "header");
    write_member(w, "description", header.description);
    w.key("schema");
    write_schema(w, header.schema);
    w.end_object();
  }
  w.end_object();
}

/// One example of each problem that an operation can return, as the service writes it.
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
    write_member(w, "summary", facts(code).title);
    w.key("value");
    w.raw(problem(error, kSampleRequest).body);
    w.end_object();
  }
  w.end_object();
}

void write_scheme(Writer& w, std::string_view name, std::string_view scheme, std::string_view format,
                  std::string_view description) {
  w.key(name);
  w.begin_object();
  write_member(w, "type", "http");
  write_member(w, "scheme", scheme);
  if (!format.empty()) write_member(w, "bearerFormat", format);
  write_member(w, "description", description);
  w.end_object();
}

}  // namespace

void write_member(Writer& w, std::string_view name, std::string_view text) {
  w.key(name);
  w.string(text);
}

void write_reference(Writer& w, std::string_view kind, std::string_view name) {
  w.begin_object();
  write_member(w, "$ref", "#/components/" + std::string(kind) + '/' + std::string(name));
  w.end_object();
}

void write_schema(Writer& w, const Schema& schema) {
  if (!schema.object.empty()) return write_reference(w, "schemas", schema.object);
  w.begin_object();
  if (!schema.any_of.empty()) {
    write_any_of(w, schema.any_of);
  } else {
    write_type(w, schema);
    if (!schema.format.empty()) write_member(w, "format", schema.format);
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
  if (!schema.note.empty()) write_member(w, "description", schema.note);
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
  write_scheme(
      w, kAccessScheme, "bearer", "",
      "The `access_token` of a token pair, which is a JWT; or a personal access token, if the operation "
      "has a scope.");
  write_scheme(w, kRefreshScheme, "bearer", "JWT",
               "The `refresh_token` of a token pair, unless it is sent in the body.");
  write_scheme(w, kBasicScheme, "basic", "",
               "A personal access token as the password. The user name is ignored.");
  w.end_object();
  w.end_object();
}

}  // namespace taskward::api
