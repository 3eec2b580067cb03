// What must hold of many answers. Each adds its failures to the running test case.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "../support/http_client.hpp"

namespace taskward::test {

/// A problem document of that status and code, whole: members, content type, request id, and the
/// headers that go with the status.
void expect_problem(const Answer& answer, int status, std::string_view code);
/// A 422 that faults exactly these fields, each as "field:code".
void expect_faults(const Answer& answer, const std::set<std::string>& faults);
/// The headers that every answer has.
void expect_common_headers(const Answer& answer);

/// The members of a list such as Allow has it.
[[nodiscard]] std::set<std::string> listed(std::string_view value);

}  // namespace taskward::test
