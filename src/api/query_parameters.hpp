// Reading the parameters of a query, all faults at once.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/api/shape.hpp"
#include "taskward/base/clock.hpp"
#include "taskward/base/text.hpp"

namespace taskward::api {

/// A whole number within the range, both ends included; otherwise a fault of `name`.
void read_number(const std::string& name, std::string_view text, int least, int most, int& into,
                 Faults& faults);

/// `true` or `false`; otherwise a fault of `name`.
template <class Switch>
void read_switch(const std::string& name, std::string_view text, Switch when_true, Switch when_false,
                 Switch& into, Faults& faults) {
  if (text == "true")
    into = when_true;
  else if (text == "false")
    into = when_false;
  else
    faults.push_back({name, FaultCode::invalid_value, "must be true or false"});
}

/// One or more of a closed set, parted by commas. What is in `into` already is not added again.
template <class Choices, class Read, class Value>
void read_choices(const std::string& parameter, std::string_view text, const Choices& choices, Read read,
                  std::vector<Value>& into, Faults& faults) {
  std::vector<std::string_view> names;
  for (const Value one : choices) names.push_back(name(one));
  const FieldFault fault{parameter, FaultCode::invalid_value,
                         "must be one or more of " + joined(names, ", ") + ", separated by commas"};
  const auto pieces = split(text, ',');
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

/// A moment of RFC 3339.
void read_moment(const std::string& name, std::string_view text, std::optional<Timestamp>& into,
                 Faults& faults);

/// Adds a fault for a parameter that the route does not know; after many of them no more.
void refuse_unknown(std::string_view name, Faults& faults);

}  // namespace taskward::api
