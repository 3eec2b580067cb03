// What is published of each route beside its row: what it is for, what goes in and comes out, and which
// problems it can tell of. Everything that follows from the row or from a table that reads or writes is
// taken from there; the rest stands in the tables of contract_*.cpp, an entry a route.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/api/bodies.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/api/schema.hpp"
#include "taskward/base/errors.hpp"

namespace taskward::api {

/// A body that a route reads.
struct BodyFacts {
  Presence presence = Presence::required;
  std::vector<std::string_view> media_types{"application/json"};
  Schema schema;
  std::vector<std::string_view> examples{};  ///< JSON
  /// What reading the JSON comes to: nothing, or its faults. Empty where no shape reads the body as a whole.
  std::function<std::optional<Error>(const std::string& json)> fault{};
};

template <class T>
[[nodiscard]] BodyFacts body_of(const Shape<T>& shape, std::vector<std::string_view> examples,
                                Presence presence = Presence::required) {
  return {presence,
          {"application/json"},
          object_schema(shape.name),
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

/// What comes back when all is well.
struct AnswerFacts {
  int status = 200;
  std::string_view meaning;
  std::string_view media_type{};  ///< empty for an answer without a body
  Schema schema{};
  std::vector<std::string_view> headers{};  ///< beside those that every answer has
  std::string example{};                    ///< of the body, as the route writes it
};

template <class T>
[[nodiscard]] AnswerFacts answer_of(int status, std::string_view meaning, const T& value,
                                    const Parts<T>& parts, std::vector<std::string_view> headers = {}) {
  json::Writer w;
  write_object(w, value, parts);
  return {status, meaning, "application/json", object_schema(parts.name), std::move(headers), w.take()};
}

[[nodiscard]] inline AnswerFacts nothing(std::string_view meaning) { return {204, meaning}; }

struct Operation {
  std::string_view route;  ///< the row's name
  std::string_view tag;
  std::string_view summary;
  std::string_view description;
  std::vector<ParameterFacts> query{};
  std::vector<std::string_view> headers{};  ///< of the request
  std::optional<BodyFacts> body{};
  std::vector<AnswerFacts> answers{};
  std::vector<ErrorCode> problems{};  ///< beside those that follow from the row
  /// Whether a refresh token may come in the header, or any token where none is needed.
  enum class Token : std::uint8_t { by_row, refresh, either, if_any } token = Token::by_row;
};

using Operations = std::vector<Operation>;

[[nodiscard]] Operations auth_operations();
[[nodiscard]] Operations account_operations();
[[nodiscard]] Operations task_operations();
[[nodiscard]] Operations admin_operations();
[[nodiscard]] Operations service_operations();

/// All of them. A test compares them with the route table, in both directions.
[[nodiscard]] const Operations& every_operation();

/// The entry of the row. Throws std::logic_error when there is none.
[[nodiscard]] const Operation& operation_of(const Route& route);

/// Every problem that the route can tell of, by status and then as the list has them.
[[nodiscard]] std::vector<ErrorCode> problems_of(const Route& route, const Operation& operation);

/// Every object that a schema names.
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
/// Every header that an operation names, of requests and of answers.
[[nodiscard]] const std::vector<HeaderFacts>& every_request_header();
[[nodiscard]] const std::vector<HeaderFacts>& every_answer_header();

}  // namespace taskward::api
