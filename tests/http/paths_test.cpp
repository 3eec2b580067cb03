// Absurd requests: each gets a problem document, and the next one an answer.
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

/// A problem of some 4xx status.
void expect_client_fault(const Answer& answer) {
  BOOST_TEST(answer.status >= 400);
  BOOST_TEST(answer.status < 500);
  expect_problem(answer, answer.status, answer.json()["code"].text());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(paths)

BOOST_DATA_TEST_CASE(an_absurd_path_is_the_clients_fault,
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
  expect_client_fault(raw_request(running_stack(), get(target)));
}

BOOST_AUTO_TEST_CASE(double_slashes_and_dots_lead_where_they_say) {
  BOOST_TEST(raw_request(running_stack(), get("//healthz//")).status == 200);
  BOOST_TEST(raw_request(running_stack(), get("/tasks/../healthz")).status == 200);
  BOOST_TEST(raw_request(running_stack(), get("/%68ealthz")).status == 200);
}

BOOST_AUTO_TEST_CASE(a_path_that_is_too_long_is_414) {
  expect_problem(raw_request(running_stack(), get('/' + std::string(9000, 'a'))), 414, "uri_too_long");
  expect_client_fault(raw_request(running_stack(), get("/tasks/" + std::string(4000, 'a'))));
  expect_client_fault(raw_request(running_stack(), get("/tasks?" + std::string(4000, 'a'))));
}

BOOST_AUTO_TEST_CASE(headers_that_are_too_large_are_431) {
  const std::string line = "X-Large: " + std::string(9000, 'a') + "\r\n";
  expect_problem(raw_request(running_stack(), get("/healthz", line)), 431, "headers_too_large");
  std::string many;
  for (int i = 0; i < 10; ++i) many += "X-" + std::to_string(i) + ": " + std::string(6000, 'a') + "\r\n";
  expect_problem(raw_request(running_stack(), get("/healthz", many)), 431, "headers_too_large");
}

BOOST_DATA_TEST_CASE(
    what_is_no_http_is_400,
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

BOOST_AUTO_TEST_CASE(plain_http_to_the_port_is_told_so) {
  const Stack& stack = running_stack();
  const std::string address = "http://127.0.0.1:" + std::to_string(stack.port());
  HttpClient client(address, stack.certificate());
  const Answer answer = client.get("/healthz");
  expect_problem(answer, 400, "bad_request");
}

BOOST_AUTO_TEST_CASE(an_unknown_transfer_coding_is_refused) {
  const Answer answer = raw_request(
      running_stack(),
      "POST /tasks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nContent-Type: application/json\r\n\r\n");
  expect_problem(answer, 501, "not_implemented");
}

BOOST_AUTO_TEST_CASE(a_body_nobody_asked_for_does_no_harm) {
  TlsConnection connection(running_stack());
  for (int i = 0; i < 3; ++i) {
    connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    BOOST_TEST(connection.receive().status == 200);
  }
}

BOOST_AUTO_TEST_SUITE_END()
