// THE route table: every path, its methods, who may, and which handler.
//
// A row names its permission as a template argument without a default, and a handler whose last
// parameter is the access that permission grants. A row without a permission, or with the handler of
// another, does not compile. A path that is in no row is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "taskward/base/result.hpp"
#include "taskward/domain/authenticate.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/http/header_values.hpp"
#include "taskward/http/method.hpp"
#include "taskward/http/request.hpp"
#include "taskward/http/response.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/permission.hpp"

namespace taskward::api {

/// Which pool of workers nginx sends the route to: `auth` hashes passwords, which takes so long
/// that nobody else should wait for it.
enum class Pool : std::uint8_t { api, auth };
[[nodiscard]] constexpr std::string_view name(Pool pool) noexcept {
  return pool == Pool::api ? "api" : "auth";
}

/// What a route moves: bodies of http::kBodyMaxBytes and answers that are held as a whole, a file that comes
/// in, or one that goes out. nginx treats the last two apart.
enum class Transfer : std::uint8_t { usual, large_body, large_answer };
inline constexpr std::size_t kLargeBodyMaxBytes = 16UL * 1024 * 1024;

/// For whom there is something at a route's path: everybody, or the clients of METRICS_FROM. For others it is
/// as unknown as any other path.
enum class Reach : std::uint8_t { everybody, metrics_clients };
[[nodiscard]] bool reaches(Reach reach, const domain::Rules& rules, std::string_view client_address);

/// One request on its way through a handler.
struct Call {
  http::Request& request;
  const domain::Resources& resources;
  std::string_view route;  ///< the row's name
  std::string_view id;     ///< what stands in the place of {id}; empty when the path has none

  [[nodiscard]] model::Origin origin() const {
    return {request.request_id, request.client_address, request.user_agent,
            http::sent_moment(request.sent_at)};
  }
};

struct Route {
  std::string_view name;
  http::Method method;
  std::string_view path;  ///< a segment in braces stands for any one segment
  model::Permission permission;
  Pool pool;
  Transfer transfer;
  Reach reach;  ///< the same for all rows of a path
  Result<http::Response> (*handle)(const Call&);
};

/// What a body of the route may have, in bytes.
[[nodiscard]] constexpr std::size_t body_max(const Route& route) noexcept {
  return route.transfer == Transfer::large_body ? kLargeBodyMaxBytes : http::kBodyMaxBytes;
}

/// The access token of the request. 401 authentication_required when there is none.
[[nodiscard]] Result<std::string_view> required_token(const http::Request& request);

/// Whether the error was found in the request itself, before any statement checked the caller.
[[nodiscard]] bool is_about_the_request(ErrorCode code) noexcept;

/// A row of the table.
template <model::Permission P, auto Handler>
[[nodiscard]] constexpr Route route(std::string_view name, http::Method method, std::string_view path,
                                    Pool pool = Pool::api, Transfer transfer = Transfer::usual,
                                    Reach reach = Reach::everybody) {
  if constexpr (P == model::Permission::anyone) {
    static_assert(std::is_invocable_r_v<Result<http::Response>, decltype(Handler), const Call&>,
                  "the handler of a route for anyone takes the call alone");
    return {name, method, path, P, pool, transfer, reach, Handler};
  } else {
    static_assert(std::is_invocable_r_v<Result<http::Response>, decltype(Handler), const Call&,
                                        const model::Access<P>&>,
                  "the handler takes the access that the row's permission grants");
    return {name, method, path, P, pool, transfer, reach, [](const Call& call) -> Result<http::Response> {
              auto token = required_token(call.request);
              if (!token) return std::move(token).error();
              auto access = domain::Authentication::verify<P>(call.resources, *token);
              if (!access) return std::move(access).error();
              auto handled = Handler(call, *access);
              // Whoever may not do this is told so, whatever else is wrong with the request.
              if (!handled && is_about_the_request(handled.error().code)) {
                auto confirmed = domain::Authentication::confirm(call.resources, *access, call.origin());
                if (!confirmed) return std::move(confirmed).error();
              }
              return handled;
            }};
  }
}

[[nodiscard]] std::span<const Route> every_route();

/// What a path leads to.
struct Match {
  const Route* route = nullptr;  ///< null when the path is known but not with this method
  std::string_view id;
  std::vector<http::Method> allowed;  ///< empty when the path is unknown
  Reach reach = Reach::everybody;
};

/// Finds the row. A trailing slash makes no difference, HEAD is answered by GET's row, and a path that
/// stands in the table as it is goes before one with a place for an id.
[[nodiscard]] Match match(std::string_view path, std::optional<http::Method> method);

/// What a body of a request with that method and path may have, in bytes.
[[nodiscard]] std::size_t body_max(std::string_view path, std::string_view method);

/// What a PATCH may be (RFC 5789, 3.1).
inline constexpr std::string_view kAcceptPatch = "application/merge-patch+json, application/json";
[[nodiscard]] bool allows(const std::vector<http::Method>& methods, http::Method method) noexcept;

/// The methods as an Allow header has them.
[[nodiscard]] std::string allow_value(const std::vector<http::Method>& methods);

}  // namespace taskward::api
