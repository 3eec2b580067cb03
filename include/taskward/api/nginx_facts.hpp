// What nginx must know of the tables in the code, printed as snippets of its configuration.
#pragma once

#include <string>

namespace taskward::api {

/// Codes and titles of nginx's own error documents, by status.
[[nodiscard]] std::string nginx_problems();
/// Which pool of workers a path goes to.
[[nodiscard]] std::string nginx_pools();
/// How much a body may have, by path.
[[nodiscard]] std::string nginx_limits();
/// The routes that move files, which have limits of their own.
[[nodiscard]] std::string nginx_locations();
/// The routes as a table for people: name, method, path, permission, roles, pool.
[[nodiscard]] std::string routes_table();
/// The error codes as a table for people.
[[nodiscard]] std::string errors_table();

}  // namespace taskward::api
