// The route table: every path with its methods, required permission, scope of personal access tokens and
// handler.
//
// A row names its permission and its scope as template arguments without a default, and a handler whose last
// parameter is the access that they grant. A row without a permission or scope, or with a handler for another
// permission, does not compile; nor does a row with a scope whose handler needs a session. A path that is not
// in the table is answered with 404.
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
#include "taskward/store/access.hpp"

namespace taskward::api {

using OwnProfile = model::SessionAccess<model::Permission::own_profile>;
using ReadProfile = model::Access<model::Permission::own_profile>;
using ReadTasks = model::Access<model::Permission::read_tasks>;
using WriteTasks = model::Access<model::Permission::write_tasks>;
using Administer = model::Access<model::Permission::administer>;

/// The worker pool to which nginx sends the route. Routes that hash passwords go to `auth`, so that slow
/// hashing does not delay other routes.
enum class Pool : std::uint8_t { api, auth };
[[nodiscard]] constexpr std::string_view name(Pool pool) noexcept {
  return pool == Pool::api ? "api" : "auth";
}

/// What a route transfers: small bodies (http::kBodyMaxBytes) and buffered responses, an uploaded file, or a
/// streamed file. nginx has separate limits for the latter two.
enum class Transfer : std::uint8_t { usual, large_body, large_answer };
inline constexpr std::size_t kLargeBodyMaxBytes = 16UL * 1024 * 1024;

/// Which clients can reach a path: all, or those listed in METRICS_FROM. Other clients get 404.
enum class Reach : std::uint8_t { all_clients, metrics_clients };
[[nodiscard]] bool reaches(Reach reach, const domain::Rules& rules, std::string_view client_address);

/// A request as handlers receive it.
struct Call {
  http::Request& request;
  const domain::Resources& resources;
  std::string_view route;  ///< the row's name
  std::string_view id;     ///< the path segment at {id}; empty if the path has none

  /// The same as an id. A malformed one is the nil id, which nothing has: so the caller's permission is
  /// checked before the 404, as for any other id.
  template <class AnId>
  [[nodiscard]] AnId id_as() const {
    return AnId::parse(id).value_or(AnId{});
  }
  [[nodiscard]] model::Origin origin() const {
    return {request.request_id, request.client_address, request.user_agent,
            http::parse_sent_at(request.sent_at)};
  }
  /// The stamp of a new audit record.
  [[nodiscard]] model::AuditStamp stamp() const { return resources.stamp(origin()); }
};

/// The object that the path of a request names, for the record of its refusal.
[[nodiscard]] store::RefusedRequest refused_request(const Call& call);

struct Route {
  std::string_view name;
  http::Method method;
  std::string_view path;  ///< {id} matches any single segment
  model::Permission permission;
  model::Scope scope;  ///< that a personal access token must have; none if no token may use the route
  Pool pool;
  Transfer transfer;
  Reach reach;  ///< the same for all rows of a path
  model::Assurance assurance;
  Result<http::Response> (*handle)(const Call&);
};

/// The maximum size of a request body, in bytes.
[[nodiscard]] constexpr std::size_t body_max(const Route& route) noexcept {
  return route.transfer == Transfer::large_body ? kLargeBodyMaxBytes : http::kBodyMaxBytes;
}

/// The bearer token of the request. 401 authentication_required or invalid_token.
[[nodiscard]] Result<std::string_view> required_token(const http::Request& request);

/// The token that a request presents: the bearer token, or the password of Basic authentication, which must
/// be a personal access token. Refers to the request.
class PresentedToken {
 public:
  explicit PresentedToken(std::string_view bearer) noexcept : bearer_(bearer) {}
  explicit PresentedToken(Secret password) noexcept : password_(std::move(password)) {}
  [[nodiscard]] std::string_view text() const noexcept {
    return password_.empty() ? bearer_ : password_.reveal();
  }

 private:
  std::string_view bearer_;
  Secret password_;
};
/// The password of Basic authentication; the user is ignored. Nothing if the value is malformed.
[[nodiscard]] std::optional<Secret> basic_password(std::string_view authorization);

/// 401 authentication_required or invalid_token.
[[nodiscard]] Result<PresentedToken> presented_token(const http::Request& request);

/// Whether a 401 response to the request also offers Basic authentication: programs such as calendars ask for
/// a password only then. Never to a client that presents a bearer token, because a browser would ask its
/// user.
[[nodiscard]] bool offers_basic(const Route& route, const http::Request& request) noexcept;

/// Whether the error was found in the request itself, before a statement checked the caller.
[[nodiscard]] bool is_about_the_request(ErrorCode code) noexcept;

/// The error for the client. A caller without the permission gets 401 or 403 even if the request has other
/// errors, and 403 with the reason why the access was refused.
[[nodiscard]] Error final_error(const Call& call, const model::Bearer& access, Error&& error);

/// The access of a session. 401 invalid_token or token_expired; 403 insufficient_scope (recorded) for a
/// personal access token.
template <model::Permission P>
[[nodiscard]] Result<model::SessionAccess<P>> session_access(
    const Call& call, std::string_view token, model::Assurance assurance = model::Assurance::usual) {
  if (!domain::is_for_personal_token(token))
    return domain::Authentication::verify<P>(call.resources, token, assurance);
  auto found = domain::Authentication::find<P>(call.resources, token, model::Scope::none);
  if (!found) return std::move(found).error();
  return domain::refuse_scope(call.resources, found->access, refused_request(call), call.stamp());
}

namespace routes_detail {

template <auto Handler, model::Permission P>
Result<http::Response> handle_by_token(const Call& call, std::string_view token, model::Scope scope) {
  auto found = domain::Authentication::find<P>(call.resources, token, scope);
  if (!found) return std::move(found).error();
  if (!found->token.identity.scopes.has(scope))
    return domain::refuse_scope(call.resources, found->access, refused_request(call), call.stamp());
  auto handled = Handler(call, found->access);
  if (!handled) handled = final_error(call, found->access, std::move(handled).error());
  if (handled || facts(handled.error().code).status != 401)
    domain::note_use(call.resources, found->token, call.request.client_address);
  return handled;
}

template <model::Permission P, model::Scope S, auto Handler, model::Assurance A>
Result<http::Response> handle(const Call& call) {
  const auto presented = presented_token(call.request);
  if (!presented) return presented.error();
  const std::string_view token = presented->text();
  if constexpr (S != model::Scope::none) {
    if (domain::is_for_personal_token(token)) return handle_by_token<Handler, P>(call, token, S);
  }
  auto access = session_access<P>(call, token, A);
  if (!access) return std::move(access).error();
  if (auto recent = domain::require_recent(call.resources, *access, A); !recent)
    return final_error(call, *access, std::move(recent).error());
  auto handled = Handler(call, *access);
  if (!handled) return final_error(call, *access, std::move(handled).error());
  return handled;
}

}  // namespace routes_detail

/// A row of the table. Routes that need no token have no assurance; a personal access token needs none.
template <model::Permission P, model::Scope S, auto Handler, model::Assurance A = model::Assurance::usual>
[[nodiscard]] constexpr Route route(std::string_view name, http::Method method, std::string_view path,
                                    Pool pool = Pool::api, Transfer transfer = Transfer::usual,
                                    Reach reach = Reach::all_clients) {
  if constexpr (P == model::Permission::anyone) {
    static_assert(S == model::Scope::none, "a route for anyone has no scope");
    static_assert(std::is_invocable_r_v<Result<http::Response>, decltype(Handler), const Call&>,
                  "the handler of a route for anyone takes only the call");
    static_assert(A == model::Assurance::usual, "a route for anyone requires no authentication");
    return {name, method, path, P, S, pool, transfer, reach, A, Handler};
  } else {
    static_assert(S == model::Scope::none || model::permission_of(S) == P,
                  "the scope belongs to the row's permission");
    static_assert(std::is_invocable_r_v<Result<http::Response>, decltype(Handler), const Call&,
                                        const model::SessionAccess<P>&>,
                  "the handler takes the access that the row's permission grants");
    static_assert(S == model::Scope::none || std::is_invocable_r_v<Result<http::Response>, decltype(Handler),
                                                                   const Call&, const model::Access<P>&>,
                  "the handler of a row with a scope needs no session");
    return {name, method, path, P, S, pool, transfer, reach, A, routes_detail::handle<P, S, Handler, A>};
  }
}

[[nodiscard]] std::span<const Route> every_route();

/// The result of looking up a path.
struct Match {
  const Route* route = nullptr;  ///< null if the path is known but the method is not
  std::string_view id;
  std::vector<http::Method> allowed;  ///< empty if the path is unknown
  Reach reach = Reach::all_clients;
};

/// Finds the row. A trailing slash is ignored, HEAD uses the row of GET, and a literal path takes precedence
/// over one with an id.
[[nodiscard]] Match match(std::string_view path, std::optional<http::Method> method);

/// The maximum size of the body of a request, in bytes.
[[nodiscard]] std::size_t body_max(std::string_view path, std::string_view method);

/// The media types accepted by PATCH (RFC 5789, 3.1).
inline constexpr std::string_view kAcceptPatch = "application/merge-patch+json, application/json";
[[nodiscard]] bool allows(const std::vector<http::Method>& methods, http::Method method) noexcept;

/// The value of an Allow header.
[[nodiscard]] std::string allow_value(const std::vector<http::Method>& methods);

}  // namespace taskward::api
