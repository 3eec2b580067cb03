// GET /metrics: the sums over all processes of the host, whichever of them answers, and the access
// restriction.
#include <signal.h>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <utility>

#include "../support/files.hpp"
#include "expectations.hpp"
#include "load.hpp"
#include "mailbox.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Values = std::map<std::string, double>;

Values values_in(const std::string& text) {
  Values values;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t space = line.rfind(' ');
    BOOST_TEST_REQUIRE(space != std::string::npos, line);
    BOOST_TEST(values.emplace(line.substr(0, space), std::stod(line.substr(space + 1))).second, line);
  }
  return values;
}

std::string requests(const std::string& route, int status, const std::string& method = "GET") {
  return "taskward_http_requests_total{route=\"" + route + "\",method=\"" + method + "\",status=\"" +
         std::to_string(status) + "\"}";
}

std::string login(const std::string& method, const std::string& outcome) {
  return "taskward_logins_total{method=\"" + method + "\",outcome=\"" + outcome + "\"}";
}

struct MetricsFixture {
  explicit MetricsFixture(const Environment& settings = {{"API_WORKERS", "3"}})
      : stack(running_stack(settings)) {}
  const Stack& stack;
  HttpClient client = stack.client();

  /// On a new connection, so that any worker may answer.
  Values scrape() const {
    const Response response = stack.client().get("/metrics");
    BOOST_TEST_REQUIRE(response.status == 200, response.body);
    return values_in(response.body);
  }
  /// Zero if the series does not exist yet.
  double value(const std::string& series) const {
    const Values now = scrape();
    const auto found = now.find(series);
    return found == now.end() ? 0 : found->second;
  }
  double increase_of(const std::string& series, const std::function<void()>& action) const {
    const double before = value(series);
    action();
    return value(series) - before;
  }
  void send_concurrently(const std::string& path, std::size_t times) const {
    for (const Response& response :
         concurrently(stack, times, [&](HttpClient&one, std::size_t) { return one.get(path); }))
      BOOST_TEST(response.status != 0, response.body);
  }
  /// The number of workers whose log has a request to the route.
  int workers_that_answered(const std::string& route) const {
    int count = 0;
    for (const auto& [name, pid] : stack.workers()) {
      const std::string text = read_file(stack.folder() / "log" / ("worker-" + name + ".log"));
      if (text.find("\"route\":\"" + route + '"') != std::string::npos) ++count;
    }
    return count;
  }
  std::size_t file_count() const {
    const std::filesystem::directory_iterator all(stack.folder() / "metrics");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  /// Runs curl from that local address.
  CommandResult curl(const std::string& interface, std::vector<std::string> words) const {
    words.insert(words.begin(), {"curl", "-q", "-sS", "--noproxy", "*", "--max-time", "20", "--interface",
                                 interface, "--cacert", stack.certificate()});
    return run_command({.words = std::move(words)});
  }
};

struct RestrictedMetrics : MetricsFixture {
  // No address is exempt from limits, and only 127.0.0.1 may read the metrics.
  RestrictedMetrics() : MetricsFixture({{"METRICS_FROM", "127.0.0.1"}, {"LIMIT_EXEMPT", ""}}) {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_FIXTURE_TEST_CASE(metrics_are_in_prometheus_format, MetricsFixture) {
  const User user = new_user(stack);
  BOOST_TEST(client.get("/tasks", user.tokens.access).status == 200);
  const Response response = client.get("/metrics");
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  BOOST_TEST(response.header("cache-control") == "no-store");
  expect_common_headers(response);
  const CommandResult checked =
      run_command({.words = {"promtool", "check", "metrics"}, .input = response.body});
  BOOST_TEST(checked.status == 0, checked.out + checked.err);
  BOOST_TEST(checked.out + checked.err == "");
  const Values values = values_in(response.body);
  BOOST_TEST(values.at("taskward_workers{pool=\"api\"}") == 3);
  BOOST_TEST(values.at("taskward_workers{pool=\"auth\"}") == 1);
  BOOST_TEST(values.at("taskward_workers{pool=\"background\"}") == 1);
  BOOST_TEST(values.at("taskward_open_connections{pool=\"api\"}") >= 1);
  BOOST_TEST(values.at("taskward_http_request_duration_seconds_count{pool=\"api\"}") >= 1);
  BOOST_TEST(values.at("taskward_database_wait_seconds_count{pool=\"auth\"}") >= 2);
  BOOST_TEST(values.at("taskward_hashing_wait_seconds_count") >= 2);
  BOOST_TEST(values.at("taskward_hashing_running") == 0);
  BOOST_TEST(values.at("taskward_database_up") == 1);
  BOOST_TEST(values.at("taskward_live_sessions") >= 1);
  BOOST_TEST(values.at("taskward_mail_queue{state=\"dead\"}") == 0);
  BOOST_TEST(client.send({.method = "HEAD", .path = "/metrics"}).status == 200);
}

BOOST_FIXTURE_TEST_CASE(counters_are_exact_whichever_worker_answers, MetricsFixture) {
  const double before = value(requests("jwks", 200));
  // A single upstream connection may serve requests that are not slow enough.
  int sent = 0;
  for (; sent < 200 || (workers_that_answered("jwks") < 2 && sent < 2000); sent += 50)
    send_concurrently("/.well-known/jwks.json", 50);
  for (int i = 0; i < 30; ++i) BOOST_TEST(value(requests("jwks", 200)) == before + sent);
  BOOST_TEST(workers_that_answered("jwks") >= 2);
  for (int round = 0; round < 20 && workers_that_answered("metrics") < 2; ++round)
    send_concurrently("/metrics", 50);
  BOOST_TEST(workers_that_answered("metrics") >= 2);
  for (int i = 0; i < 5; ++i) BOOST_TEST(value(requests("jwks", 200)) == before + sent);
}

BOOST_FIXTURE_TEST_CASE(unknown_paths_share_one_series, MetricsFixture) {
  const double increase = increase_of(requests("none", 404), [&] {
    for (int i = 0; i < 5; ++i) static_cast<void>(client.get("/no-such-path-" + std::to_string(i)));
  });
  BOOST_TEST(increase == 5);
  BOOST_TEST(increase_of(requests("none", 405, "DELETE"), [&] {
               static_cast<void>(client.send({.method = "DELETE", .path = "/healthz"}));
             }) == 1);
  BOOST_TEST(increase_of(requests("none", 405, "other"), [&] {
               static_cast<void>(client.send({.method = "PROPFIND", .path = "/healthz"}));
             }) == 1);
}

BOOST_FIXTURE_TEST_CASE(killed_workers_lose_no_count, MetricsFixture) {
  const auto before = stack.workers();
  send_concurrently("/.well-known/jwks.json", 60);
  const double counted = value(requests("jwks", 200));
  const auto files = file_count();
  for (const std::string name : {"api-1", "api-2"}) {
    ::kill(before.at(name), SIGKILL);
    BOOST_TEST(eventually(seconds(20), [&] {
      const auto now = stack.workers();
      return now.count(name) == 1 && now.at(name) != before.at(name);
    }));
  }
  BOOST_TEST(eventually(seconds(20), [&] { return value("taskward_workers{pool=\"api\"}") == 3; }));
  for (int i = 0; i < 20; ++i) BOOST_TEST(value(requests("jwks", 200)) == counted);
  BOOST_TEST(increase_of(requests("jwks", 200), [&] { send_concurrently("/.well-known/jwks.json", 60); }) ==
             60);
  // The new workers reuse the files of the killed ones.
  BOOST_TEST(file_count() == files);
}

BOOST_FIXTURE_TEST_CASE(replacing_all_workers_loses_no_count, MetricsFixture) {
  send_concurrently("/.well-known/jwks.json", 30);
  const double counted = value(requests("jwks", 200));
  const CommandResult done = stack.restart();
  BOOST_TEST(done.status == 0, done.err);
  for (int i = 0; i < 10; ++i) BOOST_TEST(value(requests("jwks", 200)) == counted);
  BOOST_TEST(value("taskward_workers{pool=\"api\"}") == 3);
  BOOST_TEST(value("taskward_workers{pool=\"background\"}") == 1);
}

BOOST_FIXTURE_TEST_CASE(logins_and_lockouts_are_counted_by_outcome, MetricsFixture) {
  const User user = new_user(stack);
  BOOST_TEST(increase_of(login("password", "success"), [&] { static_cast<void>(log_in(stack, user)); }) == 1);
  const std::string wrong = R"({"email":")" + new_email() + R"(","password":"wrong"})";
  const Values before = scrape();
  for (int i = 0; i < 5; ++i) expect_problem(client.post("/auth/login", wrong), 401, "invalid_credentials");
  for (int i = 0; i < 2; ++i) expect_problem(client.post("/auth/login", wrong), 423, "account_locked");
  const Values after = scrape();
  const auto increase = [&](const std::string& series) {
    return after.at(series) - (before.count(series) == 0 ? 0 : before.at(series));
  };
  BOOST_TEST(increase(login("password", "invalid_credentials")) == 5);
  BOOST_TEST(increase(login("password", "account_locked")) == 2);
  BOOST_TEST(increase("taskward_lockouts_total") == 1);
  BOOST_TEST(increase("taskward_locked_names") == 1);
  BOOST_TEST(increase_of(login("otp", "invalid_otp"), [&] {
               expect_problem(
                   client.post("/auth/otp/verify", R"({"email":")" + new_email() + R"(","otp":"000000"})"),
                   401, "invalid_otp");
             }) == 1);
}

BOOST_FIXTURE_TEST_CASE(mail_deliveries_are_counted, MetricsFixture) {
  const std::string series = "taskward_mail_deliveries_total{outcome=\"handed_over\"}";
  const double before = value(series);
  const std::string email = new_email();
  BOOST_TEST(client.post("/auth/otp/request", R"({"email":")" + email + "\"}").status == 202);
  static_cast<void>(mail_to(stack, email));
  BOOST_TEST(eventually(seconds(10), [&] { return value(series) == before + 1; }));
}

BOOST_FIXTURE_TEST_CASE(metrics_are_404_for_other_addresses, RestrictedMetrics,
                        *boost::unit_test::label("slow")) {
  const std::string url = stack.url();
  const auto curl_from = [&](const std::string& from, const std::string& path,
                             std::vector<std::string> words) {
    words.insert(words.end(), {"-o", "-", "-w", "\n%{http_code}", url + path});
    return curl(from, words).out;
  };
  BOOST_TEST(curl_from("127.0.0.1", "/metrics", {}).ends_with("\n200"));
  for (const std::string method : {"GET", "POST", "OPTIONS", "DELETE"}) {
    BOOST_TEST_CONTEXT(method) {
      const std::string response = curl_from("127.0.0.2", "/metrics", {"-X", method, "-D", "-"});
      BOOST_TEST(response.ends_with("\n404"));
      BOOST_TEST(response.find("There is no resource at this path.") != std::string::npos, response);
      BOOST_TEST(response.find("llow:") == std::string::npos, response);
      BOOST_TEST(response.find("taskward_") == std::string::npos, response);
    }
  }
  BOOST_TEST(curl_from("127.0.0.2", "/metrics/", {}).ends_with("\n404"));
  // The client cannot claim another address.
  for (const std::string header :
       {"X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "Forwarded: for=127.0.0.1",
        "Remote-Addr: 127.0.0.1", "REMOTE_ADDR: 127.0.0.1"})
    BOOST_TEST(curl_from("127.0.0.2", "/metrics", {"-H", header}).ends_with("\n404"), header);
}

BOOST_FIXTURE_TEST_CASE(rate_limit_refusals_are_counted, RestrictedMetrics) {
  const std::string body = R"({"email":")" + new_email() + R"(","password":"wrong"})";
  const double increase = increase_of("taskward_limit_refusals_total{limit=\"login\"}", [&] {
    int refused = 0;
    for (int i = 0; i < 6; ++i) refused += client.post("/auth/login", body).status == 429 ? 1 : 0;
    BOOST_TEST(refused == 1);
  });
  BOOST_TEST(increase == 1);
  BOOST_TEST(value(login("password", "too_many_requests")) == 1);
}

BOOST_AUTO_TEST_CASE(database_outage_is_reported_and_database_metrics_are_omitted,
                     *boost::unit_test::label("slow")) {
  const MetricsFixture metrics({{"API_WORKERS", "1"}, {"AUTH_WORKERS", "1"}});
  const Stack& stack = metrics.stack;
  HttpClient client = stack.client();
  const auto expect_no_database = [&] {
    const auto start = std::chrono::steady_clock::now();
    const Response response = client.get("/metrics");
    const auto elapsed = std::chrono::steady_clock::now() - start;
    BOOST_TEST(std::chrono::duration_cast<milliseconds>(elapsed).count() < 5'000);
    BOOST_TEST_REQUIRE(response.status == 200, response.body);
    const Values values = values_in(response.body);
    BOOST_TEST(values.at("taskward_database_up") == 0);
    BOOST_TEST(values.count("taskward_mail_queue{state=\"waiting\"}") == 0U);
    BOOST_TEST(values.count("taskward_audit_seal_lag_seconds") == 0U);
    BOOST_TEST(values.at("taskward_workers{pool=\"api\"}") == 1);
    const CommandResult checked =
        run_command({.words = {"promtool", "check", "metrics"}, .input = response.body});
    BOOST_TEST(checked.status == 0, checked.out + checked.err);
  };
  const auto is_up = [&] { return metrics.value("taskward_database_up") == 1; };
  BOOST_TEST(is_up());

  // A database that does not respond: all its processes are stopped.
  std::vector<int> pids{
      std::stoi(stack.exec({"head", "-n1", (stack.folder() / "pg/data/postmaster.pid").string()}).out)};
  std::istringstream backends(stack.sql("select pid from pg_stat_activity where usename = 'taskward'"));
  for (int pid = 0; backends >> pid;) pids.push_back(pid);
  BOOST_TEST(pids.size() >= 2U);
  for (const int pid : pids) ::kill(pid, SIGSTOP);
  for (int i = 0; i < 8; ++i) expect_no_database();
  for (const int pid : pids) ::kill(pid, SIGCONT);
  BOOST_TEST(eventually(seconds(20), is_up));

  const CommandResult stopped = stack.exec({"pg_ctl", "-w", "-m", "fast", "stop"});
  BOOST_TEST(stopped.status == 0, stopped.out + stopped.err);
  for (int i = 0; i < 8; ++i) expect_no_database();
  const CommandResult started = stack.exec({"pg_ctl", "-w", "start"});
  BOOST_TEST(started.status == 0, started.out + started.err);
  BOOST_TEST(eventually(seconds(20), is_up));
  BOOST_TEST(metrics.value("taskward_database_errors_total{kind=\"unavailable\"}") >= 8);
}

BOOST_AUTO_TEST_SUITE_END()
