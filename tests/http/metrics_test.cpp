// GET /metrics: what all processes of the host counted, whichever of them answers, and for whom.
#include <signal.h>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "expectations.hpp"
#include "load.hpp"
#include "mailbox.hpp"
#include "people.hpp"
#include "running_stack.hpp"

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

struct Metrics {
  explicit Metrics(const Environment& settings = {{"API_WORKERS", "3"}}) : stack(running_stack(settings)) {}
  const Stack& stack;
  HttpClient client = stack.client();

  /// Over a connection of its own, so that any worker may answer.
  Values scrape() const {
    const Answer answer = stack.client().get("/metrics");
    BOOST_TEST_REQUIRE(answer.status == 200, answer.body);
    return values_in(answer.body);
  }
  /// Zero where nothing was counted yet.
  double value(const std::string& series) const {
    const Values now = scrape();
    const auto found = now.find(series);
    return found == now.end() ? 0 : found->second;
  }
  double rise(const std::string& series, const std::function<void()>& deed) const {
    const double before = value(series);
    deed();
    return value(series) - before;
  }
  void ask(const std::string& path, std::size_t times) const {
    for (const Answer& answer :
         at_once(stack, times, [&](HttpClient&one, std::size_t) { return one.get(path); }))
      BOOST_TEST(answer.status != 0, answer.body);
  }
  /// How many workers' logs have a line of the route.
  int workers_that_answered(const std::string& route) const {
    int count = 0;
    for (const auto& [name, pid] : stack.workers()) {
      std::ifstream in(stack.folder() / "log" / ("worker-" + name + ".log"));
      const std::string text(std::istreambuf_iterator<char>(in), {});
      if (text.find("\"route\":\"" + route + '"') != std::string::npos) ++count;
    }
    return count;
  }
  std::size_t files() const {
    const std::filesystem::directory_iterator all(stack.folder() / "metrics");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  /// As a client of that address.
  Finished curl(const std::string& interface, std::vector<std::string> words) const {
    words.insert(words.begin(), {"curl", "-q", "-sS", "--noproxy", "*", "--max-time", "20", "--interface",
                                 interface, "--cacert", stack.certificate()});
    return run_command({.words = std::move(words)});
  }
};

struct MetricsOfFew : Metrics {
  // No address is exempt from limits here, and one of the loopback's may read.
  MetricsOfFew() : Metrics({{"METRICS_FROM", "127.0.0.1"}, {"LIMIT_EXEMPT", ""}}) {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_FIXTURE_TEST_CASE(they_are_what_prometheus_reads, Metrics) {
  const Person person = join(stack);
  BOOST_TEST(client.get("/tasks", person.tokens.access).status == 200);
  const Answer answer = client.get("/metrics");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  BOOST_TEST(answer.header("cache-control") == "no-store");
  expect_common_headers(answer);
  const Finished checked = run_command({.words = {"promtool", "check", "metrics"}, .input = answer.body});
  BOOST_TEST(checked.status == 0, checked.out + checked.err);
  BOOST_TEST(checked.out + checked.err == "");
  const Values values = values_in(answer.body);
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

BOOST_FIXTURE_TEST_CASE(the_sum_is_exact_whichever_worker_answers, Metrics) {
  const double before = value(requests("jwks", 200));
  for (int round = 0; round < 4; ++round) ask("/.well-known/jwks.json", 50);
  for (int i = 0; i < 30; ++i) BOOST_TEST(value(requests("jwks", 200)) == before + 200);
  BOOST_TEST(workers_that_answered("jwks") >= 2);
  // One connection of nginx's may have served all of those: many at once need more of them.
  for (int round = 0; round < 20 && workers_that_answered("metrics") < 2; ++round) ask("/metrics", 50);
  BOOST_TEST(workers_that_answered("metrics") >= 2);
  for (int i = 0; i < 5; ++i) BOOST_TEST(value(requests("jwks", 200)) == before + 200);
}

BOOST_FIXTURE_TEST_CASE(what_leads_nowhere_is_one_series_whatever_its_path, Metrics) {
  const double rise_of_unknown = rise(requests("none", 404), [&] {
    for (int i = 0; i < 5; ++i) static_cast<void>(client.get("/no-such-path-" + std::to_string(i)));
  });
  BOOST_TEST(rise_of_unknown == 5);
  BOOST_TEST(rise(requests("none", 405, "DELETE"),
                  [&] { static_cast<void>(client.send({.method = "DELETE", .path = "/healthz"})); }) == 1);
  BOOST_TEST(rise(requests("none", 405, "other"),
                  [&] { static_cast<void>(client.send({.method = "PROPFIND", .path = "/healthz"})); }) == 1);
}

BOOST_FIXTURE_TEST_CASE(a_killed_worker_takes_no_count_with_it, Metrics) {
  const auto before = stack.workers();
  ask("/.well-known/jwks.json", 60);
  const double counted = value(requests("jwks", 200));
  for (const std::string name : {"api-1", "api-2"}) {
    ::kill(before.at(name), SIGKILL);
    BOOST_TEST(eventually(seconds(20), [&] {
      const auto now = stack.workers();
      return now.count(name) == 1 && now.at(name) != before.at(name);
    }));
  }
  BOOST_TEST(eventually(seconds(20), [&] { return value("taskward_workers{pool=\"api\"}") == 3; }));
  for (int i = 0; i < 20; ++i) BOOST_TEST(value(requests("jwks", 200)) == counted);
  BOOST_TEST(rise(requests("jwks", 200), [&] { ask("/.well-known/jwks.json", 60); }) == 60);
  // Those that came went on in the files of those that had gone.
  BOOST_TEST(files() == 5U);
}

BOOST_FIXTURE_TEST_CASE(replacing_all_workers_loses_no_count, Metrics) {
  ask("/.well-known/jwks.json", 30);
  const double counted = value(requests("jwks", 200));
  const Finished done = stack.restart();
  BOOST_TEST(done.status == 0, done.err);
  for (int i = 0; i < 10; ++i) BOOST_TEST(value(requests("jwks", 200)) == counted);
  BOOST_TEST(value("taskward_workers{pool=\"api\"}") == 3);
  BOOST_TEST(value("taskward_workers{pool=\"background\"}") == 1);
}

BOOST_FIXTURE_TEST_CASE(logins_and_locks_are_counted_by_how_they_ended, Metrics) {
  const Person person = join(stack);
  BOOST_TEST(rise(login("password", "success"), [&] { static_cast<void>(log_in(stack, person)); }) == 1);
  const std::string wrong = R"({"email":")" + new_email() + R"(","password":"wrong"})";
  const Values before = scrape();
  for (int i = 0; i < 5; ++i) expect_problem(client.post("/auth/login", wrong), 401, "invalid_credentials");
  for (int i = 0; i < 2; ++i) expect_problem(client.post("/auth/login", wrong), 423, "account_locked");
  const Values after = scrape();
  const auto rose = [&](const std::string& series) {
    return after.at(series) - (before.count(series) == 0 ? 0 : before.at(series));
  };
  BOOST_TEST(rose(login("password", "invalid_credentials")) == 5);
  BOOST_TEST(rose(login("password", "account_locked")) == 2);
  BOOST_TEST(rose("taskward_lockouts_total") == 1);
  BOOST_TEST(rose("taskward_locked_names") == 1);
  BOOST_TEST(rise(login("otp", "invalid_otp"), [&] {
               expect_problem(
                   client.post("/auth/otp/verify", R"({"email":")" + new_email() + R"(","otp":"000000"})"),
                   401, "invalid_otp");
             }) == 1);
}

BOOST_FIXTURE_TEST_CASE(mail_is_counted_by_who_delivers_it, Metrics) {
  const std::string series = "taskward_mail_deliveries_total{outcome=\"handed_over\"}";
  const double before = value(series);
  const std::string email = new_email();
  BOOST_TEST(client.post("/auth/otp/request", R"({"email":")" + email + "\"}").status == 202);
  static_cast<void>(mail_to(stack, email));
  BOOST_TEST(eventually(seconds(10), [&] { return value(series) == before + 1; }));
}

BOOST_FIXTURE_TEST_CASE(for_other_addresses_there_is_nothing_at_that_path, MetricsOfFew) {
  const std::string url = stack.url();
  const auto asked = [&](const std::string& from, const std::string& path, std::vector<std::string> words) {
    words.insert(words.end(), {"-o", "-", "-w", "\n%{http_code}", url + path});
    return curl(from, words).out;
  };
  BOOST_TEST(asked("127.0.0.1", "/metrics", {}).ends_with("\n200"));
  for (const std::string method : {"GET", "POST", "OPTIONS", "DELETE"}) {
    BOOST_TEST_CONTEXT(method) {
      const std::string answer = asked("127.0.0.2", "/metrics", {"-X", method, "-D", "-"});
      BOOST_TEST(answer.ends_with("\n404"));
      BOOST_TEST(answer.find("There is nothing at this path.") != std::string::npos, answer);
      BOOST_TEST(answer.find("llow:") == std::string::npos, answer);
      BOOST_TEST(answer.find("taskward_") == std::string::npos, answer);
    }
  }
  BOOST_TEST(asked("127.0.0.2", "/metrics/", {}).ends_with("\n404"));
  // What a client says of itself is not believed.
  for (const std::string header :
       {"X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "Forwarded: for=127.0.0.1",
        "Remote-Addr: 127.0.0.1", "REMOTE_ADDR: 127.0.0.1"})
    BOOST_TEST(asked("127.0.0.2", "/metrics", {"-H", header}).ends_with("\n404"), header);
}

BOOST_FIXTURE_TEST_CASE(limits_that_were_reached_are_counted, MetricsOfFew) {
  const std::string body = R"({"email":")" + new_email() + R"(","password":"wrong"})";
  const double rose = rise("taskward_limit_refusals_total{limit=\"login\"}", [&] {
    int refused = 0;
    for (int i = 0; i < 6; ++i) refused += client.post("/auth/login", body).status == 429 ? 1 : 0;
    BOOST_TEST(refused == 1);
  });
  BOOST_TEST(rose == 1);
  BOOST_TEST(value(login("password", "too_many_requests")) == 1);
}

BOOST_AUTO_TEST_CASE(without_a_database_they_say_so_and_leave_out_what_it_would_say) {
  const Metrics metrics({{"API_WORKERS", "1"}, {"AUTH_WORKERS", "1"}});
  const Stack& stack = metrics.stack;
  HttpClient client = stack.client();
  const auto expect_no_database = [&] {
    const auto begun = std::chrono::steady_clock::now();
    const Answer answer = client.get("/metrics");
    const auto taken = std::chrono::steady_clock::now() - begun;
    BOOST_TEST(std::chrono::duration_cast<milliseconds>(taken).count() < 2'000);
    BOOST_TEST_REQUIRE(answer.status == 200, answer.body);
    const Values values = values_in(answer.body);
    BOOST_TEST(values.at("taskward_database_up") == 0);
    BOOST_TEST(values.count("taskward_mail_queue{state=\"waiting\"}") == 0U);
    BOOST_TEST(values.count("taskward_audit_seal_lag_seconds") == 0U);
    BOOST_TEST(values.at("taskward_workers{pool=\"api\"}") == 1);
    const Finished checked = run_command({.words = {"promtool", "check", "metrics"}, .input = answer.body});
    BOOST_TEST(checked.status == 0, checked.out + checked.err);
  };
  const auto is_up = [&] { return metrics.value("taskward_database_up") == 1; };
  BOOST_TEST(is_up());

  // One that does not answer: every process of it is stopped.
  std::vector<int> pids{
      std::stoi(stack.exec({"head", "-n1", (stack.folder() / "pg/data/postmaster.pid").string()}).out)};
  std::istringstream backends(stack.sql("select pid from pg_stat_activity where usename = 'taskward'"));
  for (int pid = 0; backends >> pid;) pids.push_back(pid);
  BOOST_TEST(pids.size() >= 2U);
  for (const int pid : pids) ::kill(pid, SIGSTOP);
  for (int i = 0; i < 8; ++i) expect_no_database();
  for (const int pid : pids) ::kill(pid, SIGCONT);
  BOOST_TEST(eventually(seconds(20), is_up));

  const Finished stopped = stack.exec({"pg_ctl", "-w", "-m", "fast", "stop"});
  BOOST_TEST(stopped.status == 0, stopped.out + stopped.err);
  for (int i = 0; i < 8; ++i) expect_no_database();
  const Finished started = stack.exec({"pg_ctl", "-w", "start"});
  BOOST_TEST(started.status == 0, started.out + started.err);
  BOOST_TEST(eventually(seconds(20), is_up));
  BOOST_TEST(metrics.value("taskward_database_errors_total{kind=\"unavailable\"}") >= 8);
}

BOOST_AUTO_TEST_SUITE_END()
