// Malformed requests: each gets a problem document.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "running_stack.hpp"
#include "tls_connection.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

std::string get(const std::string& target, const std::string& more = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
}

/// A problem document of any 4xx status.
void expect_client_error(const Response& response) {
  BOOST_TEST(response.status >= 400);
  BOOST_TEST(response.status < 500);
  expect_problem(response, response.status, response.json()["code"].text());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(malformed_requests, *boost::unit_test::label("sanitize"))

BOOST_DATA_TEST_CASE(malformed_path_is_a_client_error,
                     data::make({"//",
                                 "///x",
                                 "/../",
                                 "/../../etc/passwd",
                                 "/tasks/../..",
                                 "/%00",
                                 "/tasks/%00",
                                 "/%2e%2e/x",
                                 "/%2e%2e/%2e%2e/etc/passwd",
                                 "/..%2f..%2fetc",
                                 "/%",
                                 "/%zz",
                                 "/%u0041",
                                 "/\xFF\xFE",
                                 "/%ff%fe",
                                 "/tasks/%ff",
                                 "/;/x",
                                 "/tasks;x=1",
                                 "/ x",
                                 "/tasks/%0d%0aX: y",
                                 "*",
                                 "x",
                                 "http://",
                                 "/\\..\\x",
                                 "/~root",
                                 "/tasks/%252e%252e",
                                 "/healthz/../../x",
                                 "/auth//../nowhere"}),
                     target) {
  expect_client_error(raw_request(running_stack(), get(target)));
}

BOOST_AUTO_TEST_CASE(double_slashes_and_dots_are_normalised) {
  BOOST_TEST(raw_request(running_stack(), get("//healthz//")).status == 200);
  BOOST_TEST(raw_request(running_stack(), get("/tasks/../healthz")).status == 200);
  BOOST_TEST(raw_request(running_stack(), get("/%68ealthz")).status == 200);
}

BOOST_AUTO_TEST_CASE(overlong_path_is_414) {
  expect_problem(raw_request(running_stack(), get('/' + std::string(9000, 'a'))), 414, "uri_too_long");
  expect_client_error(raw_request(running_stack(), get("/tasks/" + std::string(4000, 'a'))));
  expect_client_error(raw_request(running_stack(), get("/tasks?" + std::string(4000, 'a'))));
}

BOOST_AUTO_TEST_CASE(oversized_headers_are_431) {
  const std::string line = "X-Large: " + std::string(9000, 'a') + "\r\n";
  expect_problem(raw_request(running_stack(), get("/healthz", line)), 431, "headers_too_large");
  std::string many;
  for (int i = 0; i < 10; ++i) many += "X-" + std::to_string(i) + ": " + std::string(6000, 'a') + "\r\n";
  expect_problem(raw_request(running_stack(), get("/healthz", many)), 431, "headers_too_large");
}

BOOST_DATA_TEST_CASE(
    malformed_http_is_400,
    data::make({"\x01\x02\x03\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/x\r\n\r\n",
                "POST /tasks HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
                "POST /tasks HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST /tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                "POST /tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: "
                "chunked\r\n\r\n0\r\n\r\n",
                "POST /tasks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"}),
    bytes) {
  expect_problem(raw_request(running_stack(), bytes), 400, "bad_request");
}

BOOST_AUTO_TEST_CASE(plain_http_on_the_tls_port_is_400) {
  const Stack& stack = running_stack();
  const std::string address = "http://127.0.0.1:" + std::to_string(stack.port());
  HttpClient client(address, stack.certificate());
  const Response response = client.get("/healthz");
  expect_problem(response, 400, "bad_request");
}

BOOST_AUTO_TEST_CASE(unknown_transfer_coding_is_501) {
  const Response response = raw_request(
      running_stack(),
      "POST /tasks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nContent-Type: application/json\r\n\r\n");
  expect_problem(response, 501, "not_implemented");
}

BOOST_AUTO_TEST_CASE(unexpected_body_does_no_harm) {
  TlsConnection connection(running_stack());
  for (int i = 0; i < 3; ++i) {
    connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    BOOST_TEST(connection.receive().status == 200);
  }
}

BOOST_AUTO_TEST_SUITE_END()
