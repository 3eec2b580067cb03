// Reading the parameters of a query by a table; all faults are reported together. The OpenAPI description of
// the parameters is derived from the same table.
//
//   const Parameters<Query> kParameters{
//       whole_number<Query>("limit", 1, 100, [](Query& into) -> int& { return into.limit; }),
//   };
//   auto query = read_parameters(call.request.query, kParameters);
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "taskward/api/shape.hpp"
#include "taskward/base/clock.hpp"
#include "taskward/base/text.hpp"
#include "taskward/http/header_values.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

/// One parameter of the query, decoded.
struct ParameterValue {
  const std::string& name;
  const std::string& text;
};

/// The name of a value, found by argument-dependent lookup.
template <class Value>
[[nodiscard]] std::string_view api_name(Value value) {
  return name(value);
}

template <class Into>
struct Parameter {
  std::string_view name;
  Repeats repeats = Repeats::no;
  Schema schema;  ///< of the value; of an array if the parameter may be repeated
  std::function<void(const ParameterValue& given, Into& into, Faults& faults)> read;
};
template <class Into>
using Parameters = std::vector<Parameter<Into>>;

/// Reads the query. 400 bad_request if it is malformed, 422 with the faults of all parameters. `seen`
/// receives the names of the parameters that are present.
template <class Into>
[[nodiscard]] Result<Into> read_parameters(std::string_view query, const Parameters<Into>& table,
                                           std::set<std::string, std::less<>>* seen = nullptr) {
  auto parameters = http::parse_query(query);
  if (!parameters) return std::move(parameters).error();
  Into into{};
  Faults faults;
  std::set<std::string, std::less<>> names;
  for (const auto& [name, text] : *parameters) {
    const auto known = std::find_if(table.begin(), table.end(),
                                    [&name = name](const auto& one) { return one.name == name; });
    if (known == table.end())
      add_unknown({}, name, "is an unknown parameter", faults);
    else if (!names.insert(name).second && known->repeats == Repeats::no)
      faults.push_back({name, FaultCode::duplicate, "must not be repeated"});
    else
      known->read({name, text}, into, faults);
  }
  if (!faults.empty()) return validation_failed(std::move(faults));
  if (seen != nullptr) *seen = std::move(names);
  return into;
}

/// For a route without parameters.
[[nodiscard]] Result<Done> refuse_parameters(std::string_view query);

/// The same query, which must be well-formed, for the page at the cursor.
[[nodiscard]] std::string next_page_query(std::string_view query, std::string_view cursor);

/// Adds the Link header to the next page of the list at `path`; nothing on the last page.
void link_next_page(http::Response& response, std::string_view path, std::string_view query,
                    const std::optional<std::string>& next_cursor);

/// A whole number within the range, both ends included.
void read_number(const ParameterValue& given, int least, int most, int& into, Faults& faults);

/// `true` or `false`.
template <class Switch>
void read_switch(const ParameterValue& given, Switch when_true, Switch when_false, Switch& into,
                 Faults& faults) {
  if (given.text == "true")
    into = when_true;
  else if (given.text == "false")
    into = when_false;
  else
    faults.push_back({given.name, FaultCode::invalid_value, "must be true or false"});
}

/// A comma-separated list of values of a closed set. Adds those that `into` does not contain yet.
template <class Choices, class Read, class Value>
void read_choices(const ParameterValue& given, const Choices& choices, Read read, std::vector<Value>& into,
                  Faults& faults) {
  std::vector<std::string_view> names;
  for (const Value one : choices) names.push_back(api_name(one));
  const FieldFault fault{given.name, FaultCode::invalid_value,
                         "must be a comma-separated list of " + joined(names, ", ")};
  const auto pieces = split(given.text, ',');
  if (pieces.empty()) faults.push_back(fault);
  for (const std::string_view piece : pieces) {
    const std::optional<Value> value = read(piece);
    if (!value) {
      faults.push_back(fault);
      return;
    }
    if (std::find(into.begin(), into.end(), *value) == into.end()) into.push_back(*value);
  }
}

/// One of a closed set.
template <class Choices, class Value>
void read_choice(const ParameterValue& given, const Choices& choices, Value& into, Faults& faults) {
  std::vector<std::string_view> names;
  for (const Value one : choices) {
    if (api_name(one) == given.text) {
      into = one;
      return;
    }
    names.push_back(api_name(one));
  }
  faults.push_back({given.name, FaultCode::invalid_value, "must be one of " + joined(names, ", ")});
}

/// An RFC 3339 date and time.
void read_moment(const ParameterValue& given, std::optional<Timestamp>& into, Faults& faults);

/// The descriptions of the parameters for the OpenAPI document.
template <class Into>
[[nodiscard]] std::vector<ParameterFacts> facts_of(const Parameters<Into>& table) {
  std::vector<ParameterFacts> facts;
  for (const Parameter<Into>& row : table) facts.push_back({row.name, row.repeats, row.schema});
  return facts;
}

// Rows of tables. `at` returns a reference to the value; its value in a new Into is the default.

template <class Into>
[[nodiscard]] Parameter<Into> whole_number(std::string_view name, int least, int most, int& (*at)(Into&),
                                           std::string_view note = {}) {
  Schema schema;
  schema.type = Schema::Type::integer;
  schema.least = least;
  schema.most = most;
  schema.note = note;
  Into defaults{};
  schema.fallback = std::to_string(at(defaults));
  return {name, Repeats::no, std::move(schema), [=](const ParameterValue& given, Into& into, Faults& faults) {
            read_number(given, least, most, at(into), faults);
          }};
}

/// `true` or `false`.
template <class Into, class Switch>
[[nodiscard]] Parameter<Into> true_or_false(std::string_view name, Switch when_true, Switch when_false,
                                            std::type_identity_t<Switch& (*)(Into&)> at,
                                            std::string_view note) {
  Schema schema;
  schema.type = Schema::Type::boolean;
  schema.note = note;
  Into defaults{};
  schema.fallback = at(defaults) == when_true ? "true" : "false";
  return {name, Repeats::no, std::move(schema), [=](const ParameterValue& given, Into& into, Faults& faults) {
            read_switch(given, when_true, when_false, at(into), faults);
          }};
}

/// One of a closed set.
template <class Into, class Choices, class Value = typename Choices::value_type>
[[nodiscard]] Parameter<Into> one_of(std::string_view name, const Choices& choices,
                                     std::type_identity_t<Value& (*)(Into&)> at, std::string_view note) {
  Schema schema;
  for (const auto one : choices) schema.choices.push_back(api_name(one));
  schema.note = note;
  Into defaults{};
  schema.fallback = '"' + std::string(api_name(at(defaults))) + '"';
  return {name, Repeats::no, std::move(schema),
          [&choices, at](const ParameterValue& given, Into& into, Faults& faults) {
            read_choice(given, choices, at(into), faults);
          }};
}

/// Values of a closed set, as a comma-separated list or a repeated parameter. `read` accepts every spelling.
template <class Into, class Choices, class Value = typename Choices::value_type>
[[nodiscard]] Parameter<Into> some_of(std::string_view name, const Choices& choices,
                                      std::type_identity_t<std::optional<Value> (*)(std::string_view)> read,
                                      std::type_identity_t<std::vector<Value>& (*)(Into&)> at,
                                      std::string_view note) {
  Schema one;
  for (const auto choice : choices) one.choices.push_back(api_name(choice));
  return {name, Repeats::yes_or_by_commas, array_schema(std::move(one), note),
          [&choices, read, at](const ParameterValue& given, Into& into, Faults& faults) {
            read_choices(given, choices, read, at(into), faults);
          }};
}

/// An RFC 3339 date and time.
template <class Into>
[[nodiscard]] Parameter<Into> moment_parameter(std::string_view name, std::optional<Timestamp>& (*at)(Into&),
                                               std::string_view note) {
  Schema schema;
  schema.format = "date-time";
  schema.note = note;
  return {name, Repeats::no, std::move(schema),
          [at](const ParameterValue& given, Into& into, Faults& faults) {
            read_moment(given, at(into), faults);
          }};
}

/// A text that `read` checks and stores. The numbers of characters are for the description only.
template <class Into, class Read>
[[nodiscard]] Parameter<Into> free_text(std::string_view name, std::size_t least, std::size_t most, Read read,
                                        std::string_view note) {
  Schema schema;
  schema.least = static_cast<std::int64_t>(least);
  schema.most = static_cast<std::int64_t>(most);
  schema.note = note;
  return {name, Repeats::no, std::move(schema), read};
}

}  // namespace taskward::api
