// The first requests of a new user: registration, login and profile; and the commands that scripts/run
// prints.
#include <sstream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

std::string with_password(const std::string& name_member, const std::string& name) {
  return R"({")" + name_member + R"(":)" + json_string(name) + R"(,"password":"a long enough secret"})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(first_steps)

BOOST_AUTO_TEST_CASE(registration_returns_the_account_without_a_password) {
  const Stack& stack = running_stack();
  const std::string email = new_email();
  const Response created = stack.client().post("/auth/register", with_password("email", email));
  BOOST_TEST(created.status == 201);
  BOOST_TEST(created.header("content-type") == "application/json");
  expect_common_headers(created);
  const Json user = created.json();
  const std::vector<std::string> names{
      "id",   "email",     "username",          "name",      "email_verified",
      "role", "is_active", "has_second_factor", "created_at"};
  BOOST_TEST(user.names() == names, boost::test_tools::per_element());
  BOOST_TEST(user["email"].text() == email);
  BOOST_TEST(user["username"].is_null());
  BOOST_TEST(user["role"].text() == "user");
  // UUIDv7, and an RFC 3339 timestamp in UTC with milliseconds.
  BOOST_TEST(user["id"].text().at(14) == '7');
  BOOST_TEST(user["created_at"].text().size() == 24U);
  BOOST_TEST(user["created_at"].text().back() == 'Z');
}

BOOST_DATA_TEST_CASE(login_accepts_either_name_on_every_spelling_of_its_path,
                     data::make({"email", "username"}) * data::make({"/auth/login", "/login", "/login/"}),
                     member, path) {
  const Stack& stack = running_stack();
  const std::string name = std::string(member) == "email" ? new_email() : unique_name();
  const std::string body = with_password(member, name);
  HttpClient client = stack.client();
  BOOST_TEST(client.post("/auth/register", body).status == 201);
  const Response response = client.post(path, body);
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("cache-control") == "no-store");
  const Json pair = response.json();
  BOOST_TEST(pair["token_type"].text() == "Bearer");
  BOOST_TEST(pair["expires_in"].number() == 900);
  BOOST_TEST(pair["refresh_expires_in"].number() == 604800);
  BOOST_TEST(pair["user"][member].text() == name);
}

BOOST_AUTO_TEST_CASE(names_are_compared_case_insensitively) {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  const std::string name = unique_name();
  BOOST_TEST(client.post("/auth/register", with_password("email", name + "@Example.ORG")).status == 201);
  BOOST_TEST(client.post("/login", with_password("email", name + "@example.org")).status == 200);
  expect_problem(client.post("/auth/register", with_password("email", name + "@EXAMPLE.org")), 409,
                 "email_taken");
}

BOOST_AUTO_TEST_CASE(taken_username_is_409) {
  HttpClient client = running_stack().client();
  const std::string body = with_password("username", unique_name());
  BOOST_TEST(client.post("/auth/register", body).status == 201);
  expect_problem(client.post("/auth/register", body), 409, "username_taken");
}

BOOST_AUTO_TEST_CASE(wrong_password_and_unknown_account_get_the_same_response) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  HttpClient client = stack.client();
  const Response wrong = client.post("/auth/login", with_password("email", user.email));
  const Response unknown = client.post("/auth/login", with_password("email", new_email()));
  expect_problem(wrong, 401, "invalid_credentials");
  expect_problem(unknown, 401, "invalid_credentials");
  BOOST_TEST(wrong.json()["detail"].text() == unknown.json()["detail"].text());
  BOOST_TEST(wrong.header("content-length") == unknown.header("content-length"));
}

BOOST_AUTO_TEST_CASE(profile_and_protected_route_identify_the_caller) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  HttpClient client = stack.client();
  const Response me = client.get("/auth/me", user.tokens.access);
  BOOST_TEST(me.status == 200);
  BOOST_TEST(me.json()["id"].text() == user.id);
  BOOST_TEST(me.header("cache-control") == "private");
  const Response guarded = client.get("/auth/protected", user.tokens.access);
  BOOST_TEST(guarded.status == 200);
  BOOST_TEST(!guarded.json()["message"].text().empty());
  BOOST_TEST(guarded.json()["user"]["id"].text() == user.id);
}

BOOST_AUTO_TEST_CASE(health_and_readiness_need_no_token) {
  HttpClient client = running_stack().client();
  BOOST_TEST(client.get("/healthz").json()["status"].text() == "ok");
  BOOST_TEST(client.get("/readyz").json()["status"].text() == "ready");
}

BOOST_AUTO_TEST_CASE(both_http_versions_are_supported) {
  const Stack& stack = running_stack();
  BOOST_TEST((stack.client(HttpVersion::http2).get("/healthz").version == HttpVersion::http2));
  BOOST_TEST((stack.client(HttpVersion::http1_1).get("/healthz").version == HttpVersion::http1_1));
}

BOOST_AUTO_TEST_CASE(client_that_trusts_another_certificate_cannot_connect) {
  const Stack& stack = running_stack();
  const auto other = stack.folder().parent_path() / "other.pem";
  const CommandResult created =
      run_command({.words = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                             "ec_paramgen_curve:prime256v1", "-noenc", "-days", "1", "-subj", "/CN=127.0.0.1",
                             "-keyout", "/dev/null", "-out", other.string()}});
  BOOST_TEST(created.status == 0);
  HttpClient client(stack.url(), other.string());
  BOOST_CHECK_THROW(static_cast<void>(client.get("/healthz")), TransportError);
}

BOOST_AUTO_TEST_CASE(commands_printed_at_startup_work) {
  const Stack& stack = running_stack();
  const std::string& text = stack.announcement();
  BOOST_TEST(text.find(stack.url()) != std::string::npos);
  std::string script = "set -e\n";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("curl ")) script += line + "; echo\n";
    if (line.starts_with("TOKEN=")) script += line + '\n';
  }
  const CommandResult done = run_command({.words = {"bash"}, .input = script});
  BOOST_TEST(done.status == 0, done.err);
  std::istringstream out(done.out);
  std::string user;
  std::string task;
  std::getline(out, user);
  std::getline(out, task);
  BOOST_TEST(Json::parse(user)["email"].text() == "you@example.org");
  BOOST_TEST(Json::parse(task)["title"].text() == "Try Taskward");
}

BOOST_AUTO_TEST_SUITE_END()
