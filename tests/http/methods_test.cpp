// Methods: 405 with Allow, HEAD, OPTIONS and trailing slashes, for every path of the route table.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "people.hpp"
#include "running_stack.hpp"
#include "taskward/api/routes.hpp"
#include "tls_connection.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

/// The methods of each path, as Allow should have them; "{id}" stands for some id.
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

BOOST_AUTO_TEST_SUITE(methods)

BOOST_AUTO_TEST_CASE(every_other_method_of_a_known_path_is_refused_with_the_exact_list) {
  HttpClient client = running_stack().client();
  for_each_path([&](const std::string& path, const std::set<std::string>& allowed) {
    for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "MKCOL", "LOCK"}) {
      if (allowed.count(method) == 1) continue;
      BOOST_TEST_CONTEXT(method) {
        const Answer answer = client.send({.method = method, .path = path});
        expect_problem(answer, 405, "method_not_allowed");
        BOOST_TEST(listed(answer.header("allow")) == allowed, each);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(head_of_a_path_without_get_is_refused_without_a_body) {
  HttpClient client = running_stack().client();
  for_each_path([&](const std::string& path, const std::set<std::string>& allowed) {
    if (allowed.count("HEAD") == 1) return;
    const Answer answer = client.send({.method = "HEAD", .path = path});
    BOOST_TEST(answer.status == 405);
    BOOST_TEST(answer.body.empty());
    BOOST_TEST(listed(answer.header("allow")) == allowed, each);
  });
}

BOOST_AUTO_TEST_CASE(nginx_refuses_what_no_route_has) {
  const Answer trace = raw_request(running_stack(), "TRACE /tasks HTTP/1.1\r\nHost: x\r\n\r\n");
  expect_problem(trace, 405, "method_not_allowed");
  BOOST_TEST(listed(trace.header("allow")).count("TRACE") == 0U);
  const Answer tunnel = raw_request(running_stack(), "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n");
  BOOST_TEST((tunnel.status == 400 || tunnel.status == 405));
  expect_problem(tunnel, tunnel.status, tunnel.json()["code"].text());
}

BOOST_DATA_TEST_CASE(methods_are_case_sensitive, data::make({"get", "Post", "G=T"}), method) {
  const Answer answer =
      raw_request(running_stack(), std::string(method) + " /tasks HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST((answer.status == 400 || answer.status == 405));
  expect_problem(answer, answer.status, answer.json()["code"].text());
}

BOOST_AUTO_TEST_CASE(head_answers_with_the_headers_of_get_and_no_body) {
  const Stack& stack = running_stack();
  const Person person = join(stack);
  const std::string id = new_task(stack, person.tokens.access);
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2}) {
    HttpClient client = stack.client(version);
    for (const std::string& path : std::vector<std::string>{"/healthz", "/readyz", "/auth/me", "/tasks",
                                                            "/tasks/" + id, "/tasks/none", "/nowhere"}) {
      BOOST_TEST_CONTEXT(path) {
        const Answer get = client.get(path, person.tokens.access);
        const Answer head = client.send({.method = "HEAD", .path = path, .token = person.tokens.access});
        BOOST_TEST(head.status == get.status);
        BOOST_TEST(head.body.empty());
        BOOST_TEST(get.header("content-length") == std::to_string(get.body.size()));
        std::map<std::string, std::string> of_get(get.headers.begin(), get.headers.end());
        std::map<std::string, std::string> of_head(head.headers.begin(), head.headers.end());
        for (const char* own : {"date", "x-request-id"}) {
          of_get.erase(own);
          of_head.erase(own);
        }
        BOOST_TEST((of_get == of_head));
        BOOST_TEST(of_head.at("content-length") == of_get.at("content-length"));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(head_leaves_the_connection_in_order) {
  TlsConnection connection(running_stack());
  connection.send("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(connection.receive(TlsConnection::To::head).status == 200);
  BOOST_TEST(connection.receive().json()["status"].text() == "ready");
}

BOOST_AUTO_TEST_CASE(options_tells_what_a_path_takes_to_anyone) {
  HttpClient client = running_stack().client();
  for_each_path([&](const std::string& path, const std::set<std::string>& allowed) {
    const Answer answer = client.send({.method = "OPTIONS", .path = path});
    BOOST_TEST(answer.status == 204);
    BOOST_TEST(answer.body.empty());
    BOOST_TEST(listed(answer.header("allow")) == allowed, each);
    expect_common_headers(answer);
  });
  expect_problem(client.send({.method = "OPTIONS", .path = "/nowhere"}), 404, "not_found");
}

BOOST_AUTO_TEST_CASE(a_trailing_slash_makes_no_difference) {
  HttpClient client = running_stack().client();
  for_each_path([&](const std::string& path, const std::set<std::string>& allowed) {
    const Answer answer = client.send({.method = "OPTIONS", .path = path + '/'});
    BOOST_TEST(answer.status == 204);
    BOOST_TEST(listed(answer.header("allow")) == allowed, each);
    BOOST_TEST(client.get(path + '/').status == client.get(path).status);
  });
}

BOOST_DATA_TEST_CASE(an_unknown_path_is_404_with_every_method,
                     data::make({"/", "/nowhere", "/tasks/a/b", "/auth", "/auth/", "/Tasks", "/tasks.json",
                                 "/.problem", "/.git/config", "/auth/login/x", "/healthz2"}),
                     path) {
  HttpClient client = running_stack().client();
  for (const std::string method : {"GET", "POST", "PUT", "DELETE", "PROPFIND"})
    expect_problem(client.send({.method = method, .path = path}), 404, "not_found");
}

BOOST_AUTO_TEST_SUITE_END()
