// Reading the parameters of a query by a table of them, all faults at once. The table is also what the
// published description of the parameters is derived from.
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

namespace taskward::api {

/// One parameter as it stands in the query, decoded.
struct ParameterValue {
  const std::string& name;
  const std::string& text;
};

/// The name of a value, which its own namespace knows.
template <class Value>
[[nodiscard]] std::string_view api_name(Value value) {
  return name(value);
}

template <class Into>
struct Parameter {
  std::string_view name;
  Repeats repeats = Repeats::no;
  Schema schema;  ///< of the value; of an array, when several may be given
  std::function<void(const ParameterValue& given, Into& into, Faults& faults)> read;
};
template <class Into>
using Parameters = std::vector<Parameter<Into>>;

/// Reads the query. 400 bad_request when it cannot be decoded, 422 with every parameter at fault. `seen`
/// becomes the names of those that were given.
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
      add_unknown({}, name, "is not a parameter this route knows", faults);
    else if (!names.insert(name).second && known->repeats == Repeats::no)
      faults.push_back({name, FaultCode::duplicate, "must be given once"});
    else
      known->read({name, text}, into, faults);
  }
  if (!faults.empty()) return validation_failed(std::move(faults));
  if (seen != nullptr) *seen = std::move(names);
  return into;
}

/// For a route that has no parameters.
[[nodiscard]] Result<Done> refuse_parameters(std::string_view query);

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

/// One or more of a closed set, parted by commas. What is in `into` already is not added again.
template <class Choices, class Read, class Value>
void read_choices(const ParameterValue& given, const Choices& choices, Read read, std::vector<Value>& into,
                  Faults& faults) {
  std::vector<std::string_view> names;
  for (const Value one : choices) names.push_back(api_name(one));
  const FieldFault fault{given.name, FaultCode::invalid_value,
                         "must be one or more of " + joined(names, ", ") + ", separated by commas"};
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

/// A moment of RFC 3339.
void read_moment(const ParameterValue& given, std::optional<Timestamp>& into, Faults& faults);

/// What the parameters of a route are, for whoever publishes it.
template <class Into>
[[nodiscard]] std::vector<ParameterFacts> facts_of(const Parameters<Into>& table) {
  std::vector<ParameterFacts> facts;
  for (const Parameter<Into>& row : table) facts.push_back({row.name, row.repeats, row.schema});
  return facts;
}

// Rows of tables. `at` gives the place of the value; what stands there in a new Into is the default.

template <class Into>
[[nodiscard]] Parameter<Into> whole_number(std::string_view name, int least, int most, int& (*at)(Into&),
                                           std::string_view note = {}) {
  Schema schema;
  schema.type = Schema::Type::integer;
  schema.least = least;
  schema.most = most;
  schema.note = note;
  Into unasked{};
  schema.fallback = std::to_string(at(unasked));
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
  Into unasked{};
  schema.fallback = at(unasked) == when_true ? "true" : "false";
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
  Into unasked{};
  schema.fallback = '"' + std::string(api_name(at(unasked))) + '"';
  return {name, Repeats::no, std::move(schema),
          [&choices, at](const ParameterValue& given, Into& into, Faults& faults) {
            read_choice(given, choices, at(into), faults);
          }};
}

/// One or more of a closed set, parted by commas or given several times. `read` knows every spelling.
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

/// A moment of RFC 3339.
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

/// A text of so many characters, which `read` takes or refuses.
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
