// Reading the parameters of a query by a table of them, all faults at once.
//
//   constexpr std::array kParameters{
//       Parameter<Query>{"limit", Repeats::no, [](const ParameterValue& given, Query& into, Faults& faults) {
//         read_number(given, 1, 100, into.limit, faults);
//       }},
//   };
//   auto query = read_parameters<Query>(call.request.query, kParameters);
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
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

enum class Repeats : std::uint8_t { no, yes };

template <class Into>
struct Parameter {
  std::string_view name;
  Repeats repeats;
  void (*read)(const ParameterValue& given, Into& into, Faults& faults);
};

/// Reads the query. 400 bad_request when it cannot be decoded, 422 with every parameter at fault. `seen`
/// becomes the names of those that were given.
template <class Into>
[[nodiscard]] Result<Into> read_parameters(std::string_view query, std::span<const Parameter<Into>> table,
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
  for (const Value one : choices) names.push_back(name(one));
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
    if (name(one) == given.text) {
      into = one;
      return;
    }
    names.push_back(name(one));
  }
  faults.push_back({given.name, FaultCode::invalid_value, "must be one of " + joined(names, ", ")});
}

/// A moment of RFC 3339.
void read_moment(const ParameterValue& given, std::optional<Timestamp>& into, Faults& faults);

}  // namespace taskward::api
