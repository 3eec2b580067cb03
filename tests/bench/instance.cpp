#include "instance.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>

#include "tests/support/files.hpp"
#include "tests/support/process.hpp"

namespace taskward::bench {
namespace {

using std::chrono::seconds;

constexpr int kSignedIn = 200;

// $1 first user, $2 number of users.
constexpr const char* kInsertUsers =
    "insert into taskward.users (id, username, password_hash, role) select md5('user' || n)::uuid, 'user' || "
    "n,"
    " b.password_hash, 'user' from generate_series($1::int, $1::int + $2::int - 1) n join taskward.users b on"
    " b.username = 'bench'";
// $3 tasks of each, $4 words. Tasks of a user are scattered over the table, as when all use the service.
constexpr const char* kInsertTasks =
    "insert into taskward.tasks (owner_id, id, title, description, status, priority, due_at, tags, "
    "created_at,"
    " completed_at, is_indexed) select md5('user' || $1::int + i % $2::int)::uuid, gen_random_uuid(), 'Call "
    "about"
    " the ' || ($4::text[])[1 + (n * 7 + i) % 20] || ', item ' || i, 'Read the notes, check the figures, and "
    "send"
    " them to the customer: item ' || i, (array['todo', 'in_progress', 'done'])[1 + n % 3], n % 5, case when "
    "n % 4 >"
    " 0 then now() + n * 37 % 400 * interval '1 day' end, array[(array['work', 'home', 'later'])[1 + n % "
    "3]], now()"
    " - ($2::int * $3::int - i) * interval '1 second', case when n % 3 = 2 then now() end, false from "
    "(select i, i /"
    " $2::int as n from generate_series(0, $2::int * $3::int - 1) i) g";
// $4 quota.
constexpr const char* kInsertQuotas =
    "insert into taskward.task_room (owner_id, shard, room, quota) select md5('user' || n)::uuid, 0, $4::int "
    "-"
    " $3::int, $4::int from generate_series($1::int, $1::int + $2::int - 1) n";

std::string word_list() {
  std::string list;
  for (const std::string_view word : words()) list.append(list.empty() ? "{" : ",").append(word);
  return list + '}';
}

}  // namespace

Instance::Instance(const Options& options)
    : folder(options.at("instance")),
      scratch(options.at("scratch")),
      conninfo("host=" + options.at("socket") +
               " dbname=taskward user=postgres options='-c client_min_messages=warning'"),
      url(test::first_line(folder / "url")),
      machine(folder, std::stoi(options.at("nginx_pid"))),
      run_(options.at("run")),
      quota_(options.at("quota")) {
  register_user("bench");
  static_cast<void>(new_errors());
}

test::HttpClient Instance::client() const { return {url, (folder / "tls/cert.pem").string()}; }

std::string Instance::credentials(const std::string& name) {
  return R"({"username":")" + name + R"(","password":"correct horse battery"})";
}

void Instance::register_user(const std::string& name) {
  const test::Response response = client().post("/auth/register", credentials(name));
  if (response.status != 201) throw std::runtime_error("register: " + response.body);
}

void Instance::seed(int users, int tasks) {
  if (users_ < users) {
    say("creating " + std::to_string(users - users_) + " users with " + std::to_string(tasks) +
        " tasks each");
    insert_users(users - users_, tasks);
    bytes_per_task_ = database().number(
        "select pg_total_relation_size('taskward.tasks')::float8 / count(*) from taskward.tasks");
  }
  sign_in();
}

Session Instance::create_owner(int tasks) {
  insert_users(1, tasks);
  test::HttpClient https = client();
  return log_in(https, --users_);  // sign_in() is not to choose it
}

void Instance::insert_users(int count, int tasks) {
  Database database(conninfo);
  const std::vector<std::string> range{std::to_string(users_), std::to_string(count)};
  const std::string each = std::to_string(tasks);
  database.query("set session_replication_role = replica");  // without triggers
  database.query(kInsertUsers, range);
  database.query(kInsertTasks, {range[0], range[1], each, word_list()});
  database.query("set session_replication_role = origin");
  database.query(kInsertQuotas, {range[0], range[1], each, quota_});
  users_ += count;
  const bool is_indexed = wait_for(seconds(1200), [&database] {
    return database.number("select count(*) from taskward.users where tasks_indexed = 1") == 0;
  });
  if (!is_indexed) throw std::runtime_error("the tasks were not indexed within 20 minutes");
  database.query("vacuum analyze");
  database.query("checkpoint");
}

void Instance::copy_tables() {
  Database database(conninfo);
  for (const char* sql :
       {"drop schema if exists bench cascade", "create schema bench",
        "create table bench.tasks (like taskward.tasks including defaults) with (fillfactor = 85)",
        "insert into bench.tasks select * from taskward.tasks",
        "alter table bench.tasks add primary key (owner_id, id)",
        "create index on bench.tasks (owner_id, created_at, id)",
        "create table bench.sessions (like taskward.sessions including defaults, primary key (user_id, id)) "
        "with"
        " (fillfactor = 70)",
        "insert into bench.sessions select distinct on (user_id) * from taskward.sessions",
        "vacuum analyze bench.tasks, bench.sessions", "checkpoint"})
    database.query(sql);
}

void Instance::sign_in() {
  Random random(42);
  std::set<int> chosen;
  while (static_cast<int>(chosen.size()) < std::min(kSignedIn, users_))
    chosen.insert(static_cast<int>(random() % static_cast<unsigned>(users_)));
  sessions.clear();
  test::HttpClient https = client();
  Database database(conninfo);
  for (const int user : chosen) {
    Session session = log_in(https, user);
    for (const auto& row :
         database.query("select id from taskward.tasks where owner_id = $1::uuid limit 100", {session.user}))
      session.tasks.push_back(row[0]);
    sessions.push_back(std::move(session));
  }
}

Session Instance::log_in(test::HttpClient& client, int user) {
  const test::Response response = client.post("/auth/login", credentials("user" + std::to_string(user)));
  if (response.status != 200) throw std::runtime_error("login: " + response.body);
  const test::Json json = response.json();
  return {json["user"]["id"].text(), json["access_token"].text(), json["refresh_token"].text(), {}};
}

bool Instance::settle() {
  Database database(conninfo);
  return wait_for(seconds(60), [&database] {
    return database.number(
               "select count(*) from taskward.audit a where a.xid >= (select s.xid_below from"
               " taskward.audit_seals s order by s.number desc limit 1)") == 0;
  });
}

bool Instance::command(std::vector<std::string> words) const {
  words.insert(words.begin(), {"setpriv", "--pdeathsig", "TERM", run_, "--dir", folder.string()});
  return test::run_command({.words = words}).status == 0;
}

std::vector<std::string> Instance::new_errors() {
  constexpr std::array kWrong{R"("level":"error")",
                              "[error]",
                              "[crit]",
                              "[alert]",
                              "[emerg]",
                              " ERROR:",
                              " FATAL:",
                              " PANIC:",
                              "ended with status",
                              "ended unexpectedly"};
  std::vector<std::string> lines;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "log")) {
    const std::string name = entry.path().filename();
    if (name == "nginx-access.log") continue;
    std::ifstream in(entry.path());
    in.seekg(log_ends_[name]);
    for (std::string line; std::getline(in, line);
         log_ends_[name] += static_cast<std::streamoff>(line.size() + 1))
      // A table that is filled or locked cancels its automatic vacuum.
      if (line.find("canceling autovacuum task") == std::string::npos &&
          std::any_of(kWrong.begin(), kWrong.end(),
                      [&](auto text) { return line.find(text) != std::string::npos; }))
        lines.push_back(name + ": " + line);
  }
  return lines;
}

bool wait_for(seconds limit, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return true;
}

void say(const std::string& text) { std::cerr << "bench: " << text << std::endl; }

}  // namespace taskward::bench
