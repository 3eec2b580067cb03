#include "expectations.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

namespace taskward::test {
namespace {

bool is_request_id(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void expect_members(const Answer& answer, int status, std::string_view code) {
  const Json body = answer.json();
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
  BOOST_TEST(body["request_id"].text() == answer.header("x-request-id"));
}

}  // namespace

void expect_common_headers(const Answer& answer) {
  BOOST_TEST(answer.count("x-request-id") == 1U);
  BOOST_TEST(is_request_id(answer.header("x-request-id")), "X-Request-Id: " << answer.header("x-request-id"));
  for (const auto& [name, value] : {
           std::pair{"strict-transport-security", "max-age=31536000"},
           std::pair{"x-content-type-options", "nosniff"},
           std::pair{"content-security-policy", "default-src 'none'; frame-ancestors 'none'"},
           std::pair{"x-frame-options", "DENY"},
           std::pair{"referrer-policy", "no-referrer"},
           std::pair{"cross-origin-resource-policy", "same-origin"},
       }) {
    BOOST_TEST(answer.count(name) == 1U, name << " is there " << answer.count(name) << " times");
    BOOST_TEST(answer.header(name) == value);
  }
  BOOST_TEST(answer.count("cache-control") == 1U,
             "Cache-Control is there " << answer.count("cache-control") << " times");
  BOOST_TEST(answer.header("server").find_first_of("/0123456789") == std::string::npos,
             "Server: " << answer.header("server"));
  BOOST_TEST(answer.count("x-powered-by") == 0U);
}

void expect_problem(const Answer& answer, int status, std::string_view code) {
  BOOST_TEST_CONTEXT("the answer " << answer.status << ' ' << answer.body.substr(0, 500)) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(answer.header("content-type") == "application/problem+json");
    expect_common_headers(answer);
    try {
      expect_members(answer, status, code);
    } catch (const std::runtime_error& fault) {
      BOOST_ERROR(fault.what());
    }
    if (status == 401) {
      const std::string challenge = answer.header("www-authenticate");
      BOOST_TEST(challenge.starts_with("Bearer "), "WWW-Authenticate: " << challenge);
      BOOST_TEST(challenge.find(R"(error="invalid_token")") != std::string::npos,
                 "WWW-Authenticate: " << challenge);
    }
    if (status == 405) BOOST_TEST(!answer.header("allow").empty());
    if (status == 429 || status == 502 || status == 503) BOOST_TEST(!answer.header("retry-after").empty());
  }
}

void expect_faults(const Answer& answer, const std::set<std::string>& faults) {
  expect_problem(answer, 422, "validation_failed");
  if (answer.status != 422) return;
  std::set<std::string> found;
  const Json errors = answer.json()["errors"];
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const Json error = errors.at(i);
    BOOST_TEST(!error["message"].text().empty());
    found.insert(error["field"].text() + ':' + error["code"].text());
  }
  BOOST_TEST(errors.size() == faults.size());
  BOOST_TEST(found == faults, boost::test_tools::per_element());
}

std::set<std::string> listed(std::string_view value) {
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
