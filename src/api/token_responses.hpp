// The response to a login or refresh, and the cookie that may hold the refresh token.
//
// The cookie is for browsers. It authenticates nothing but a refresh and a logout, and only requests of pages
// of this service: it has SameSite=Strict, and the browser must say that the request is from the same origin
// (Sec-Fetch-Site, or Origin where that is missing).
#pragma once

#include <optional>
#include <string_view>

#include "contract.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/request.hpp"
#include "taskward/http/response.hpp"
#include "taskward/model/session.hpp"

namespace taskward::api {

[[nodiscard]] http::Response token_pair_response(model::TokenPair&& pair, model::SessionKind kind);

/// The refresh token of the cookie. Nothing without the cookie. 403 cross_origin_request if the request is
/// not from a page of this service.
[[nodiscard]] Result<std::optional<std::string_view>> refresh_cookie(const http::Request& request);

/// Makes the browser delete the cookie.
void clear_refresh_cookie(http::Response& response);

/// The member `session` of a login.
template <class Body>
[[nodiscard]] Field<Body> session_kind_field() {
  return choice("session", &Body::session, Presence::optional, model::kSessionKinds, model::session_kind,
                [](model::SessionKind kind) { return model::name(kind); });
}

[[nodiscard]] AnswerFacts token_pair_answer(std::string_view meaning);

}  // namespace taskward::api
