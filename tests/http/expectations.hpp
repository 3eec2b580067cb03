// Checks shared by many tests. Each reports its failures in the running test case.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "../support/http_client.hpp"

namespace taskward::test {

/// A complete problem document (RFC 9457) of that status and code: members, content type, request id, and the
/// headers required with the status.
void expect_problem(const Response& response, int status, std::string_view code);
/// A 422 with exactly these validation errors, each as "field:code".
void expect_faults(const Response& response, const std::set<std::string>& faults);
/// The headers of every response.
void expect_common_headers(const Response& response);

/// Throws std::runtime_error that begins with `what` if the status differs.
void require_status(const Response& response, int status, const std::string& what);

/// The elements of a comma-separated list such as the value of Allow.
[[nodiscard]] std::set<std::string> split_list(std::string_view value);

}  // namespace taskward::test
