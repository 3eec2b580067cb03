#include "stack.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "files.hpp"
#include "throwaway_folder.hpp"

namespace taskward::test {
namespace {

namespace fs = std::filesystem;

fs::path new_folder() {
  std::string pattern = testing::environment("TMPDIR", "/tmp") + "/taskward-http.XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot create a directory: " + pattern);
  // Started by root, the product runs as another user, who needs access.
  fs::permissions(pattern, fs::perms(0755));
  return pattern;
}

/// Copies the instance of this variant in PREPARED_INSTANCES, whose cluster, keys and certificate exist
/// already, to `folder`. Returns false if the environment does not name one.
bool copy_prepared_instance(const fs::path& folder) {
  const fs::path prepared = testing::environment("PREPARED_INSTANCES", "");
  if (prepared.empty()) return false;
  // As root, the copy keeps its owner.
  const CommandResult copied = run_command(
      {.words = {"cp", "-a", "--", (prepared / built_programs().filename()).string(), folder.string()}});
  if (copied.status != 0) throw std::runtime_error(copied.err);
  fs::remove(folder / "port");  // each has its own
  for (const char* name : {"log", "metrics"})
    for (const auto& file : fs::directory_iterator(folder / name)) fs::remove_all(file);
  return true;
}

/// The words of a command that runs as the account of the product.
std::vector<std::string> as_service(std::vector<std::string> words) {
  if (const passwd* account = testing::account_to_run_as())
    words.insert(words.begin(), {"setpriv", "--reuid", account->pw_name, "--regid", account->pw_name,
                                 "--init-groups", "env", "-C", "/"});
  return words;
}

}  // namespace

fs::path built_programs() { return repository() / "build" / testing::environment("VARIANT", "release"); }

Stack::Stack(const Environment& settings)
    // Each thread has a connection, and starting its process takes longer than most tests.
    : settings_{
          {"BCRYPT_COST", "4"}, {"ENVIRONMENT", "test"}, {"LIMIT_EXEMPT", "127.0.0.1"}, {"THREADS", "2"}} {
  for (const auto& [name, value] : settings) settings_[name] = value;
  std::erase_if(settings_, [](const auto& setting) { return setting.second.empty(); });
  const bool with_pgbouncer =
      !settings_.contains("DATABASE_URL") && !testing::environment("TEST_PGBOUNCER", "").empty();
  if (with_pgbouncer) settings_["DATABASE_PREPARE"] = "off";
  scratch_ = new_folder();
  std::vector<std::string> start{"--no-dotenv", "--port", "0", "--detach"};
  // The prepared signing key is of the default algorithm.
  const bool is_prepared = !settings_.contains("JWT_ALG") && copy_prepared_instance(folder());
  if (is_prepared) start.emplace_back("--no-build");
  const CommandResult started = run(start);
  if (started.status != 0) {
    fs::remove_all(scratch_);
    throw std::runtime_error("the product did not start:\n" + started.err);
  }
  announcement_ = started.out;
  url_ = first_line(folder() / "url");
  if (!with_pgbouncer) return;
  try {
    start_pgbouncer();
  } catch (...) {
    stop();
    throw;
  }
}

// It takes the place of the server's socket.
void Stack::start_pgbouncer() {
  const fs::path sockets = socket_folder();
  fs::rename(sockets / ".s.PGSQL.5432", sockets / ".s.PGSQL.5433");
  fs::rename(sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5433.lock");
  const fs::path settings = folder() / "pg/pgbouncer.ini";
  const fs::path users = folder() / "pg/pgbouncer.users";
  pgbouncer_ = sockets / "pgbouncer.pid";
  std::ofstream(users) << R"("taskward" ""
"taskward_owner" ""
"postgres" ""
)";
  std::ofstream(settings)
      << "[databases]\n* = host=" << sockets.string()
      << " port=5433\n"
         "[users]\npostgres = pool_mode=session\ntaskward_owner = pool_mode=session\n"
         "[pgbouncer]\nlisten_addr =\nlisten_port = 5432\nunix_socket_dir = "
      << sockets.string() << "\nunix_socket_mode = 0700\nauth_type = trust\nauth_file = " << users.string()
      << "\npool_mode = transaction\n"
         "default_pool_size = 4\nmax_client_conn = 500\nserver_login_retry = 1\nlogfile = "
      << (sockets / "pgbouncer.log").string() << "\npidfile = " << pgbouncer_.string() << '\n';
  CommandResult done =
      run_command({.words = as_service({"/usr/sbin/pgbouncer", "-q", "-d", settings.string()})});
  if (done.status == 0) done = restart();
  if (done.status != 0) throw std::runtime_error("the product did not start behind PgBouncer:\n" + done.err);
}

Stack::~Stack() { stop(); }

void Stack::stop() noexcept {
  try {
    if (fs::exists(pgbouncer_)) ::kill(std::stoi(first_line(pgbouncer_)), SIGTERM);
    if (const CommandResult stopped = run({"--stop"}); stopped.status != 0) std::cerr << stopped.err;
    fs::remove_all(scratch_);
  } catch (const std::exception& fault) {
    std::cerr << "the product was not stopped: " << fault.what() << '\n';
  }
}

int Stack::port() const { return std::stoi(url_.substr(url_.rfind(':') + 1)); }

HttpClient Stack::client(HttpVersion version) const { return {url_, certificate(), version}; }

CommandResult Stack::run(std::vector<std::string> words, const std::string& input) const {
  words.insert(words.begin(), {(repository() / "scripts/run").string(), "--dir", folder().string()});
  return run_command({.words = std::move(words),
                      .environment = settings_,
                      .input = input,
                      .limit = std::chrono::seconds(300)});
}

CommandResult Stack::exec(const std::vector<std::string>& words, const std::string& input) const {
  std::vector<std::string> all{"--exec"};
  all.insert(all.end(), words.begin(), words.end());
  return run(std::move(all), input);
}

std::string Stack::socket_folder() const {
  constexpr std::string_view prefix = "export PGHOST=";
  std::ifstream in(folder() / "etc/environment");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(prefix)) return line.substr(prefix.size());
  throw std::runtime_error("the instance has no database of its own");
}

std::string Stack::sql(const std::string& statement) const {
  // Without scripts/run, which takes ten times as long as most statements.
  std::vector<std::string> words{testing::environment("PG_BINDIR", "/usr/bin") + "/psql",
                                 "-XAtq",
                                 "-v",
                                 "ON_ERROR_STOP=1",
                                 "-h",
                                 socket_folder(),
                                 "-p",
                                 "5432",
                                 "-U",
                                 "postgres",
                                 "-d",
                                 "taskward",
                                 "-c",
                                 statement};
  const CommandResult done = run_command({.words = as_service(std::move(words))});
  if (done.status != 0) throw std::runtime_error(statement + ":\n" + done.err);
  std::string out = done.out;
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

CommandResult Stack::restart() const { return run({"--restart"}); }

std::map<std::string, int> Stack::workers() const {
  constexpr std::string_view prefix = "worker-";
  std::map<std::string, int> found;
  for (const auto& entry : fs::directory_iterator(folder() / "pids")) {
    const std::string name = entry.path().stem().string();
    const std::string pid = first_line(entry.path());
    // While a worker is being replaced, the file is missing or empty.
    if (name.starts_with(prefix) && !pid.empty()) found[name.substr(prefix.size())] = std::stoi(pid);
  }
  return found;
}

std::vector<std::string> Stack::log_lines(const std::string& pool, const std::string& text) const {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder() / "log")) {
    if (!entry.path().filename().string().starts_with("worker-" + pool)) continue;
    std::ifstream log(entry.path());
    for (std::string line; std::getline(log, line);)
      if (line.find(text) != std::string::npos) found.push_back(line);
  }
  return found;
}

}  // namespace taskward::test
