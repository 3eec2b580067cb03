#include "token_responses.hpp"

#include <string>
#include <utility>

#include "contract_samples.hpp"
#include "taskward/api/auth_bodies.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/http/header_values.hpp"

namespace taskward::api {
namespace {

/// The prefix makes browsers refuse the cookie without Secure and Path=/, or with a Domain (RFC 6265bis).
constexpr std::string_view kCookie = "__Host-taskward_refresh";
constexpr std::string_view kAttributes = "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=";

bool is_same_origin(const http::Request& request) {
  if (!request.sec_fetch_site.empty()) return request.sec_fetch_site == "same-origin";
  return !request.host.empty() && request.origin == "https://" + request.host;
}

}  // namespace

http::Response token_pair_response(model::TokenPair&& pair, model::SessionKind kind) {
  std::string cookie;
  if (kind == model::SessionKind::cookie) {
    cookie = std::string(kCookie) + '=' + std::string(pair.refresh_token.reveal()) +
             std::string(kAttributes) + std::to_string(pair.refresh_expires_in.count());
    pair.refresh_token = Secret();
  }
  http::Response response = secret_response(200, pair, token_pair_parts());
  if (!cookie.empty()) response.with("Set-Cookie", std::move(cookie));
  return response;
}

Result<std::optional<std::string_view>> refresh_cookie(const http::Request& request) {
  const auto token = http::cookie_value(request.cookie, kCookie);
  if (token && !is_same_origin(request)) return ErrorCode::cross_origin_request;
  return token;
}

void clear_refresh_cookie(http::Response& response) {
  response.with("Set-Cookie", std::string(kCookie) + '=' + std::string(kAttributes) + '0');
}

AnswerFacts token_pair_answer(std::string_view meaning) {
  return answer_of(200, meaning, samples::token_pair(), token_pair_parts(), {"Cache-Control", "Set-Cookie"});
}

}  // namespace taskward::api
