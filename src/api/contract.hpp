// The description of each route in the OpenAPI document: what it is for, its inputs, its responses and its
// problems. Whatever follows from the route table, or from a table that reads or writes bodies and
// parameters, is taken from there. The rest is written in an Operation next to the route's handler, in
// *_endpoints.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/api/parts.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/api/schema.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/base/errors.hpp"

namespace taskward::api {

/// A request body.
struct BodyFacts {
  Presence presence = Presence::required;
  std::vector<std::string_view> media_types{"application/json"};
  Schema schema;
  std::vector<std::string_view> examples{};  ///< JSON
  /// Reads the JSON and returns the error, if any. Empty if no shape reads the body as a whole.
  std::function<std::optional<Error>(const std::string& json)> fault{};
};

template <class T>
[[nodiscard]] BodyFacts body_of(const Shape<T>& shape, std::vector<std::string_view> examples,
                                Presence presence = Presence::required) {
  return {presence,
          {"application/json"},
          object_schema(facts_of(shape)),
          std::move(examples),
          [&shape](const std::string& json) -> std::optional<Error> {
            http::Request request;
            request.content_type = "application/json";
            request.body = json;
            auto read = read_body(shape, request);
            if (read) return std::nullopt;
            return std::move(read).error();
          }};
}

/// A successful response.
struct AnswerFacts {
  int status = 200;
  std::string_view meaning;
  std::string_view media_type{};  ///< empty for a response without a body
  Schema schema{};
  std::vector<std::string_view> headers{};  ///< in addition to those of every response
  std::string example{};                    ///< a body, as the route writes it
};

template <class T>
[[nodiscard]] AnswerFacts answer_of(int status, std::string_view meaning, const T& value,
                                    const Parts<T>& parts, std::vector<std::string_view> headers = {}) {
  json::Writer w;
  write_object(w, value, parts);
  return {status, meaning, "application/json", object_schema(facts_of(parts)), std::move(headers), w.take()};
}

[[nodiscard]] inline AnswerFacts no_content(std::string_view meaning) { return {204, meaning}; }

struct Operation {
  std::string_view route;  ///< the name of the row in the route table
  std::string_view tag;
  std::string_view summary;
  std::string_view description;
  std::vector<ParameterFacts> query{};
  std::vector<std::string_view> headers{};  ///< of the request
  std::optional<BodyFacts> body{};
  std::vector<AnswerFacts> answers{};
  std::vector<ErrorCode> problems{};  ///< in addition to those that follow from the row
  /// The tokens accepted in the Authorization header, if they do not follow from the row's permission.
  enum class Token : std::uint8_t { by_row, refresh, either, if_any } token = Token::by_row;
};

using Operations = std::vector<Operation>;

/// The operations of all areas. A unit test compares them with the route table, in both directions.
[[nodiscard]] const Operations& every_operation();

/// The operation of the row. Throws std::logic_error if there is none.
[[nodiscard]] const Operation& operation_of(const Route& route);

/// Every problem that the route can return, sorted by status and then in the order of the error list.
[[nodiscard]] std::vector<ErrorCode> problems_of(const Route& route, const Operation& operation);

/// The objects that the operations refer to, directly or within another object, sorted by name. Two different
/// tables of one name are both included; a unit test refuses that.
[[nodiscard]] std::vector<ObjectFacts> every_object();

struct TagFacts {
  std::string_view name;
  std::string_view description;
};
[[nodiscard]] const std::vector<TagFacts>& every_tag();

struct HeaderFacts {
  std::string_view name;
  std::string_view description;
  Schema schema;
  std::string_view example;
};
/// Every header that an operation names, of requests and of responses.
[[nodiscard]] const std::vector<HeaderFacts>& every_request_header();
[[nodiscard]] const std::vector<HeaderFacts>& every_answer_header();

}  // namespace taskward::api
