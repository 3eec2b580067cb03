#include "expectations.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <utility>

namespace taskward::test {
namespace {

bool is_request_id(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void expect_members(const Response& response, int status, std::string_view code) {
  const Json body = response.json();
  std::set<std::string> names;
  for (const std::string& name : body.names()) names.insert(name);
  std::set<std::string> expected{"type", "title", "status", "detail", "code", "request_id"};
  if (code == "validation_failed") expected.insert("errors");
  BOOST_TEST(names == expected, boost::test_tools::per_element());
  BOOST_TEST(body["type"].text() == "about:blank");
  BOOST_TEST(!body["title"].text().empty());
  BOOST_TEST(!body["detail"].text().empty());
  BOOST_TEST(body["status"].number() == status);
  BOOST_TEST(body["code"].text() == code);
  BOOST_TEST(body["request_id"].text() == response.header("x-request-id"));
}

}  // namespace

void expect_common_headers(const Response& response) {
  BOOST_TEST(response.count("x-request-id") == 1U);
  BOOST_TEST(is_request_id(response.header("x-request-id")),
             "X-Request-Id: " << response.header("x-request-id"));
  for (const auto& [name, value] : {
           std::pair{"strict-transport-security", "max-age=31536000"},
           std::pair{"x-content-type-options", "nosniff"},
           std::pair{"content-security-policy", "default-src 'none'; frame-ancestors 'none'"},
           std::pair{"x-frame-options", "DENY"},
           std::pair{"referrer-policy", "no-referrer"},
           std::pair{"cross-origin-resource-policy", "same-origin"},
       }) {
    BOOST_TEST(response.count(name) == 1U, name << " appears " << response.count(name) << " times");
    BOOST_TEST(response.header(name) == value);
  }
  BOOST_TEST(response.count("cache-control") == 1U,
             "Cache-Control appears " << response.count("cache-control") << " times");
  BOOST_TEST(response.header("server").find_first_of("/0123456789") == std::string::npos,
             "Server: " << response.header("server"));
  BOOST_TEST(response.count("x-powered-by") == 0U);
}

void expect_problem(const Response& response, int status, std::string_view code) {
  BOOST_TEST_CONTEXT("response " << response.status << ' ' << response.body.substr(0, 500)) {
    BOOST_TEST(response.status == status);
    BOOST_TEST(response.header("content-type") == "application/problem+json");
    expect_common_headers(response);
    try {
      expect_members(response, status, code);
    } catch (const std::runtime_error& fault) {
      BOOST_ERROR(fault.what());
    }
    if (status == 401) {
      const std::string challenge = response.header("www-authenticate");
      BOOST_TEST(challenge.starts_with("Bearer "), "WWW-Authenticate: " << challenge);
      BOOST_TEST(challenge.find(R"(error="invalid_token")") != std::string::npos,
                 "WWW-Authenticate: " << challenge);
    }
    if (status == 405) BOOST_TEST(!response.header("allow").empty());
    if (status == 429 || status == 502 || status == 503) BOOST_TEST(!response.header("retry-after").empty());
  }
}

void expect_faults(const Response& response, const std::set<std::string>& faults) {
  expect_problem(response, 422, "validation_failed");
  if (response.status != 422) return;
  std::set<std::string> found;
  const Json errors = response.json()["errors"];
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const Json error = errors.at(i);
    BOOST_TEST(!error["message"].text().empty());
    found.insert(error["field"].text() + ':' + error["code"].text());
  }
  BOOST_TEST(errors.size() == faults.size());
  BOOST_TEST(found == faults, boost::test_tools::per_element());
}

void require_status(const Response& response, int status, const std::string& what) {
  if (response.status == status) return;
  throw std::runtime_error(what + ": " + std::to_string(response.status) + ' ' +
                           response.body.substr(0, 1000));
}

std::set<std::string> split_list(std::string_view value) {
  std::set<std::string> out;
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    std::string_view one = value.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    out.emplace(one);
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return out;
}

}  // namespace taskward::test
