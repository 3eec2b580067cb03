// Reading the parameters of a query, all faults at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "taskward/base/errors.hpp"

namespace taskward::api {

/// A whole number within the range, both ends included; otherwise a fault of `name`.
void read_number(const std::string& name, std::string_view text, int least, int most, int& into,
                 std::vector<FieldFault>& faults);

/// Adds a fault for a parameter that the route does not know; after many of them no more.
void refuse_unknown(std::string_view name, std::vector<FieldFault>& faults);

}  // namespace taskward::api
