// What somebody does first: register, log in, look around, and the lines that scripts/run prints.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;

std::string with_password(const std::string& name_member, const std::string& name) {
  return R"({")" + name_member + R"(":)" + json_string(name) + R"(,"password":"a long enough secret"})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(first_steps)

BOOST_AUTO_TEST_CASE(registering_gives_the_account_and_no_password) {
  const Stack& stack = running_stack();
  const std::string email = new_email();
  const Answer made = stack.client().post("/auth/register", with_password("email", email));
  BOOST_TEST(made.status == 201);
  BOOST_TEST(made.header("content-type") == "application/json");
  expect_common_headers(made);
  const Json user = made.json();
  const std::vector<std::string> names{"id",   "email",     "username",  "name", "email_verified",
                                       "role", "is_active", "created_at"};
  BOOST_TEST(user.names() == names, boost::test_tools::per_element());
  BOOST_TEST(user["email"].text() == email);
  BOOST_TEST(user["username"].is_null());
  BOOST_TEST(user["role"].text() == "user");
  // UUIDv7, and RFC 3339 in UTC with milliseconds.
  BOOST_TEST(user["id"].text().at(14) == '7');
  BOOST_TEST(user["created_at"].text().size() == 24U);
  BOOST_TEST(user["created_at"].text().back() == 'Z');
}

BOOST_DATA_TEST_CASE(a_name_logs_in_at_each_spelling_of_the_route,
                     data::make({"email", "username"}) * data::make({"/auth/login", "/login", "/login/"}),
                     member, path) {
  const Stack& stack = running_stack();
  const std::string name = std::string(member) == "email" ? new_email() : unique_name();
  const std::string body = with_password(member, name);
  HttpClient client = stack.client();
  BOOST_TEST(client.post("/auth/register", body).status == 201);
  const Answer answer = client.post(path, body);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.header("cache-control") == "no-store");
  const Json pair = answer.json();
  BOOST_TEST(pair["token_type"].text() == "Bearer");
  BOOST_TEST(pair["expires_in"].number() == 900);
  BOOST_TEST(pair["refresh_expires_in"].number() == 604800);
  BOOST_TEST(pair["user"][member].text() == name);
}

BOOST_AUTO_TEST_CASE(names_are_compared_without_case) {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  const std::string name = unique_name();
  BOOST_TEST(client.post("/auth/register", with_password("email", name + "@Example.ORG")).status == 201);
  BOOST_TEST(client.post("/login", with_password("email", name + "@example.org")).status == 200);
  expect_problem(client.post("/auth/register", with_password("email", name + "@EXAMPLE.org")), 409,
                 "email_taken");
}

BOOST_AUTO_TEST_CASE(a_taken_user_name_is_told) {
  HttpClient client = running_stack().client();
  const std::string body = with_password("username", unique_name());
  BOOST_TEST(client.post("/auth/register", body).status == 201);
  expect_problem(client.post("/auth/register", body), 409, "username_taken");
}

BOOST_AUTO_TEST_CASE(a_wrong_password_and_an_unknown_account_get_the_same_answer) {
  const Stack& stack = running_stack();
  const Person person = join(stack);
  HttpClient client = stack.client();
  const Answer wrong = client.post("/auth/login", with_password("email", person.email));
  const Answer unknown = client.post("/auth/login", with_password("email", new_email()));
  expect_problem(wrong, 401, "invalid_credentials");
  expect_problem(unknown, 401, "invalid_credentials");
  BOOST_TEST(wrong.json()["detail"].text() == unknown.json()["detail"].text());
  BOOST_TEST(wrong.header("content-length") == unknown.header("content-length"));
}

BOOST_AUTO_TEST_CASE(the_profile_and_the_protected_route_know_the_caller) {
  const Stack& stack = running_stack();
  const Person person = join(stack);
  HttpClient client = stack.client();
  const Answer me = client.get("/auth/me", person.tokens.access);
  BOOST_TEST(me.status == 200);
  BOOST_TEST(me.json()["id"].text() == person.id);
  BOOST_TEST(me.header("cache-control") == "private");
  const Answer guarded = client.get("/auth/protected", person.tokens.access);
  BOOST_TEST(guarded.status == 200);
  BOOST_TEST(!guarded.json()["message"].text().empty());
  BOOST_TEST(guarded.json()["user"]["id"].text() == person.id);
}

BOOST_AUTO_TEST_CASE(health_and_readiness_are_told_to_anyone) {
  HttpClient client = running_stack().client();
  BOOST_TEST(client.get("/healthz").json()["status"].text() == "ok");
  BOOST_TEST(client.get("/readyz").json()["status"].text() == "ready");
}

BOOST_AUTO_TEST_CASE(both_versions_of_http_are_spoken) {
  const Stack& stack = running_stack();
  BOOST_TEST((stack.client(HttpVersion::http2).get("/healthz").version == HttpVersion::http2));
  BOOST_TEST((stack.client(HttpVersion::http1_1).get("/healthz").version == HttpVersion::http1_1));
}

BOOST_AUTO_TEST_CASE(a_client_that_trusts_another_certificate_gets_no_connection) {
  const Stack& stack = running_stack();
  const auto other = stack.folder().parent_path() / "other.pem";
  const Finished made =
      run_command({.words = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                             "ec_paramgen_curve:prime256v1", "-noenc", "-days", "1", "-subj", "/CN=127.0.0.1",
                             "-keyout", "/dev/null", "-out", other.string()}});
  BOOST_TEST(made.status == 0);
  HttpClient client(stack.url(), other.string());
  BOOST_CHECK_THROW(static_cast<void>(client.get("/healthz")), NoAnswer);
}

BOOST_AUTO_TEST_CASE(the_lines_that_the_start_prints_work_as_they_are) {
  const Stack& stack = running_stack();
  const std::string& text = stack.announcement();
  BOOST_TEST(text.find(stack.url()) != std::string::npos);
  std::string script = "set -e\n";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("curl ")) script += line + "; echo\n";
    if (line.starts_with("TOKEN=")) script += line + '\n';
  }
  const Finished done = run_command({.words = {"bash"}, .input = script});
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
