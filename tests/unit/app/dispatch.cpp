// Requests that need no database, and requests while the database cannot be reached.
#include "taskward/app/dispatch.hpp"

#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/support_json.hpp"
#include "tests/unit/support_resources.hpp"
#include "tests/unit/support_responses.hpp"

namespace taskward::app {
namespace {

using testing::header_value;
using testing::object_in;
using testing::text_of;

struct DispatchFixture : testing::ResourcesWithoutDatabase {
  DispatchFixture() { BOOST_REQUIRE(::pipe(ends.data()) == 0); }
  DispatchFixture(const DispatchFixture&) = delete;
  DispatchFixture& operator=(const DispatchFixture&) = delete;
  ~DispatchFixture() {
    for (const int end : ends) ::close(end);
  }

  http::Response send(std::string_view method, std::string_view path) {
    request.method = method;
    request.path = path;
    request.request_id = "request-1";
    request.client_address = client_address;
    const Log log(ends[1], LogLevel::info, clock);
    return Dispatch({"https://app.example"}, log).answer(request, resources);
  }

  /// The log line of the request; each request writes exactly one.
  json::Object logged() const {
    std::string text(8192, '\0');
    const ssize_t size = ::read(ends[0], text.data(), text.size());
    BOOST_REQUIRE(size > 0);
    text.resize(static_cast<std::size_t>(size));
    BOOST_TEST(text.find('\n') == text.size() - 1);
    return object_in(text);
  }

  http::Request request;
  std::string_view client_address = "192.0.2.7";
  std::array<int, 2> ends{};
};

std::string code(const http::Response& response) { return text_of(object_in(response.body), "code"); }

BOOST_FIXTURE_TEST_SUITE(dispatch, DispatchFixture)

BOOST_AUTO_TEST_CASE(unknown_path_is_404_for_any_method) {
  for (const char* method : {"GET", "POST", "OPTIONS", "BREW", ""}) {
    const auto response = send(method, "/nothing");
    BOOST_TEST(response.status == 404);
    BOOST_TEST(code(response) == "not_found");
    BOOST_TEST(text_of(logged(), "route") == "none");
  }
}

BOOST_AUTO_TEST_CASE(ipv4_mapped_address_has_the_ipv4_form_everywhere) {
  client_address = "::ffff:192.0.2.7";
  send("GET", "/nothing");
  BOOST_TEST(text_of(logged(), "client_address") == "192.0.2.7");
  BOOST_TEST(request.client_address == "192.0.2.7");
}

BOOST_AUTO_TEST_CASE(known_path_with_another_method_is_405_with_allow) {
  for (const char* method : {"POST", "PUT", "TRACE", "get", "", "G\xff\n"}) {
    const auto response = send(method, "/healthz");
    BOOST_TEST(response.status == 405);
    BOOST_TEST(header_value(response, "Allow") == "GET, HEAD, OPTIONS");
    BOOST_TEST(*json::find(logged(), "status")->get_if<std::int64_t>() == 405);
  }
}

BOOST_AUTO_TEST_CASE(options_is_204_without_a_body) {
  const auto response = send("OPTIONS", "/tasks");
  BOOST_TEST(response.status == 204);
  BOOST_TEST(header_value(response, "Allow") == "GET, HEAD, POST, OPTIONS");
  BOOST_TEST(response.body == "");
  BOOST_TEST(header_value(response, "Content-Length") == "");
}

BOOST_AUTO_TEST_CASE(options_sends_accept_patch_if_the_path_supports_patch) {
  for (const char* path : {"/tasks/x", "/auth/me"}) {
    BOOST_TEST(header_value(send("OPTIONS", path), "Accept-Patch") ==
                   "application/merge-patch+json, application/json",
               path);
  }
  for (const char* path : {"/tasks", "/tasks/import", "/tasks/x/restore", "/healthz", "/nothing"})
    BOOST_TEST(header_value(send("OPTIONS", path), "Accept-Patch") == "", path);
}

BOOST_AUTO_TEST_CASE(accept_patch_is_not_sent_for_other_methods_or_without_a_token) {
  request.content_type = "text/plain";
  request.body = "x";
  const auto response = send("POST", "/auth/login");
  BOOST_TEST(response.status == 415);
  BOOST_TEST(header_value(response, "Accept-Patch") == "");
  // Nor without authentication, whatever the body.
  const auto unknown = send("PATCH", "/tasks/x");
  BOOST_TEST(unknown.status == 401);
  BOOST_TEST(header_value(unknown, "Accept-Patch") == "");
}

BOOST_AUTO_TEST_CASE(head_has_the_headers_of_get_and_no_body) {
  const auto get = send("GET", "/healthz");
  const auto head = send("HEAD", "/healthz");
  BOOST_TEST(get.body == R"({"status":"ok"})");
  BOOST_TEST(header_value(get, "Content-Length") == std::to_string(get.body.size()));
  BOOST_TEST(head.body == "");
  BOOST_TEST(head.status == get.status);
  BOOST_TEST((head.headers == get.headers));
}

BOOST_AUTO_TEST_CASE(unreachable_database_is_503_without_the_reason) {
  request.authorization = "Bearer a.b.c";
  for (const char* path : {"/readyz", "/tasks", "/auth/me"}) {
    const auto response = send("GET", path);
    BOOST_TEST(response.status == 503);
    BOOST_TEST(code(response) == "service_unavailable");
    BOOST_TEST(header_value(response, "Retry-After") == "1");
    BOOST_TEST(response.body.find("nonexistent") == std::string::npos);
    const auto line = logged();
    BOOST_TEST(text_of(line, "level") == "error");
    BOOST_TEST(!text_of(line, "reason").empty());
  }
}

BOOST_AUTO_TEST_CASE(invalid_body_is_rejected_before_the_database_is_used) {
  request.content_type = "application/json";
  request.body = "{";
  const auto response = send("POST", "/auth/login");
  BOOST_TEST(response.status == 400);
  BOOST_TEST(code(response) == "malformed_json");
}

BOOST_AUTO_TEST_CASE(request_log_line_contains_no_secret) {
  request.authorization = "Bearer hunter2";
  request.query = "hunter2";
  request.content_type = "application/json";
  request.body = R"({"username":"ada","password":"hunter2"})";
  static_cast<void>(send("POST", "/login"));
  const auto line = logged();
  std::string names;
  for (const auto& [name, value] : line) {
    names += name + ' ';
    if (const auto* text = value.get_if<std::string>())
      BOOST_TEST(text->find("hunter2") == std::string::npos, name);
  }
  BOOST_TEST(names ==
             "time level event request_id route method status duration_us client_address code reason ");
  BOOST_TEST(text_of(line, "route") == "login_short");
  BOOST_TEST(text_of(line, "request_id") == "request-1");
}

BOOST_AUTO_TEST_CASE(only_allowed_origins_may_read_responses) {
  request.origin = "https://app.example";
  const auto allowed = send("GET", "/healthz");
  BOOST_TEST(header_value(allowed, "Access-Control-Allow-Origin") == "https://app.example");
  BOOST_TEST(header_value(allowed, "Vary") == "Origin");
  for (const char* origin :
       {"", "null", "https://app.example.evil", "http://app.example", "https://APP.example", "*"}) {
    request.origin = origin;
    const auto rejected = send("GET", "/healthz");
    BOOST_TEST(header_value(rejected, "Access-Control-Allow-Origin") == "", origin);
    BOOST_TEST(header_value(rejected, "Vary") == "Origin");
  }
}

BOOST_AUTO_TEST_CASE(cors_exposes_the_paging_and_version_headers) {
  request.origin = "https://app.example";
  const std::string exposed = header_value(send("GET", "/healthz"), "Access-Control-Expose-Headers");
  for (const char* name : {"Content-Disposition", "ETag", "Link", "Location", "Retry-After"})
    BOOST_TEST(exposed.find(name) != std::string::npos, name);
}

BOOST_AUTO_TEST_CASE(cors_preflight_gives_the_methods_of_the_path) {
  request.origin = "https://app.example";
  request.access_control_request_method = "DELETE";
  const auto response = send("OPTIONS", "/tasks/x");
  BOOST_TEST(header_value(response, "Access-Control-Allow-Methods") ==
             "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
  BOOST_TEST(header_value(response, "Access-Control-Allow-Headers") ==
             "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match");
}

BOOST_AUTO_TEST_CASE(metrics_are_404_except_for_allowed_addresses) {
  const auto from = [&](const char* method, const char* address) {
    request.method = method;
    request.path = "/metrics";
    request.request_id = "request-1";
    request.client_address = address;
    const Log log(ends[1], LogLevel::info, clock);
    return Dispatch({"https://app.example"}, log).answer(request, resources);
  };
  rules.metrics_from = {model::IpNetwork::parse("127.0.0.0/8").value(),
                        model::IpNetwork::parse("::1").value()};
  for (const char* address : {"127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"}) {
    BOOST_TEST(from("GET", address).status == 200, address);
    BOOST_TEST(from("POST", address).status == 405, address);
  }
  for (const char* address :
       {"192.0.2.7", "128.0.0.1", "::2", "", "unix:", "localhost", "127.0.0.1, 192.0.2.7"}) {
    for (const char* method : {"GET", "HEAD", "POST", "OPTIONS"}) {
      const auto rejected = from(method, address);
      BOOST_TEST(rejected.status == 404, address);
      BOOST_TEST(header_value(rejected, "Allow") == "");
    }
    const auto rejected = from("GET", address);
    const auto unknown = send("GET", "/nothing");
    BOOST_TEST(rejected.body == unknown.body);
    BOOST_TEST((rejected.headers == unknown.headers));
  }
  rules.metrics_from.clear();
  BOOST_TEST(from("GET", "127.0.0.1").status == 404);
}

BOOST_AUTO_TEST_CASE(metrics_have_no_cors_headers) {
  rules.metrics_from = {model::IpNetwork::parse("192.0.2.7").value()};
  request.origin = "https://app.example";
  for (const char* method : {"GET", "OPTIONS", "POST"}) {
    const auto response = send(method, "/metrics");
    BOOST_TEST(response.status != 404);
    for (const auto& [name, value] : response.headers) BOOST_TEST(!name.starts_with("Access-Control"), name);
  }
}

BOOST_AUTO_TEST_CASE(responses_are_private_by_default) {
  BOOST_TEST(header_value(send("GET", "/healthz"), "Cache-Control") == "private");
  BOOST_TEST(header_value(send("GET", "/nothing"), "Cache-Control") == "private");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::app
