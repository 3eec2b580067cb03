#include "load.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <stdexcept>

#include "tests/support/json_text.hpp"
#include "tests/support/process.hpp"

namespace taskward::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Answer = std::unique_ptr<PGresult, decltype(&::PQclear)>;

std::unique_ptr<PGconn, decltype(&::PQfinish)> connect(const std::string& conninfo) {
  std::unique_ptr<PGconn, decltype(&::PQfinish)> connection(::PQconnectdb(conninfo.c_str()), ::PQfinish);
  if (::PQstatus(connection.get()) != CONNECTION_OK)
    throw std::runtime_error(::PQerrorMessage(connection.get()));
  return connection;
}

Answer checked(PGconn* connection, PGresult* result) {
  Answer answer(result, ::PQclear);
  const ExecStatusType status = ::PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error(::PQerrorMessage(connection));
  return answer;
}

Answer execute(PGconn* connection, const char* statement, const std::vector<std::string>& values,
               bool prepared) {
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  const int count = static_cast<int>(texts.size());
  return checked(
      connection,
      prepared ? ::PQexecPrepared(connection, statement, count, texts.data(), nullptr, nullptr, 0)
               : ::PQexecParams(connection, statement, count, nullptr, texts.data(), nullptr, nullptr, 0));
}

void write_lines(const std::filesystem::path& file, const std::vector<std::string>& lines) {
  std::ofstream out(file);
  for (const std::string& one : lines) out << one << '\n';
}

}  // namespace

Database::Database(const std::string& conninfo) : connection_(connect(conninfo)) {}

Database::Table Database::query(const std::string& sql, const std::vector<std::string>& values) {
  const Answer answer = execute(connection_.get(), sql.c_str(), values, false);
  Table table(static_cast<std::size_t>(::PQntuples(answer.get())));
  for (int row = 0; row < ::PQntuples(answer.get()); ++row)
    for (int column = 0; column < ::PQnfields(answer.get()); ++column)
      table[static_cast<std::size_t>(row)].emplace_back(::PQgetvalue(answer.get(), row, column));
  return table;
}

double Database::number(const std::string& sql) { return std::stod(query(sql).at(0).at(0)); }

Result run_load(const Load& load, const std::filesystem::path& folder) {
  static std::atomic<int> count{0};
  const auto file = [&, n = ++count](const char* name) {
    return (folder / (name + std::to_string(n))).string();
  };
  const std::string requests = file("requests");
  const std::string threads = load.connections > 1 ? "2" : "1";
  write_lines(requests, load.lines);
  test::Command wrk{.words = {"setpriv", "--pdeathsig", "TERM", "wrk", "--threads", threads, "--connections",
                              std::to_string(load.connections), "--duration",
                              std::to_string(load.seconds) + "s", "--timeout", "10s", "--script",
                              (folder / "load.lua").string(), load.url, "--", requests, threads},
                    .limit = std::chrono::seconds(load.seconds + 60)};
  if (load.counts_statuses || !load.refresh_tokens.empty()) {
    wrk.words.push_back(file("tokens"));
    write_lines(wrk.words.back(), load.refresh_tokens);
  }
  const test::CommandResult done = run_command(wrk);
  const auto begin = done.out.rfind("\n{\"requests\"");
  if (done.status != 0 || begin == std::string::npos) throw std::runtime_error("wrk: " + done.out + done.err);
  const test::Json json = test::Json::parse(done.out.substr(begin));
  const auto number = [&json](const char* name) { return static_cast<double>(json[name].number()); };
  Result result{.name = load.name,
                .requests = number("requests"),
                .rate = number("requests") * 1e6 / number("duration"),
                .p50 = number("p50") / 1000,
                .p99 = number("p99") / 1000,
                .refused = number("refused"),
                .broken = number("broken")};
  for (const std::string& status : json["statuses"].names())
    result.statuses[std::stoi(status)] = static_cast<double>(json["statuses"][status].number());
  return result;
}

Result measure(const Load& load, const std::filesystem::path& folder, const Machine& machine,
               Database& database) {
  database.query("select pg_stat_statements_reset()");
  const std::string begin = database.query("select pg_current_wal_insert_lsn()").at(0).at(0);
  const CpuTimes before = machine.cpu();
  const auto started = Clock::now();
  Result result = run_load(load, folder);
  const std::chrono::duration<double> time = Clock::now() - started;
  result.cores = machine.cpu() - before;
  for (double& cores : result.cores) cores /= time.count();
  const auto sums = database.query(
      "select pg_current_wal_insert_lsn() - $1::pg_lsn, coalesce(sum(s.shared_blks_hit + "
      "s.shared_blks_read), 0),"
      " coalesce(sum(s.calls), 0), coalesce(sum(s.total_plan_time), 0), coalesce(sum(s.total_exec_time), 0)"
      " from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname = 'taskward'",
      {begin});
  const auto sum = [&sums](std::size_t column) { return std::stod(sums.at(0).at(column)); };
  const double requests = std::max(1.0, result.requests);
  result.wal = sum(0) / requests;
  result.buffers = sum(1) / requests;
  result.statements = sum(2) / requests;
  result.planning = sum(3) / std::max(1e-9, sum(3) + sum(4));
  return result;
}

double minimal_rate(const std::string& conninfo, const Scenario& what, std::span<const Session> sessions,
                    int connections, double seconds) {
  constexpr std::array<Oid, 4> kTypes{2950, 2950, 25, 20};  // uuid, uuid, text, bigint
  std::atomic<long> done{0};
  const auto work = [&](unsigned number) {
    Random random(number + 1);
    const auto connection = connect(conninfo);
    for (const Scenario& one : scenarios()) {
      if (one.minimal == nullptr) continue;
      checked(connection.get(), ::PQprepare(connection.get(), std::string(one.name).c_str(), one.minimal,
                                            kTypes.size(), kTypes.data()));
    }
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    for (; Clock::now() < end; ++done) {
      const Scenario& one = what.minimal == nullptr ? pick_of_mix(random) : what;
      const Session& session = pick(sessions, random);
      execute(connection.get(), std::string(one.name).c_str(),
              {session.user, pick(session.tasks, random), std::string(pick(words(), random)),
               std::to_string(random())},
              true);
    }
  };
  std::vector<std::future<void>> workers;
  for (int i = 0; i < connections; ++i)
    workers.push_back(std::async(std::launch::async, work, static_cast<unsigned>(i)));
  for (std::future<void>& worker : workers) worker.get();
  return static_cast<double>(done) / seconds;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace taskward::bench
