#include "taskward/app/dispatch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "taskward/api/responses.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/text.hpp"
#include "taskward/domain/signing_keys.hpp"
#include "taskward/model/client.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::app {
namespace {

constexpr std::string_view kNoRoute = "none";
constexpr std::string_view kOtherMethod = "other";
constexpr std::string_view kClosedByClient = "the client closed the connection";

bool has_header(const http::Response& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const auto& header) { return header.first == name; });
}

constexpr const char* kOutcomeUnknown =
    "The outcome of the request is unknown: it may have been carried out. "
    "Look before you repeat it, or repeat it with the same Idempotency-Key or If-Match.";

/// Runs the work and converts an exception to an error. Its text is logged and not sent to the client.
template <class Work>
std::optional<Error> caught(domain::DatabaseHealth& health, const Work& work) {
  const auto broken = [](ErrorCode code, const std::string& text) { return Error(code, {}, text); };
  try {
    work();
    return std::nullopt;
  } catch (const db::ServerFault& failure) {
    health.note_fault();
    return broken(ErrorCode::service_unavailable, failure.what());
  } catch (const db::Unavailable& failure) {
    return broken(ErrorCode::service_unavailable, failure.what());
  } catch (const db::OutcomeUnknown& failure) {
    return Error(ErrorCode::service_unavailable, kOutcomeUnknown,
                 std::string("outcome unknown: ") + failure.what());
  } catch (const store::WrongSchema& failure) {
    return broken(ErrorCode::service_unavailable, failure.what());
  } catch (const domain::UnusableKeys& failure) {
    return broken(ErrorCode::service_unavailable, failure.what());
  } catch (const std::exception& failure) {
    return broken(ErrorCode::internal_error, failure.what());
  }
}

}  // namespace

struct Dispatch::Outcome {
  http::Response response;
  std::string_view route = kNoRoute;
  std::string_view code;  ///< of a problem document
  std::string internal;   ///< for the log
  api::Reach reach = api::Reach::all_clients;
};

Dispatch::Outcome Dispatch::route(http::Request& request, const domain::Resources& resources) const {
  Outcome outcome;
  const auto refuse = [&](const Error& error) {
    outcome.response = api::problem(error, request.request_id);
    outcome.code = facts(error.code).name;
    outcome.internal = error.internal;
  };
  const auto broken = caught(resources.health, [&] {
    const auto method = http::method(request.method);
    const api::Match found = api::match(request.path, method);
    const bool is_there =
        !found.allowed.empty() && api::reaches(found.reach, resources.rules, request.client_address);
    if (is_there) outcome.reach = found.reach;
    if (!is_there) {
      refuse(Error(ErrorCode::not_found, "There is no resource at this path."));
    } else if (method == http::Method::OPTIONS) {
      outcome.route = "options";
      outcome.response = http::Response(204);
      outcome.response.with("Allow", api::allow_value(found.allowed));
      if (api::allows(found.allowed, http::Method::PATCH))
        outcome.response.with("Accept-Patch", std::string(api::kAcceptPatch));
    } else if (found.route == nullptr) {
      refuse(ErrorCode::method_not_allowed);
      outcome.response.with("Allow", api::allow_value(found.allowed));
    } else {
      outcome.route = found.route->name;
      auto handled = found.route->handle({request, resources, found.route->name, found.id});
      if (handled)
        outcome.response = *std::move(handled);
      else
        refuse(handled.error());
      if (outcome.response.status == 401 && api::offers_basic(*found.route, request))
        outcome.response.with("WWW-Authenticate", std::string(api::kBasicChallenge));
      // RFC 5789, section 2.2.
      if (method == http::Method::PATCH && outcome.response.status == 415)
        outcome.response.with("Accept-Patch", std::string(api::kAcceptPatch));
    }
  });
  if (broken) refuse(*broken);
  return outcome;
}

void Dispatch::add_cors(const http::Request& request, Outcome& outcome) const {
  // Web pages must not read what is restricted to clients on this host.
  if (cors_origins_.empty() || outcome.reach != api::Reach::all_clients) return;
  http::Response& response = outcome.response;
  response.with("Vary", "Origin");
  if (std::find(cors_origins_.begin(), cors_origins_.end(), request.origin) == cors_origins_.end()) return;
  response.with("Access-Control-Allow-Origin", request.origin);
  if (request.method == "OPTIONS" && !request.access_control_request_method.empty()) {
    for (const auto& [name, value] : response.headers) {
      if (name != "Allow") continue;
      response.with("Access-Control-Allow-Methods", value);
      break;
    }
    response.with("Access-Control-Allow-Headers",
                  "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match");
    response.with("Access-Control-Max-Age", "600");
  } else {
    response.with("Access-Control-Expose-Headers",
                  "Content-Disposition, ETag, Link, Location, Retry-After, WWW-Authenticate, X-Request-Id");
  }
}

void Dispatch::note(const http::Request& request, const Outcome& outcome, Steady::time_point begun,
                    std::string_view aborted, model::Meter& meter) const {
  const int status = outcome.response.status;
  const bool is_error = status >= 500 || (!aborted.empty() && aborted != kClosedByClient);
  const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begun);
  const auto method = http::method(request.method);
  meter.add(model::Metric::http_requests,
            {outcome.route, method ? http::name(*method) : kOtherMethod, std::to_string(status)});
  meter.observe(model::Metric::http_duration, taken);
  std::int64_t omitted = 0;
  if (is_error) {
    const std::string_view why =
        aborted.empty() ? std::string_view(outcome.internal) : request.client_address;
    const std::array<std::string_view, 4> reason{outcome.route, outcome.code, aborted, why};
    const auto before = errors_.omitted_before(joined(reason, " "));
    if (!before) return;
    omitted = *before;
  }
  LogLine line = log_.line(is_error ? LogLevel::error : LogLevel::info, "request");
  line.field("request_id", request.request_id)
      .field("route", outcome.route)
      .field("method", request.method.substr(0, 16))
      .field("status", status)
      .field("duration_us", std::int64_t{taken.count()})
      .field("client_address", request.client_address);
  if (!outcome.code.empty()) line.field("code", outcome.code);
  if (!outcome.internal.empty()) line.field("reason", outcome.internal);
  if (!aborted.empty()) line.field("aborted", aborted);
  if (omitted > 0) line.field("omitted_since_last", omitted);
}

std::optional<std::int64_t> RepeatedErrors::omitted_before(std::string_view reason) {
  constexpr std::chrono::seconds window{10};
  constexpr int most = 10;
  constexpr std::size_t reasons_most = 100;
  const auto now = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  // Reasons that contain an address or an id must not fill the memory.
  auto found = counts_.find(reason);
  if (found == counts_.end()) {
    if (counts_.size() == reasons_most) counts_.clear();
    found = counts_.emplace(std::string(reason), Count{now, 0, 0}).first;
  }
  Count& count = found->second;
  if (now - count.window_begin > window) {
    count.window_begin = now;
    count.logged = 0;
  }
  if (count.logged == most) {
    ++count.omitted;
    return std::nullopt;
  }
  ++count.logged;
  return std::exchange(count.omitted, 0);
}

/// Logs the request when its response is complete or aborted.
class Dispatch::WatchedRest {
 public:
  WatchedRest(const Dispatch& dispatch, const http::Request& request, Outcome&& outcome,
              Steady::time_point begun, std::function<http::Piece(std::string&)> rest,
              const domain::Resources& resources)
      : dispatch_(dispatch),
        request_(request),
        outcome_(std::move(outcome)),
        begun_(begun),
        rest_(std::move(rest)),
        meter_(resources.meter),
        health_(resources.health) {}
  WatchedRest(const WatchedRest&) = delete;
  WatchedRest& operator=(const WatchedRest&) = delete;
  ~WatchedRest() { dispatch_.note(request_, outcome_, begun_, aborted_, meter_); }

  http::Piece next(std::string& into) {
    http::Piece piece = http::Piece::broken;
    const auto thrown = caught(health_, [&] { piece = rest_(into); });
    if (piece == http::Piece::broken)
      aborted_ = thrown ? thrown->internal : "access was revoked during the response";
    if (piece == http::Piece::end) aborted_.clear();
    return piece;
  }

 private:
  const Dispatch& dispatch_;
  const http::Request& request_;
  Outcome outcome_;
  Steady::time_point begun_;
  std::function<http::Piece(std::string&)> rest_;
  model::Meter& meter_;
  domain::DatabaseHealth& health_;
  std::string aborted_{kClosedByClient};
};

http::Response Dispatch::answer(http::Request& request, const domain::Resources& resources) const {
  const auto begun = Steady::now();
  // From here on an IPv4 address has one form, in limits, access rules, records and logs.
  request.client_address = model::recorded_address(request.client_address);
  Outcome outcome = route(request, resources);
  http::Response& response = outcome.response;

  if (!has_header(response, "Cache-Control")) response.with("Cache-Control", "private");
  add_cors(request, outcome);
  // Also for HEAD, with the length for GET (RFC 9110, section 8.6).
  const bool has_length = response.status != 204 && response.status != 304 && !response.rest;
  if (has_length) response.with("Content-Length", std::to_string(response.body.size()));
  if (request.method == "HEAD") {
    wipe(response.body);
    response.rest = nullptr;
  }
  if (!response.rest) {
    note(request, outcome, begun, {}, resources.meter);
    return std::move(outcome.response);
  }
  http::Response watched = std::move(response);
  outcome.response.status = watched.status;
  const auto rest = std::make_shared<WatchedRest>(*this, request, std::move(outcome), begun,
                                                  std::move(watched.rest), resources);
  watched.rest = [rest](std::string& into) { return rest->next(into); };
  return watched;
}

}  // namespace taskward::app
