// Measures a running instance for scripts/bench, which passes NAME=VALUE for each of its options and for what
// it started. Exits with 0 if there were no errors and all goals were met.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <thread>

#include "report.hpp"
#include "tests/support/files.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"

namespace taskward::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kSignedIn = 200;
constexpr int kLargeOwner = 50'000;
constexpr int kQuota = 10'000'000;
constexpr double kMostByOthers = 0.1;
constexpr std::string_view kPassword = "correct horse battery";

std::string word_list() {
  std::string list;
  for (const std::string_view word : words()) list.append(list.empty() ? "{" : ",").append(word);
  return list + '}';
}

class Bench {
 public:
  explicit Bench(std::map<std::string, std::string> options)
      : options_(std::move(options)),
        folder_(text("scratch")),
        instance_(text("instance")),
        machine_(instance_, number("nginx_pid")),
        conninfo_("host=" + text("socket") + " dbname=taskward user=postgres"),
        database_(conninfo_),
        url_(first_line(instance_ / "url")) {
    std::time_t now = std::time(nullptr);
    std::array<char, 32> date{};
    std::strftime(date.data(), date.size(), "%Y-%m-%d", std::gmtime(&now));
    report_.run = {{"date", date.data()}, {"processors", std::to_string(processors_)}};
    for (const char* name : {"users", "tasks", "seconds", "connections", "rounds"})
      report_.run.emplace_back(name, text(name));
  }

  int run() {
    prepare();
    const std::vector<std::pair<const char*, void (Bench::*)()>> parts{{"growth", &Bench::growth},
                                                                       {"scenarios", &Bench::scenario_table},
                                                                       {"large-owner", &Bench::large_owner},
                                                                       {"sealing", &Bench::sealing},
                                                                       {"flood", &Bench::flood},
                                                                       {"soak", &Bench::soak}};
    for (const auto& [name, part] : parts) {
      if (!has_part(name)) continue;
      if (std::string_view(name) != "growth") seed(number("users"));
      say(name);
      workers_ = machine_.processes(Part::workers);
      (this->*part)();
      check_workers();
      note_log_errors(false);
    }
    std::cout << report_.text();
    for (const auto& [option, content] :
         {std::pair{"json", report_.json()}, std::pair{"svg", report_.svg()}}) {
      if (text(option).empty()) continue;
      std::ofstream out(text(option));
      if (!(out << content << std::flush)) throw std::runtime_error(text(option) + ": cannot be written");
    }
    return report_.is_good() ? 0 : 1;
  }

 private:
  // ---------------------------------------------------------------- options, errors, waiting

  const std::string& text(const std::string& name) const { return options_.at(name); }
  int number(const std::string& name) const { return std::stoi(options_.at(name)); }
  bool has_part(const std::string& name) const {
    return (' ' + text("parts") + ' ').find(' ' + name + ' ') != std::string::npos;
  }

  static std::string first_line(const std::filesystem::path& file) {
    std::string line;
    std::ifstream in(file);
    std::getline(in, line);
    return line;
  }
  static void say(const std::string& what) { std::cerr << "bench: " << what << std::endl; }

  void check_workers() {
    if (machine_.processes(Part::workers) != workers_)
      report_.errors.emplace_back("a worker ended or was started");
  }

  /// Errors in the logs since the last call.
  void note_log_errors(bool are_expected) {
    for (const std::string& line : machine_.errors())
      if (seen_errors_.insert(line).second && !are_expected && report_.errors.size() < 20)
        report_.errors.push_back(line);
  }

  const Result& checked(const Result& one) {
    if (one.refused + one.broken > 0 || one.requests == 0)
      report_.errors.push_back(one.name + ": " + fixed(one.requests, 0) + " requests, " +
                               fixed(one.refused, 0) + " refused, " + fixed(one.broken, 0) +
                               " without a response");
    const double others = one.cores[static_cast<std::size_t>(Part::other)] / processors_;
    if (others > kMostByOthers)
      report_.warnings.push_back(one.name + ": other processes used " + fixed(100 * others, 0) +
                                 " % of the processors");
    return one;
  }

  template <class Condition>
  static bool wait_for(seconds limit, const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(milliseconds(200));
    }
    return true;
  }

  /// Until the records of what was measured before are sealed.
  void settle() {
    const bool is_done = wait_for(seconds(60), [&] {
      return database_.number(
                 "select count(*) from taskward.audit a where a.xid >= (select s.xid_below from"
                 " taskward.audit_seals s order by s.number desc limit 1)") == 0;
    });
    if (!is_done) report_.warnings.emplace_back("records were not sealed within 60 s");
  }

  void taskward_run(std::vector<std::string> words, bool must_succeed = true) const {
    words.insert(words.begin(), {text("run"), "--dir", instance_.string()});
    const test::CommandResult done = test::run_command({.words = words});
    if (must_succeed && done.status != 0) throw std::runtime_error(done.err);
  }

  // ---------------------------------------------------------------- data

  void prepare() {
    test::HttpClient client(url_, certificate());
    register_user(client, "bench");
    database_.query("create schema bench");
    database_.query("grant usage on schema bench to public");
    note_log_errors(true);
  }

  void register_user(test::HttpClient& client, const std::string& name) {
    const std::string account =
        R"({"username":")" + name + R"(","password":")" + std::string(kPassword) + R"("})";
    const test::Response response = client.post("/auth/register", account);
    if (response.status != 201) throw std::runtime_error("register: " + response.body);
  }

  std::string certificate() const { return (instance_ / "tls/cert.pem").string(); }

  /// Creates the users that are missing, with their tasks, and signs in some of them.
  void seed(int users) {
    if (seeded_ < users) {
      say("creating " + std::to_string(users) + " users with their tasks");
      insert_users(seeded_, users - seeded_, number("tasks") / number("users"));
      seeded_ = users;
      const double size = database_.number("select pg_total_relation_size('taskward.tasks')");
      set_number("bytes a task, with indexes",
                 size / database_.number("select count(*) from taskward.tasks"));
      sign_in();
      copy_tables();
    }
    sign_in();
  }

  void insert_users(int first, int count, int each) {
    const std::vector<std::string> range{std::to_string(first), std::to_string(count)};
    database_.query("set session_replication_role = replica");
    database_.query(
        "insert into taskward.users (id, username, password_hash, role) select md5('user' || n)::uuid, "
        "'user' || n,"
        " b.password_hash, 'user' from generate_series($1::int, $1::int + $2::int - 1) n join taskward.users "
        "b on"
        " b.username = 'bench'",
        range);
    database_.query(
        "insert into taskward.tasks (owner_id, id, title, description, status, priority, due_at, tags, "
        "created_at,"
        " completed_at, is_indexed) select md5('user' || $1::int + i % $2::int)::uuid, gen_random_uuid(), "
        "'Call"
        " about the ' || ($4::text[])[1 + (n * 7 + i) % 20] || ', item ' || i, 'Read the notes, check the "
        "figures,"
        " and send them to the customer: item ' || i, (array['todo', 'in_progress', 'done'])[1 + n % 3], n % "
        "5,"
        " case when n % 4 > 0 then now() + n * 37 % 400 * interval '1 day' end, array[(array['work', 'home',"
        " 'later'])[1 + n % 3]], now() - ($2::int * $3::int - i) * interval '1 second', case when n % 3 = 2 "
        "then"
        " now() end, false from (select i, i / $2::int as n from generate_series(0, $2::int * $3::int - 1) "
        "i) g",
        {range[0], range[1], std::to_string(each), word_list()});
    database_.query("set session_replication_role = origin");
    database_.query(
        "insert into taskward.task_room (owner_id, shard, room, quota) select md5('user' || n)::uuid,"
        " 0, $4::int - $3::int, $4::int from generate_series($1::int, $1::int + $2::int - 1) n",
        {range[0], range[1], std::to_string(each), std::to_string(kQuota)});
    // Owners of many tasks get rows in task_index.
    const bool is_indexed = wait_for(seconds(1200), [&] {
      return database_.number("select count(*) from taskward.users where tasks_indexed = 1") == 0;
    });
    if (!is_indexed) throw std::runtime_error("the tasks were not indexed within 20 minutes");
    database_.query("vacuum analyze");
    database_.query("checkpoint");
  }

  /// The tables of the minimal statements.
  void copy_tables() {
    database_.query("drop table if exists bench.tasks, bench.sessions");
    database_.query(
        "create table bench.tasks (like taskward.tasks including defaults) with (fillfactor = 85)");
    database_.query("insert into bench.tasks select * from taskward.tasks");
    database_.query("alter table bench.tasks add primary key (owner_id, id)");
    database_.query("create index on bench.tasks (owner_id, created_at, id)");
    database_.query(
        "create table bench.sessions (like taskward.sessions including defaults, primary key (user_id,"
        " id)) with (fillfactor = 70)");
    database_.query("insert into bench.sessions select distinct on (user_id) * from taskward.sessions");
    database_.query("vacuum analyze bench.tasks, bench.sessions");
  }

  /// Signs in up to 200 users, always the same of those that were created.
  void sign_in() {
    Random random(42);
    std::set<int> chosen;
    while (static_cast<int>(chosen.size()) < std::min(kSignedIn, seeded_))
      chosen.insert(static_cast<int>(random() % static_cast<unsigned>(seeded_)));
    sessions_.clear();
    test::HttpClient client(url_, certificate());
    for (const int user : chosen) sessions_.push_back(log_in(client, "user" + std::to_string(user)));
  }

  Session log_in(test::HttpClient& client, const std::string& name) {
    const test::Response response =
        client.send({.method = "POST", .path = "/auth/login", .body = credentials(name)});
    if (response.status != 200) throw std::runtime_error("login: " + response.body);
    const test::Json json = response.json();
    Session session{json["user"]["id"].text(), json["access_token"].text(), json["refresh_token"].text(), {}};
    for (const auto& row :
         database_.query("select id from taskward.tasks where owner_id = $1::uuid limit 100", {session.user}))
      session.tasks.push_back(row[0]);
    return session;
  }

  static std::string credentials(const std::string& name) {
    return R"({"username":")" + name + R"(","password":")" + std::string(kPassword) + R"("})";
  }

  void set_number(const std::string& name, double value) {
    std::erase_if(report_.numbers, [&](const auto& one) { return one.first == name; });
    report_.numbers.emplace_back(name, value);
  }

  // ---------------------------------------------------------------- loads

  std::vector<std::string> lines(const Scenario& what) {
    std::vector<std::string> lines;
    for (std::size_t size = 0; lines.size() < 20'000 && size < 8'000'000; size += lines.back().size())
      lines.push_back(what.request(pick(sessions_, random_), random_));
    return lines;
  }

  Load load(const Scenario& what, int connections, int duration) {
    Load load{.url = url_, .lines = lines(what), .connections = connections, .seconds = duration};
    if (what.name != "refresh") return load;
    sign_in();
    for (const Session& session : sessions_) load.refresh_tokens.push_back(session.refresh_token);
    return load;
  }

  Result measured(const Scenario& what, int connections, int duration) {
    settle();
    if (what.name != "refresh") checked(run_load(load(what, connections, 1), folder_));
    Result result = measure(load(what, connections, duration), folder_, machine_, database_);
    result.name = what.name;
    return checked(result);
  }

  /// Responses per second of nginx by itself.
  double nginx_rate(int duration) {
    Result result = run_load({.url = text("nginx_url"),
                              .lines = {line("GET", "/", "")},
                              .connections = number("connections"),
                              .seconds = duration},
                             folder_);
    result.name = "nginx";
    return checked(result).rate;
  }

  // ---------------------------------------------------------------- parts

  void scenario_table() {
    std::map<std::string, std::vector<Result>> all;
    const int duration = number("seconds");
    const int statement_seconds = std::max(1, duration / 2);
    std::vector<std::string> names;
    std::istringstream given(text("scenarios"));
    for (std::string name; given >> name;) names.push_back(name);
    for (int round = 0; round < number("rounds"); ++round) {
      for (const std::string& name : names) {
        const Scenario& what = scenario(name);
        say(std::string(what.title));
        Result result = measured(what, number("connections"), duration);
        result.nginx = nginx_rate(statement_seconds);
        // As many connections as the workers have by default.
        result.minimal = minimal_rate(conninfo_, what, sessions_, 8, statement_seconds);
        all[name].push_back(result);
      }
    }
    std::vector<double> nginx;
    for (const std::string& name : names) {
      std::vector<Result>& rounds = all[name];
      const auto middle = [&rounds](double Result::*member) {
        std::vector<double> values;
        for (const Result& one : rounds) values.push_back(one.*member);
        return median(values);
      };
      const double minimal = middle(&Result::minimal);
      nginx.push_back(middle(&Result::nginx));
      std::sort(rounds.begin(), rounds.end(),
                [](const Result& a, const Result& b) { return a.rate < b.rate; });
      report_.scenarios.push_back(rounds[rounds.size() / 2]);
      report_.scenarios.back().minimal = minimal;
    }
    for (Result& one : report_.scenarios) one.nginx = median(nginx);
    set_number("requests/s of nginx with `return 200`", median(nginx));
    for (const Part part : {Part::nginx, Part::workers, Part::background, Part::postgres}) {
      if (const auto memory = machine_.memory(part))
        set_number("PSS in MiB, " + std::string(kParts[static_cast<std::size_t>(part)]), *memory);
    }
  }

  void large_owner() {
    insert_users(seeded_, 1, kLargeOwner);
    test::HttpClient client(url_, certificate());
    const Session owner = log_in(client, "user" + std::to_string(seeded_));
    const auto page = client.get("/tasks?limit=20&offset=40000", owner.access_token);
    std::vector<std::string> queries;
    for (const char* key : {"created_at", "updated_at", "due_at", "priority", "title"})
      for (const char* direction : {"", "-"}) queries.push_back(std::string("sort=") + direction + key);
    const std::string cursor = "cursor=" + page.json()["next_cursor"].text();
    queries.insert(queries.end(),
                   {cursor, "status=todo", "tag=work", "tag=work&sort=-priority&status=todo,done",
                    "q=invoice", "q=invoice+customer", "count=true"});
    for (const std::string& query : queries) {
      Load load{.url = url_, .lines = {line("GET", "/tasks?limit=20&" + query, owner.access_token)}};
      checked(run_load(load, folder_));
      load.seconds = std::max(2, number("seconds") / 2);
      Result result = measure(load, folder_, machine_, database_);
      result.name = query == cursor ? "page 2001 by its cursor" : query;
      report_.owner.push_back(checked(result));
    }
    for (const Result& one : report_.owner)
      report_.goals.push_back({"owner of 50 000 tasks: `" + one.name + "`, p50 in ms", one.p50, 50});
  }

  void growth() {
    std::set<int> sizes{number("tasks")};
    for (const int size : {10'000, 100'000, 1'000'000})
      if (size < number("tasks")) sizes.insert(size);
    for (const int size : sizes) {
      const double users = static_cast<double>(number("users")) * size / number("tasks");
      seed(std::max(1, static_cast<int>(users)));
      const double nginx = nginx_rate(2);
      for (const char* name : {"read", "list", "search", "create", "update", "mixed"}) {
        Result result = measured(scenario(name), number("connections"), number("seconds"));
        result.size = size;
        result.nginx = nginx;
        report_.growth.push_back(result);
      }
    }
    for (const int connections : {1, 10, 100, 1000}) {
      Result result = measured(scenario("mixed"), connections, number("seconds"));
      result.size = connections;
      report_.connections.push_back(result);
    }
  }

  /// What sealing takes from the rate of creations: the background process is stopped in every second
  /// measurement.
  void sealing() {
    std::vector<double> costs;
    for (int round = 0; round < std::max(3, number("rounds")); ++round) {
      const Result with = measured(scenario("create"), number("connections"), std::max(6, number("seconds")));
      settle();
      const std::vector<pid_t> background = machine_.processes(Part::background);
      for (const pid_t process : background) ::kill(process, SIGSTOP);
      Result without =
          run_load(load(scenario("create"), number("connections"), std::max(6, number("seconds"))), folder_);
      for (const pid_t process : background) ::kill(process, SIGCONT);
      without.name = "create without sealing";
      costs.push_back(1 - with.rate / checked(without).rate);
    }
    report_.goals.push_back({"sealing: part of the rate of creations", median(costs), 0.15});
  }

  /// 32 logins at the usual cost of passwords.
  void flood() {
    std::ofstream(folder_ / "taskward.conf") << "BCRYPT_COST = 12\n";
    taskward_run({"--restart"});
    workers_ = machine_.processes(Part::workers);
    test::HttpClient client(url_, certificate());
    register_user(client, "flood");
    database_.query(
        "update taskward.users u set password_hash = f.password_hash from taskward.users f where"
        " f.username = 'flood' and u.username like 'user%'");
    Load logins{.url = url_, .connections = 32, .seconds = number("seconds") + 2, .counts_statuses = true};
    for (int i = 0; i < std::min(kSignedIn, seeded_); ++i)
      logins.lines.push_back(line("POST", "/auth/login", "", credentials("user" + std::to_string(i))));
    const Load reads = load(scenario("read"), number("connections"), number("seconds"));
    std::vector<double> rates;
    std::vector<double> latencies;
    std::vector<double> logins_done;
    for (int round = 0; round < std::max(3, number("rounds")); ++round) {
      Result quiet = run_load(reads, folder_);
      Result done;
      std::thread flood([&] { done = run_load(logins, folder_); });
      std::this_thread::sleep_for(seconds(1));
      Result flooded = run_load(reads, folder_);
      flood.join();
      quiet.name = "read";
      flooded.name = "read during logins";
      rates.push_back(checked(flooded).rate / checked(quiet).rate);
      latencies.push_back(flooded.p99 / quiet.p99);
      logins_done.push_back(done.statuses[200] / logins.seconds);
      // A login may be refused for want of a slot to hash in.
      done.refused -= done.statuses[503];
      done.name = "login";
      checked(done);
    }
    set_number("logins/s in the flood", median(logins_done));
    report_.goals.push_back({"flood of 32 logins: rate of reads", median(rates), 0.9, false});
    report_.goals.push_back({"flood of 32 logins: p99 of reads", median(latencies), 1.5});
  }

  // ---------------------------------------------------------------- soak

  std::map<std::string, double> state() {
    std::this_thread::sleep_for(seconds(5));  // idle connections between nginx and the workers are closed
    std::map<std::string, double> found;
    for (const Part part : {Part::workers, Part::background}) {
      const std::string name(kParts[static_cast<std::size_t>(part)]);
      found["PSS in MiB, " + name] = machine_.memory(part).value_or(0);
      found["descriptors, " + name] = machine_.descriptors(part).value_or(0);
    }
    for (const char* table : {"tasks", "sessions", "task_room", "users"}) {
      Database fresh(conninfo_);
      fresh.query(std::string("analyze taskward.") + table);
      found[std::string("dead rows, ") + table] =
          fresh.number("select pg_stat_get_dead_tuples('taskward." + std::string(table) + "'::regclass)");
    }
    return found;
  }

  void soak() {
    struct Fault {
      const char* name;
      std::vector<std::string> command;
      bool may_refuse;
    };
    const std::vector<Fault> faults{
        {"nothing", {}, false},
        {"restart of the service", {"--restart"}, false},
        {"a worker killed", {}, true},
        {"database connections terminated",
         {"--exec", "psql", "-XqU", "postgres", "-c",
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'taskward'"},
         true},
        {"PostgreSQL restarted", {"--exec", "pg_ctl", "-m", "fast", "restart"}, true},
        {"PostgreSQL restarted after a crash", {"--exec", "pg_ctl", "-m", "immediate", "restart"}, true}};
    constexpr int kSegment = 15;
    std::map<std::string, double> baseline;
    double created = 0;
    const double tasks = Database(conninfo_).number("select count(*) from taskward.tasks");
    const int segments = number("soak") * 60 / kSegment;
    for (int segment = 0; segment < segments; ++segment) {
      if (segment == 60 / kSegment) baseline = state();
      const Fault& fault = faults[baseline.empty() ? 0 : static_cast<std::size_t>(segment) % faults.size()];
      sign_in_again();
      Load mix = load(scenario("mixed"), number("connections"), kSegment);
      for (std::size_t i = 0; i < mix.lines.size(); i += 25)
        mix.lines[i] = scenario("refresh").request({}, random_);
      for (const Session& session : sessions_) mix.refresh_tokens.push_back(session.refresh_token);
      Result result;
      std::thread running([&] { result = run_load(mix, folder_); });
      std::this_thread::sleep_for(seconds(kSegment / 3));
      if (!fault.command.empty()) taskward_run(fault.command, false);
      if (std::string_view(fault.name) == "a worker killed")
        ::kill(std::stoi(first_line(instance_ / "pids/worker-api-1.pid")), SIGKILL);
      running.join();
      result.name = fault.name;
      report_.soak.push_back(result);
      created += result.statuses[201];
      for (const auto& [status, count] : result.statuses)
        if (status >= 400 && !(fault.may_refuse && status == 503))
          report_.errors.push_back(std::string("soak, ") + fault.name + ": " + fixed(count, 0) +
                                   " times status " + std::to_string(status));
      if (result.broken > 0)
        report_.errors.push_back(std::string("soak, ") + fault.name + ": " + fixed(result.broken, 0) +
                                 " requests without a response");
      note_log_errors(fault.may_refuse);
    }
    workers_ = machine_.processes(Part::workers);
    const double kept = Database(conninfo_).number("select count(*) from taskward.tasks") - tasks;
    report_.goals.push_back({"soak: created tasks that were lost", std::max(0.0, created - kept), 0});
    for (const auto& [name, value] : state()) {
      const double allowance = name.starts_with("dead") ? 2000 : 8;
      report_.goals.push_back({"soak: " + name + ", at the end", value, baseline[name] * 1.1 + allowance});
    }
  }

  /// Right after a fault it may take some attempts.
  void sign_in_again() {
    const bool is_done = wait_for(seconds(60), [&] {
      try {
        database_ = Database(conninfo_);
        sign_in();
        return true;
      } catch (const std::exception&) {
        return false;
      }
    });
    if (!is_done) throw std::runtime_error("soak: the service did not recover within 60 s");
  }

  std::map<std::string, std::string> options_;
  std::filesystem::path folder_;
  std::filesystem::path instance_;
  Machine machine_;
  std::string conninfo_;
  Database database_;
  std::string url_;
  int processors_ = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  Report report_;
  std::vector<Session> sessions_;
  std::vector<pid_t> workers_;
  std::set<std::string> seen_errors_;
  int seeded_ = 0;
  Random random_{7};
};

}  // namespace
}  // namespace taskward::bench

int main(int argc, char** argv) {
  try {
    std::map<std::string, std::string> options;
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      const auto equals = word.find('=');
      options[word.substr(0, equals)] = word.substr(equals + 1);
    }
    return taskward::bench::Bench(std::move(options)).run();
  } catch (const std::exception& fault) {
    std::cerr << "bench: " << fault.what() << '\n';
    return 1;
  }
}
