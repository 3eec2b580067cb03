// Requests that need no database, and those that find none.
#include "taskward/app/dispatch.hpp"

#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/support_json.hpp"
#include "tests/unit/support_resources.hpp"

namespace taskward::app {
namespace {

using testing::object_in;
using testing::text_of;

struct Fixture : testing::ResourcesWithoutDatabase {
  Fixture() { BOOST_REQUIRE(::pipe(ends.data()) == 0); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() {
    for (const int end : ends) ::close(end);
  }

  http::Response ask(std::string_view method, std::string_view path) {
    request.method = method;
    request.path = path;
    request.request_id = "request-1";
    request.client_address = "192.0.2.7";
    const Log log(ends[1], LogLevel::info, clock);
    return Dispatch({"https://app.example"}, log).answer(request, resources);
  }

  /// The line that was logged; a request makes exactly one.
  json::Object logged() const {
    std::string text(8192, '\0');
    const ssize_t size = ::read(ends[0], text.data(), text.size());
    BOOST_REQUIRE(size > 0);
    text.resize(static_cast<std::size_t>(size));
    BOOST_TEST(text.find('\n') == text.size() - 1);
    return object_in(text);
  }

  http::Request request;
  std::array<int, 2> ends{};
};

std::string header(const http::Response& response, std::string_view name) {
  std::string out;
  for (const auto& [key, value] : response.headers) {
    if (key == name) out += (out.empty() ? "" : " | ") + value;
  }
  return out;
}

std::string code(const http::Response& response) { return text_of(object_in(response.body), "code"); }

BOOST_FIXTURE_TEST_SUITE(dispatch, Fixture)

BOOST_AUTO_TEST_CASE(a_path_that_is_in_no_row_is_404_whatever_the_method) {
  for (const char* method : {"GET", "POST", "OPTIONS", "BREW", ""}) {
    const auto response = ask(method, "/nothing");
    BOOST_TEST(response.status == 404);
    BOOST_TEST(code(response) == "not_found");
    BOOST_TEST(text_of(logged(), "route") == "none");
  }
}

BOOST_AUTO_TEST_CASE(a_known_path_with_another_method_is_405_with_allow) {
  for (const char* method : {"POST", "PUT", "TRACE", "get", "", "G\xff\n"}) {
    const auto response = ask(method, "/healthz");
    BOOST_TEST(response.status == 405);
    BOOST_TEST(header(response, "Allow") == "GET, HEAD, OPTIONS");
    BOOST_TEST(*json::find(logged(), "status")->get_if<std::int64_t>() == 405);
  }
}

BOOST_AUTO_TEST_CASE(options_is_answered_without_a_body) {
  const auto response = ask("OPTIONS", "/tasks");
  BOOST_TEST(response.status == 204);
  BOOST_TEST(header(response, "Allow") == "GET, HEAD, POST, OPTIONS");
  BOOST_TEST(response.body == "");
  BOOST_TEST(header(response, "Content-Length") == "");
}

BOOST_AUTO_TEST_CASE(options_tells_what_a_patch_may_be_where_there_is_one) {
  for (const char* path : {"/tasks/x", "/auth/me"}) {
    BOOST_TEST(
        header(ask("OPTIONS", path), "Accept-Patch") == "application/merge-patch+json, application/json",
        path);
  }
  for (const char* path : {"/tasks", "/tasks/import", "/tasks/x/restore", "/healthz", "/nothing"})
    BOOST_TEST(header(ask("OPTIONS", path), "Accept-Patch") == "", path);
}

BOOST_AUTO_TEST_CASE(what_a_patch_may_be_is_not_told_to_another_method) {
  request.content_type = "text/plain";
  request.body = "x";
  const auto response = ask("POST", "/auth/login");
  BOOST_TEST(response.status == 415);
  BOOST_TEST(header(response, "Accept-Patch") == "");
  // Nor to one who has not said who that is, whatever the body is.
  const auto unknown = ask("PATCH", "/tasks/x");
  BOOST_TEST(unknown.status == 401);
  BOOST_TEST(header(unknown, "Accept-Patch") == "");
}

BOOST_AUTO_TEST_CASE(head_has_the_headers_of_get_and_no_body) {
  const auto get = ask("GET", "/healthz");
  const auto head = ask("HEAD", "/healthz");
  BOOST_TEST(get.body == R"({"status":"ok"})");
  BOOST_TEST(header(get, "Content-Length") == std::to_string(get.body.size()));
  BOOST_TEST(head.body == "");
  BOOST_TEST(head.status == get.status);
  BOOST_TEST((head.headers == get.headers));
}

BOOST_AUTO_TEST_CASE(without_a_database_a_route_that_needs_it_is_503_and_tells_the_client_nothing_of_why) {
  request.authorization = "Bearer a.b.c";
  for (const char* path : {"/readyz", "/tasks", "/auth/me"}) {
    const auto response = ask("GET", path);
    BOOST_TEST(response.status == 503);
    BOOST_TEST(code(response) == "service_unavailable");
    BOOST_TEST(header(response, "Retry-After") == "1");
    BOOST_TEST(response.body.find("nonexistent") == std::string::npos);
    const auto line = logged();
    BOOST_TEST(text_of(line, "level") == "error");
    BOOST_TEST(!text_of(line, "reason").empty());
  }
}

BOOST_AUTO_TEST_CASE(a_bad_body_is_refused_before_the_database_is_asked) {
  request.content_type = "application/json";
  request.body = "{";
  const auto response = ask("POST", "/auth/login");
  BOOST_TEST(response.status == 400);
  BOOST_TEST(code(response) == "malformed_json");
}

BOOST_AUTO_TEST_CASE(the_line_of_a_request_says_what_happened_and_holds_no_secret) {
  request.authorization = "Bearer hunter2";
  request.query = "hunter2";
  request.content_type = "application/json";
  request.body = R"({"username":"ada","password":"hunter2"})";
  static_cast<void>(ask("POST", "/login"));
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

BOOST_AUTO_TEST_CASE(a_web_origin_of_the_list_may_read_the_answer_and_no_other) {
  request.origin = "https://app.example";
  const auto allowed = ask("GET", "/healthz");
  BOOST_TEST(header(allowed, "Access-Control-Allow-Origin") == "https://app.example");
  BOOST_TEST(header(allowed, "Vary") == "Origin");
  for (const char* origin :
       {"", "null", "https://app.example.evil", "http://app.example", "https://APP.example", "*"}) {
    request.origin = origin;
    const auto refused = ask("GET", "/healthz");
    BOOST_TEST(header(refused, "Access-Control-Allow-Origin") == "", origin);
    BOOST_TEST(header(refused, "Vary") == "Origin");
  }
}

BOOST_AUTO_TEST_CASE(a_script_may_read_what_a_page_of_tasks_and_their_versions_are_known_by) {
  request.origin = "https://app.example";
  const std::string exposed = header(ask("GET", "/healthz"), "Access-Control-Expose-Headers");
  for (const char* name : {"Content-Disposition", "ETag", "Link", "Location", "Retry-After"})
    BOOST_TEST(exposed.find(name) != std::string::npos, name);
}

BOOST_AUTO_TEST_CASE(a_preflight_is_told_the_methods_of_the_path) {
  request.origin = "https://app.example";
  request.access_control_request_method = "DELETE";
  const auto response = ask("OPTIONS", "/tasks/x");
  BOOST_TEST(header(response, "Access-Control-Allow-Methods") == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
  BOOST_TEST(header(response, "Access-Control-Allow-Headers") ==
             "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match");
}

BOOST_AUTO_TEST_CASE(metrics_are_for_the_addresses_of_the_list_and_unknown_to_all_others) {
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
      const auto refused = from(method, address);
      BOOST_TEST(refused.status == 404, address);
      BOOST_TEST(header(refused, "Allow") == "");
    }
    const auto refused = from("GET", address);
    const auto unknown = ask("GET", "/nothing");
    BOOST_TEST(refused.body == unknown.body);
    BOOST_TEST((refused.headers == unknown.headers));
  }
  rules.metrics_from.clear();
  BOOST_TEST(from("GET", "127.0.0.1").status == 404);
}

BOOST_AUTO_TEST_CASE(no_web_page_may_read_metrics) {
  rules.metrics_from = {model::IpNetwork::parse("192.0.2.7").value()};
  request.origin = "https://app.example";
  for (const char* method : {"GET", "OPTIONS", "POST"}) {
    const auto response = ask(method, "/metrics");
    BOOST_TEST(response.status != 404);
    for (const auto& [name, value] : response.headers) BOOST_TEST(!name.starts_with("Access-Control"), name);
  }
}

BOOST_AUTO_TEST_CASE(answers_are_private_unless_they_say_otherwise) {
  BOOST_TEST(header(ask("GET", "/healthz"), "Cache-Control") == "private");
  BOOST_TEST(header(ask("GET", "/nothing"), "Cache-Control") == "private");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::app
