// What came of something, as text that a failed test can show.
#pragma once

#include <string>
#include <vector>

#include "taskward/base/result.hpp"

namespace taskward::testing {

using Lines = std::vector<std::string>;

/// "ok", or the code of the refusal.
template <class T>
[[nodiscard]] std::string outcome(const Result<T>& result) {
  return result ? "ok" : std::string(facts(result.error().code).name);
}

/// "field code" of each fault, in their order; none when it was no refusal.
template <class T>
[[nodiscard]] Lines faults_of(const Result<T>& result) {
  Lines lines;
  if (result) return lines;
  for (const FieldFault& fault : result.error().faults) {
    lines.push_back(fault.field + ' ' + std::string(name(fault.code)));
  }
  return lines;
}

}  // namespace taskward::testing
