// Randomly damaged request bodies never cause a 5xx response.
#include <boost/test/unit_test.hpp>
#include <random>

#include "load.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;

constexpr unsigned kSeed = 20240229;
constexpr std::size_t kMutationsPerRequest = 350;
constexpr std::size_t kThreads = 4;

/// A valid request whose body is damaged.
struct Original {
  std::string method;
  std::string path;
  std::string body;
  std::string token;
};

const std::vector<std::string>& pieces() {
  using namespace std::string_literals;
  static const std::vector<std::string> all{"\0"s,
                                            "\xFF"s,
                                            "\xC3"s,
                                            "\xED\xA0\x80"s,
                                            "\\ud800"s,
                                            "\\u0000"s,
                                            "\""s,
                                            "\\"s,
                                            "{"s,
                                            "}"s,
                                            "["s,
                                            "]"s,
                                            ","s,
                                            ":"s,
                                            "null"s,
                                            "1e999"s,
                                            "-0"s,
                                            "1e-9999"s,
                                            "18446744073709551616"s,
                                            "true"s,
                                            "\r\n"s,
                                            "\xEF\xBB\xBF"s,
                                            "{\"a\":"s,
                                            "\"email\":\"a\","s,
                                            "\"title\":null,"s,
                                            "%00"s,
                                            "';--"s,
                                            std::string(70, '['),
                                            std::string(3000, 'A'),
                                            "\"x\":{\"y\":[1,{}]},"s,
                                            "\xF0\x9F\x98\x80"s,
                                            "\x7F"s,
                                            "\xC2\x85"s,
                                            "2024-01-01"s};
  return all;
}

std::string damaged(std::string body, std::mt19937& random) {
  const auto below = [&](std::size_t limit) {
    return limit == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  for (std::size_t rounds = 1 + below(4); rounds > 0; --rounds) {
    const std::size_t at = below(body.size());
    switch (below(6)) {
      case 0:
        if (!body.empty()) body[at] = static_cast<char>(below(256));
        break;
      case 1:
        body.erase(at, below(8));
        break;
      case 2:
        body.insert(at, pieces()[below(pieces().size())]);
        break;
      case 3:
        body.resize(at);
        break;
      case 4:
        body.insert(at, body.substr(below(body.size() + 1), below(40)));
        break;
      default:
        body += pieces()[below(pieces().size())];
    }
  }
  return body;
}

/// Replaces one value of the body by another JSON value.
std::string with_replaced_value(std::string body, std::mt19937& random) {
  static const std::vector<std::string> values{"null",
                                               "true",
                                               "0",
                                               "-0.0",
                                               "1e308",
                                               "18446744073709551616",
                                               "[]",
                                               "{}",
                                               "[[{}]]",
                                               "\"\"",
                                               R"("\u0000")",
                                               R"("\ud83d\ude00")",
                                               R"("\u001b[2J")",
                                               R"({"a":{"b":[null]}})",
                                               '"' + std::string(5000, 'x') + '"',
                                               std::string(30, '[') + std::string(30, ']'),
                                               R"("x","x":1)",
                                               R"("' or 1=1 --","\u0000":"x")"};
  std::vector<std::size_t> starts;
  for (std::size_t at = body.find(":\""); at != std::string::npos; at = body.find(":\"", at + 1))
    starts.push_back(at + 1);
  const std::size_t start = starts[random() % starts.size()];
  return body.replace(start, body.find('"', start + 1) + 1 - start, values[random() % values.size()]);
}

std::string printable(const std::string& body) {
  std::string out;
  for (const char c : body.substr(0, 300)) {
    char hex[8];
    static_cast<void>(
        std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c))));
    out += c >= 0x20 && c < 0x7f ? std::string(1, c) : std::string(hex);
  }
  return out;
}

/// The error in the response; empty if there is none.
std::string error_in(const Response& response) {
  if (response.status >= 500 || response.status < 200) return "status " + std::to_string(response.status);
  if (response.status == 204) return response.body.empty() ? "" : "204 with a body";
  try {
    const Json body = response.json();
    if (response.status < 400) return "";
    if (response.header("content-type") != "application/problem+json") return "not a problem document";
    if (body["status"].number() != response.status) return "the body has another status";
    if (body["request_id"].text() != response.header("x-request-id"))
      return "the body has another request id";
  } catch (const std::exception& fault) {
    return fault.what();
  }
  return "";
}

struct Results {
  std::vector<std::string> faults;
  std::map<std::string, std::map<int, std::size_t>> statuses;  ///< by path
};

/// The mutations of one thread: every kThreads-th of each original.
Results run_share(const Stack& stack, const std::vector<Original>& originals, std::size_t share) {
  Results found;
  HttpClient client = stack.client(share % 2 == 0 ? HttpVersion::http1_1 : HttpVersion::http2);
  std::mt19937 random(static_cast<unsigned>(kSeed + share));
  for (std::size_t i = share; i < kMutationsPerRequest; i += kThreads) {
    for (const Original& original : originals) {
      const std::string body =
          random() % 2 == 0 ? damaged(original.body, random) : with_replaced_value(original.body, random);
      std::string fault;
      try {
        const Response response = client.send(
            {.method = original.method, .path = original.path, .body = body, .token = original.token});
        ++found.statuses[original.path][response.status];
        fault = error_in(response);
      } catch (const std::exception& broken) {
        fault = broken.what();
      }
      if (!fault.empty())
        found.faults.push_back(original.method + ' ' + original.path + ' ' + printable(body) + ": " + fault);
    }
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(randomly_damaged_bodies_never_cause_a_server_error,
                     *boost::unit_test::label("sanitize")) {
  const Stack& stack = running_stack();
  const User user = new_user(stack);
  const auto workers = stack.workers();
  const std::string task =
      R"({"title":"Tea","description":"green \u00fc","status":"in_progress","priority":"high",)"
      R"("due_at":"2026-03-01T12:00:00.5+01:00","tags":["a","b"]})";
  const std::string id = new_task(stack, user.tokens.access);
  const std::string& token = user.tokens.access;
  // Only the task requests carry the token, because a damaged logout or refresh may end the session of its
  // token.
  const std::vector<Original> originals{
      {"POST", "/auth/register",
       R"({"email":"ada@example.org","username":"ada.l","password":"a long enough secret","role":"user"})",
       ""},
      {"POST", "/auth/login", R"({"email":"ada@example.org","password":"a long enough secret"})", ""},
      {"POST", "/refresh", R"({"refresh_token":")" + new_user(stack).tokens.refresh + "\"}", ""},
      {"POST", "/auth/logout",
       R"({"refresh_token":")" + new_user(stack).tokens.refresh + R"(","scope":"session"})", ""},
      {"POST", "/tasks", task, token},
      {"PUT", "/tasks/" + id, task, token},
      {"PATCH", "/tasks/" + id, task, token},
      {"POST", "/tasks/batch",
       R"({"create":[)" + task + R"(,{"title":"Tea"}],"update":[{"id":")" + id +
           R"(","due_at":"2026-03-01T12:00:00Z","version":1}],"delete":["018f0000-0000-7000-8000-000000000000"]})",
       token},
      {"POST", "/tasks/import",
       '[' + task + ",\n" + task + R"(,{"title":"Tea","created_at":"2020-01-01T00:00:00Z"}])", token}};

  std::vector<Results> all(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t share = 0; share < kThreads; ++share)
    threads.emplace_back([&, share] { all[share] = run_share(stack, originals, share); });
  for (std::thread& thread : threads) thread.join();

  std::map<std::string, std::map<int, std::size_t>> statuses;
  for (const Results& one : all) {
    for (const std::string& fault : one.faults) BOOST_ERROR(fault);
    for (const auto& [path, counts] : one.statuses) {
      for (const auto& [status, count] : counts) statuses[path][status] += count;
    }
  }
  for (const Original& original : originals) {
    BOOST_TEST_CONTEXT(original.path) {
      auto& counts = statuses[original.path];
      // The mutations reach both the JSON parser and the validation.
      BOOST_TEST(counts[400] > 30U);
      // An import reports invalid tasks with 200.
      if (original.path != "/tasks/import") BOOST_TEST(counts[422] > 10U);
    }
  }
  BOOST_TEST(stack.client().get("/auth/me", token).status == 200,
             "the session of the task requests was ended");
  BOOST_TEST((stack.workers() == workers));
  BOOST_TEST(stack.client().get("/readyz").status == 200);
}
