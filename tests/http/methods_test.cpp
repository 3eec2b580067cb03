// 405 with Allow, HEAD, OPTIONS and trailing slashes, for every path of the route table.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "running_stack.hpp"
#include "taskward/api/routes.hpp"
#include "tls_connection.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

/// The methods expected in Allow, by path; "{id}" is replaced by an id.
std::map<std::string, std::set<std::string>> methods_by_path() {
  std::map<std::string, std::set<std::string>> out;
  for (const auto& route : taskward::api::every_route()) {
    std::string path(route.path);
    if (const std::size_t brace = path.find("{id}"); brace != std::string::npos)
      path.replace(brace, 4, "018f0000-0000-7000-8000-000000000000");
    auto& methods = out[path];
    methods.insert(std::string(taskward::http::name(route.method)));
    if (route.method == taskward::http::Method::GET) methods.insert("HEAD");
    methods.insert("OPTIONS");
  }
  return out;
}

void for_each_path(const std::function<void(const std::string&, const std::set<std::string>&)>& check) {
  for (const auto& [path, methods] : methods_by_path()) {
    BOOST_TEST_CONTEXT(path) { check(path, methods); }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(methods, *boost::unit_test::label("sanitize"))

BOOST_AUTO_TEST_CASE(unsupported_method_is_405_with_the_exact_allow_list) {
  HttpClient client = running_stack().client();
  for_each_path([&](const std::string& path, const std::set<std::string>& allowed) {
    for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "MKCOL", "LOCK"}) {
      if (allowed.count(method) == 1) continue;
      BOOST_TEST_CONTEXT(method) {
        const Response response = client.send({.method = method, .path = path});
        expect_problem(response, 405, "method_not_allowed");
        BOOST_TEST(split_list(response.header("allow")) == allowed, each);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(head_of_a_path_without_get_is_405_without_a_body) {
  HttpClient client = running_stack().client();
  for_each_path([&](const std::string& path, const std::set<std::string>& allowed) {
    if (allowed.count("HEAD") == 1) return;
    const Response response = client.send({.method = "HEAD", .path = path});
    BOOST_TEST(response.status == 405);
    BOOST_TEST(response.body.empty());
    BOOST_TEST(split_list(response.header("allow")) == allowed, each);
  });
}

BOOST_AUTO_TEST_CASE(nginx_rejects_trace_and_connect) {
  const Response trace = raw_request(running_stack(), "TRACE /tasks HTTP/1.1\r\nHost: x\r\n\r\n");
  expect_problem(trace, 405, "method_not_allowed");
  BOOST_TEST(split_list(trace.header("allow")).count("TRACE") == 0U);
  const Response tunnel = raw_request(running_stack(), "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n");
  BOOST_TEST((tunnel.status == 400 || tunnel.status == 405));
  expect_problem(tunnel, tunnel.status, tunnel.json()["code"].text());
}

BOOST_DATA_TEST_CASE(methods_are_case_sensitive, data::make({"get", "Post", "G=T"}), method) {
  const Response response =
      raw_request(running_stack(), std::string(method) + " /tasks HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST((response.status == 400 || response.status == 405));
  expect_problem(response, response.status, response.json()["code"].text());
}

BOOST_AUTO_TEST_CASE(head_has_the_headers_of_get_and_no_body) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  const std::string id = new_task(stack, user.tokens.access);
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
    HttpClient client = stack.client(version);
    for (const std::string& path : std::vector<std::string>{"/healthz", "/readyz", "/auth/me", "/tasks",
                                                            "/tasks/" + id, "/tasks/none", "/nowhere"}) {
      BOOST_TEST_CONTEXT(path) {
        const Response get = client.get(path, user.tokens.access);
        const Response head = client.send({.method = "HEAD", .path = path, .token = user.tokens.access});
        BOOST_TEST(head.status == get.status);
        BOOST_TEST(head.body.empty());
        BOOST_TEST(get.header("content-length") == std::to_string(get.body.size()));
        std::map<std::string, std::string> of_get(get.headers.begin(), get.headers.end());
        std::map<std::string, std::string> of_head(head.headers.begin(), head.headers.end());
        for (const char* varying : {"date", "x-request-id"}) {
          of_get.erase(varying);
          of_head.erase(varying);
        }
        BOOST_TEST((of_get == of_head));
        BOOST_TEST(of_head.at("content-length") == of_get.at("content-length"));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(connection_is_usable_after_head) {
  TlsConnection connection(running_stack());
  connection.send("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(connection.receive(TlsConnection::To::head).status == 200);
  BOOST_TEST(connection.receive().json()["status"].text() == "ready");
}

BOOST_AUTO_TEST_CASE(options_lists_the_methods_without_a_token) {
  HttpClient client = running_stack().client();
  for_each_path([&](const std::string& path, const std::set<std::string>& allowed) {
    const Response response = client.send({.method = "OPTIONS", .path = path});
    BOOST_TEST(response.status == 204);
    BOOST_TEST(response.body.empty());
    BOOST_TEST(split_list(response.header("allow")) == allowed, each);
    expect_common_headers(response);
  });
  expect_problem(client.send({.method = "OPTIONS", .path = "/nowhere"}), 404, "not_found");
}

BOOST_AUTO_TEST_CASE(trailing_slash_makes_no_difference) {
  HttpClient client = running_stack().client();
  for_each_path([&](const std::string& path, const std::set<std::string>& allowed) {
    const Response response = client.send({.method = "OPTIONS", .path = path + '/'});
    BOOST_TEST(response.status == 204);
    BOOST_TEST(split_list(response.header("allow")) == allowed, each);
    BOOST_TEST(client.get(path + '/').status == client.get(path).status);
  });
}

BOOST_DATA_TEST_CASE(unknown_path_is_404_for_every_method,
                     data::make({"/nowhere", "/tasks/a/b", "/auth", "/auth/", "/Tasks", "/tasks.json",
                                 "/.problem", "/.git/config", "/auth/login/x", "/healthz2"}),
                     path) {
  HttpClient client = running_stack().client();
  for (const std::string method : {"GET", "POST", "PUT", "DELETE", "PROPFIND"})
    expect_problem(client.send({.method = method, .path = path}), 404, "not_found");
}

BOOST_AUTO_TEST_SUITE_END()
