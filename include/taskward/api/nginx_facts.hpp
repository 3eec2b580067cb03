// nginx configuration snippets generated from the tables in the code.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "taskward/model/client.hpp"

namespace taskward::api {

/// Codes and titles of the errors that nginx generates, by status.
[[nodiscard]] std::string nginx_problems();
/// The worker pool of each method and path.
[[nodiscard]] std::string nginx_pools();
/// The maximum body size by path, for error texts.
[[nodiscard]] std::string nginx_limits();
/// Locations with separate limits for routes that transfer files.
[[nodiscard]] std::string nginx_locations();
/// Which proxies nginx believes about the address of the client, and by what.
[[nodiscard]] std::string nginx_real_ip(std::span<const model::IpNetwork> proxies, bool proxy_protocol);
/// The text of listen.conf with or without the PROXY protocol, and otherwise unchanged.
[[nodiscard]] std::string nginx_listen(std::string_view text, bool proxy_protocol);
/// The routes as an aligned table: name, method, path, permission, roles, pool.
[[nodiscard]] std::string routes_table();
/// The error codes as an aligned table.
[[nodiscard]] std::string errors_table();

}  // namespace taskward::api
