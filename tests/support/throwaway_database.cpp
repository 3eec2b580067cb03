#include "tests/support/throwaway_database.hpp"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <utility>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/store/schema.hpp"
#include "tests/support/files.hpp"

namespace taskward::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* kTemplate = "migrated";
constexpr int kMinimumVersion = 15;

/// The program directory of the newest PostgreSQL, as Debian installs it.
std::string find_programs() {
  int newest = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version > newest && fs::exists(entry.path() / "bin/initdb")) newest = version;
  }
  if (newest < kMinimumVersion) throw std::runtime_error("no PostgreSQL 15 or newer: set PG_BINDIR");
  return "/usr/lib/postgresql/" + std::to_string(newest) + "/bin";
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

const Log& quiet_log() {
  static const SystemClock clock;
  static const Log log(STDERR_FILENO, LogLevel::error, clock);
  return log;
}

}  // namespace

ThrowawayServer::ThrowawayServer(std::vector<std::string> settings)
    : settings_(std::move(settings)), bin_(environment("PG_BINDIR", "")) {
  if (bin_.empty()) bin_ = find_programs();
  run({bin_ + "/initdb", "-D", folder_.path() / "data", "--username=postgres", "--auth-local=trust",
       "--auth-host=reject", "--no-sync", "--encoding=UTF8", "--locale=C"});
  start();
  try {
    execute("postgres", "postgres", test::read_file(repository() / "sql/roles.sql"));
    make_template();
  } catch (...) {
    stop();
    throw;
  }
}

ThrowawayServer::ThrowawayServer(StandbyOf of, std::vector<std::string> settings)
    : settings_(std::move(settings)), bin_(of.primary.bin_) {
  run({bin_ + "/pg_basebackup", "--pgdata", folder_.path() / "data", "--write-recovery-conf", "--no-sync",
       "--checkpoint=fast", "--dbname", of.primary.conninfo("postgres", "postgres")});
  start();
}

ThrowawayServer::~ThrowawayServer() {
  try {
    stop();
  } catch (const std::exception&) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

pid_t ThrowawayServer::spawn(const std::vector<std::string>& words) const {
  const std::vector<std::string> settings{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"};
  const auto arguments = pointers(words);
  const auto variables = pointers(settings);
  const passwd* account = account_to_run_as();  // PostgreSQL refuses to run as root
  const fs::path log = folder_.path() / "log";
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) return child;
  // In the child: only system calls until exec.
  const bool dropped =
      account == nullptr ||
      (::setgroups(0, nullptr) == 0 && ::setgid(account->pw_gid) == 0 && ::setuid(account->pw_uid) == 0);
  // After setuid, which clears this setting. SIGINT requests a fast shutdown of PostgreSQL.
  ::prctl(PR_SET_PDEATHSIG, SIGINT);
  if (!dropped || ::getppid() != parent || ::chdir(folder_.path().c_str()) != 0) ::_exit(126);
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (::dup2(out, STDOUT_FILENO) < 0 || ::dup2(out, STDERR_FILENO) < 0) ::_exit(126);
  ::close_range(3, ~0U, 0);
  ::execve(arguments[0], arguments.data(), variables.data());
  ::_exit(127);
}

void ThrowawayServer::run(const std::vector<std::string>& words) {
  int status = 0;
  const pid_t child = spawn(words);
  if (::waitpid(child, &status, 0) != child || status != 0) {
    throw std::runtime_error(words.front() + " failed: " + log());
  }
}

void ThrowawayServer::start() {
  // Detects deadlocks quickly and never flushes to disk: the data is discarded.
  std::vector<std::string> words{bin_ + "/postgres",
                                 "-D",
                                 folder_.path() / "data",
                                 "-k",
                                 folder_.path(),
                                 "-c",
                                 "listen_addresses=",
                                 "-c",
                                 "unix_socket_permissions=0700",
                                 "-c",
                                 "fsync=off",
                                 "-c",
                                 "full_page_writes=off",
                                 "-c",
                                 "shared_buffers=32MB",
                                 "-c",
                                 "max_connections=100",
                                 "-c",
                                 "deadlock_timeout=100ms",
                                 "-c",
                                 "log_line_prefix=%d|%u|",
                                 "-c",
                                 "autovacuum=off",
                                 "-c",
                                 "wal_level=minimal",
                                 "-c",
                                 "max_wal_senders=0",
                                 "-c",
                                 "max_wal_size=128MB",
                                 "-c",
                                 "min_wal_size=32MB"};
  for (const std::string& setting : settings_) words.insert(words.end(), {"-c", setting});
  pid_ = spawn(words);
  wait_until_ready();
}

void ThrowawayServer::wait_until_ready() {
  const Secret conninfo(this->conninfo("postgres", "postgres"));
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (true) {
    try {
      db::Connection({conninfo, "test"}, quiet_log()).connect();
      return;
    } catch (const db::Unavailable&) {
      if (::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
      if (pid_ < 0 || std::chrono::steady_clock::now() > deadline) {
        throw std::runtime_error("PostgreSQL did not start: " + log());
      }
      std::this_thread::sleep_for(20ms);
    }
  }
}

void ThrowawayServer::stop() {
  administrator_.reset();
  if (pid_ < 0) return;
  ::kill(pid_, SIGINT);
  for (int tries = 0; ::waitpid(pid_, nullptr, WNOHANG) == 0; ++tries) {
    if (tries == 3000) throw std::runtime_error("PostgreSQL did not stop: " + log());
    std::this_thread::sleep_for(10ms);
  }
  pid_ = -1;
}

std::string ThrowawayServer::conninfo(const std::string& database, const std::string& role) const {
  return "host=" + folder_.path().string() + " dbname=" + database + " user=" + role;
}

std::string ThrowawayServer::log(std::size_t from) const {
  return test::read_file(folder_.path() / "log", from);
}

void ThrowawayServer::execute(const std::string& database, const std::string& role,
                              const std::string& sql) const {
  const Secret conninfo(this->conninfo(database, role));
  db::Connection({conninfo, "test"}, quiet_log()).execute(sql);
}

void ThrowawayServer::administer(const std::string& sql) {
  if (administrator_) {
    try {
      return administrator_->execute(sql);
    } catch (const db::Unavailable&) {
      // A test has ended this connection.
    }
  }
  administrator_conninfo_ = Secret(conninfo("postgres", "postgres"));
  administrator_ =
      std::make_unique<db::Connection>(db::ConnectionOptions{administrator_conninfo_, "test"}, quiet_log());
  administrator_->execute(sql);
}

void ThrowawayServer::make_template() {
  execute("postgres", "postgres", std::string("create database ") + kTemplate + " owner taskward_owner");
  const Secret conninfo(this->conninfo(kTemplate, "taskward_owner"));
  db::Connection owner({conninfo, "test"}, quiet_log());
  static_cast<void>(
      store::migrate(owner, store::read_migrations((repository() / "sql/migrations").string())));
}

ThrowawayDatabase::ThrowawayDatabase(ThrowawayServer& server, Schema schema)
    : server_(server),
      name_("t" + std::to_string(++server.databases_)),
      service_(server.conninfo(name_, "taskward")),
      owner_(server.conninfo(name_, "taskward_owner")),
      superuser_(server.conninfo(name_, "postgres")) {
  server_.administer("create database " + name_ + " owner taskward_owner template " +
                     (schema == Schema::migrated ? kTemplate : "template0") + " strategy file_copy");
}

ThrowawayDatabase::~ThrowawayDatabase() {
  try {
    server_.administer("drop database " + name_ + " with (force)");
  } catch (const std::exception&) {
    // It is removed with the server's directory.
  }
}

}  // namespace taskward::testing
