// Runs after all other suites (this file is linked last): none of their secrets has leaked.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "../support/files.hpp"
#include "load.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace fs = std::filesystem;

std::string key_of(const Stack& stack) {
  std::string key = read_file(stack.folder() / "etc/secret_key");
  while (key.ends_with('\n')) key.pop_back();
  return key;
}

/// Where the first personal access token begins.
std::size_t personal_token_in(const std::string& text) {
  const std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::size_t at = text.find("tw_");
  while (at != std::string::npos && text.find_first_not_of(digits, at + 3) - at < 52)
    at = text.find("tw_", at + 1);
  return at;
}

/// The surroundings of the first secret in the text; empty if there is none.
std::string leak_in(const std::string& text, const Stack& stack) {
  if (const std::size_t at = personal_token_in(text); at != std::string::npos) return text.substr(at, 60);
  const std::string key = key_of(stack);
  for (const std::string_view secret : {kPasswordMark, kTokenMark, std::string_view(key)}) {
    BOOST_REQUIRE(!secret.empty());
    const std::size_t at = text.find(secret);
    if (at != std::string::npos) return text.substr(at < 100 ? 0 : at - 100, 200);
  }
  return {};
}

/// Sends secrets in requests that are rejected.
struct SecretsFixture {
  const Stack& stack = running_stack();
  User user = new_user(stack);
  std::vector<std::string> request_ids;

  SecretsFixture() {
    // Over HTTP/2 nginx closes the connection while it rejects oversized headers.
    HttpClient client = stack.client(HttpVersion::http1_1);
    const User admin = new_user(stack, "admin");
    const Tokens& tokens = user.tokens;
    const std::string password = json_string(user.password);
    const std::string personal =
        client.post("/auth/tokens", R"({"name":"x","scopes":["profile:read"]})", tokens.access)
            .json()["token"]
            .text();
    const std::vector<Request> requests{
        {.method = "POST",
         .path = "/login",
         .body = R"({"email":"nobody@example.org","password":)" + password + '}'},
        {.method = "POST",
         .path = "/login",
         .body = R"({"email":)" + password + R"(,"password":)" + password + '}'},
        {.method = "POST", .path = "/login", .body = R"({"password":)" + password},
        {.method = "POST", .path = "/auth/register", .body = R"({"email":"x","password":)" + password + '}'},
        {.method = "POST",
         .path = "/auth/register",
         .body = R"({"username":)" + password + R"(,"password":"short"})"},
        {.method = "POST", .path = "/refresh", .body = R"({"refresh_token":")" + tokens.refresh + "\"}"},
        {.method = "POST", .path = "/refresh", .body = R"({"refresh_token":")" + tokens.refresh + "\"}"},
        {.method = "POST", .path = "/refresh", .body = R"({"refresh_token":")" + tokens.access + "x\"}"},
        {.path = "/auth/me", .token = tokens.access + "x"},
        {.path = "/auth/me?token=" + personal, .token = personal},
        {.path = "/tasks", .token = personal},
        {.path = "/nowhere?token=" + personal, .token = personal + "x"},
        {.path = "/auth/me?access_token=" + tokens.access},
        {.path = "/nowhere?token=" + tokens.refresh, .token = admin.tokens.access},
        {.method = "TRACE", .path = "/tasks?token=" + tokens.access, .token = tokens.access},
        {.path = "/tasks",
         .token = tokens.access,
         .headers = {"X-Large: " + tokens.access + std::string(9000, 'x')}},
        {.method = "POST", .path = "/tasks", .body = tokens.refresh, .token = tokens.access},
        {.method = "POST", .path = "/auth/logout", .body = "{}", .token = tokens.access}};
    for (const Request& request : requests) {
      const Response response = client.send(request);
      request_ids.push_back(response.header("x-request-id"));
      const bool gives_tokens = response.status == 200 && request.path == "/refresh";
      BOOST_TEST((gives_tokens || leak_in(response.body, stack).empty()),
                 request.path << " returns " << response.body);
    }
  }
  /// Whether all these requests are in the logs.
  [[nodiscard]] bool are_logged() const {
    std::string logs;
    for (const auto& entry : fs::directory_iterator(stack.folder() / "log")) logs += read_file(entry.path());
    return std::all_of(request_ids.begin(), request_ids.end(),
                       [&](const std::string& id) { return logs.find(id) != std::string::npos; });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(whole_run_secrets, SecretsFixture)

BOOST_AUTO_TEST_CASE(logs_contain_no_password_token_or_key) {
  // nginx buffers its log for up to a second.
  BOOST_TEST(eventually(std::chrono::seconds(20), [&] { return are_logged(); }));
  std::size_t bytes = 0;
  for (const Stack* one : running_stacks()) {
    for (const auto& entry : fs::directory_iterator(one->folder() / "log")) {
      const std::string text = read_file(entry.path());
      bytes += text.size();
      BOOST_TEST(leak_in(text, *one).empty(), entry.path() << ": " << leak_in(text, *one));
    }
  }
  BOOST_TEST(bytes > 1000U);
}

BOOST_AUTO_TEST_CASE(process_arguments_contain_no_secret) {
  std::size_t processes = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (!fs::exists(entry.path() / "cmdline")) continue;
    const std::string arguments = read_file(entry.path() / "cmdline");
    if (arguments.find(stack.folder().string()) == std::string::npos) continue;
    ++processes;
    BOOST_TEST(leak_in(arguments, stack).empty(), arguments);
  }
  BOOST_TEST(processes >= 4U);
}

BOOST_AUTO_TEST_CASE(database_contains_no_secret_in_clear_text) {
  for (const Stack* one : running_stacks()) {
    const CommandResult dump = one->exec({"pg_dump", "-U", "postgres"});
    BOOST_TEST(dump.status == 0, dump.err);
    BOOST_TEST(dump.out.find("COPY taskward.users") != std::string::npos);
    BOOST_TEST(leak_in(dump.out, *one).empty(), leak_in(dump.out, *one));
    BOOST_TEST(dump.out.find("PRIVATE KEY") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(secret_files_are_not_accessible_to_other_users) {
  for (const char* name : {"etc", "etc/secret_key", "tls/key.pem", "log", "pg", "pg/data"}) {
    const auto others = fs::perms::group_all | fs::perms::others_all;
    const fs::perms mode = fs::status(stack.folder() / name).permissions();
    BOOST_TEST(((mode & others) == fs::perms::none), name << " is accessible to other users");
  }
}

BOOST_AUTO_TEST_SUITE_END()
