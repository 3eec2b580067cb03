// After all the other suites (this file is linked last): no secret of theirs lies where it should not.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <thread>

#include "people.hpp"
#include "running_stack.hpp"

namespace {

using namespace taskward::test;
namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string key_of(const Stack& stack) {
  std::string key = content(stack.folder() / "etc/secret_key");
  while (key.ends_with('\n')) key.pop_back();
  return key;
}

/// Where one of the secrets stands, with what is around it; empty when none does.
std::string leak_in(const std::string& text, const Stack& stack) {
  const std::string key = key_of(stack);
  for (const std::string_view secret : {kPasswordMark, kTokenMark, std::string_view(key)}) {
    BOOST_REQUIRE(!secret.empty());
    const std::size_t at = text.find(secret);
    if (at != std::string::npos) return text.substr(at < 100 ? 0 : at - 100, 200);
  }
  return {};
}

/// Requests that carry secrets to where they are refused.
struct Rounds {
  const Stack& stack = running_stack();
  Person person = join(stack);

  Rounds() {
    // Over HTTP/2 nginx ends the connection within its answer to headers that are too large.
    HttpClient client = stack.client(HttpVersion::http1_1);
    const Person admin = join(stack, "admin");
    const Tokens& tokens = person.tokens;
    const std::string password = json_string(person.password);
    const std::vector<Ask> asks{
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
        {.path = "/auth/me?access_token=" + tokens.access},
        {.path = "/nowhere?token=" + tokens.refresh, .token = admin.tokens.access},
        {.method = "TRACE", .path = "/tasks?token=" + tokens.access, .token = tokens.access},
        {.path = "/tasks",
         .token = tokens.access,
         .headers = {"X-Large: " + tokens.access + std::string(9000, 'x')}},
        {.method = "POST", .path = "/tasks", .body = tokens.refresh, .token = tokens.access},
        {.method = "POST", .path = "/auth/logout", .body = "{}", .token = tokens.access}};
    for (const Ask& ask : asks) {
      const Answer answer = client.send(ask);
      const bool gives_tokens = answer.status == 200 && ask.path == "/refresh";
      BOOST_TEST((gives_tokens || leak_in(answer.body, stack).empty()),
                 ask.path << " answers " << answer.body);
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(whole_run_secrets, Rounds)

BOOST_AUTO_TEST_CASE(no_log_holds_a_password_a_token_or_a_key) {
  // nginx writes its own lines once a second.
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  std::size_t bytes = 0;
  for (const Stack* one : running_stacks()) {
    for (const auto& entry : fs::directory_iterator(one->folder() / "log")) {
      const std::string text = content(entry.path());
      bytes += text.size();
      BOOST_TEST(leak_in(text, *one).empty(), entry.path() << ": " << leak_in(text, *one));
    }
  }
  BOOST_TEST(bytes > 1000U);
}

BOOST_AUTO_TEST_CASE(no_process_shows_a_secret_in_its_arguments) {
  std::size_t processes = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (!fs::exists(entry.path() / "cmdline")) continue;
    const std::string arguments = content(entry.path() / "cmdline");
    if (arguments.find(stack.folder().string()) == std::string::npos) continue;
    ++processes;
    BOOST_TEST(leak_in(arguments, stack).empty(), arguments);
  }
  BOOST_TEST(processes >= 4U);
}

BOOST_AUTO_TEST_CASE(the_database_holds_no_secret_in_clear) {
  for (const Stack* one : running_stacks()) {
    const Finished dump = one->exec({"pg_dump", "-U", "postgres"});
    BOOST_TEST(dump.status == 0, dump.err);
    BOOST_TEST(dump.out.find("COPY taskward.users") != std::string::npos);
    BOOST_TEST(leak_in(dump.out, *one).empty(), leak_in(dump.out, *one));
    BOOST_TEST(dump.out.find("PRIVATE KEY") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(no_secret_can_be_read_by_other_users) {
  for (const char* name : {"etc", "etc/secret_key", "tls/key.pem", "log", "pg", "pg/data"}) {
    const auto others = fs::perms::group_all | fs::perms::others_all;
    const fs::perms mode = fs::status(stack.folder() / name).permissions();
    BOOST_TEST(((mode & others) == fs::perms::none), name << " can be read by others");
  }
}

BOOST_AUTO_TEST_SUITE_END()
