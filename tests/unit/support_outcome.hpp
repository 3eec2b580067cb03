// Results as text, so that a failed test shows them.
#pragma once

#include <string>
#include <vector>

#include "taskward/base/result.hpp"

namespace taskward::testing {

using Lines = std::vector<std::string>;

/// "ok", or the error code.
template <class T>
[[nodiscard]] std::string outcome(const Result<T>& result) {
  return result ? "ok" : std::string(facts(result.error().code).name);
}

/// "field code" of each field error, in order; empty if there is none.
template <class T>
[[nodiscard]] Lines faults_of(const Result<T>& result) {
  Lines lines;
  if (result) return lines;
  for (const FieldFault& fault : result.error().faults) {
    lines.push_back(fault.field + ' ' + std::string(name(fault.code)));
  }
  return lines;
}

/// The field errors in one line; if there are none, "ok" or the error code.
template <class T>
[[nodiscard]] std::string error_summary(const Result<T>& result, const std::string& separator = ", ") {
  std::string out;
  for (const std::string& line : faults_of(result)) out += (out.empty() ? "" : separator) + line;
  return out.empty() ? outcome(result) : out;
}

}  // namespace taskward::testing
