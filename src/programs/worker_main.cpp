// taskward-worker: answers requests from nginx on an inherited socket until it is told to stop.
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <poll.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "exit_codes.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/app/dispatch.hpp"
#include "taskward/app/fcgi_stream.hpp"
#include "taskward/app/process.hpp"
#include "taskward/app/worker.hpp"
#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/config/command_line.hpp"
#include "taskward/config/load.hpp"
#include "taskward/crypto/password_hash.hpp"
#include "taskward/crypto/random.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/domain/signing_keys.hpp"
#include "taskward/store/schema.hpp"
#include "taskward/store/statements.hpp"

namespace {

using namespace taskward;
using std::chrono::milliseconds;

constexpr config::Flag kFlags[] = {
    {"help", "", "Print this and exit."},
    {"config", "FILE",
     "The settings file; else TASKWARD_CONFIG, else /etc/taskward/taskward.conf if it exists."},
    {"pool", "NAME", "The pool to work for, api or auth: the name of the inherited socket."},
    {"instance", "NAME", "The same from an instance's name such as api-1."},
    {"ready-file", "PATH", "A file to make when ready to accept."},
};

/// A request that takes longer than this makes the watchdog believe that the process hangs.
constexpr milliseconds kHang{120'000};

/// SIGTERM and SIGINT as something to wait for. They are blocked in every thread.
class StopSignal {
 public:
  StopSignal() {
    // libfcgi has installed handlers of its own for some of these.
    struct sigaction plain {};
    plain.sa_handler = SIG_DFL;
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) ::sigaction(signal, &plain, nullptr);
    plain.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &plain, nullptr);
    sigset_t stop;
    ::sigemptyset(&stop);
    ::sigaddset(&stop, SIGTERM);
    ::sigaddset(&stop, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &stop, nullptr);
    descriptor_ = ::signalfd(-1, &stop, SFD_CLOEXEC);
  }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal() { ::close(descriptor_); }

  /// True when it came within the time; a negative time waits for ever.
  [[nodiscard]] bool came(int timeout_ms) const {
    pollfd one{descriptor_, POLLIN, 0};
    return ::poll(&one, 1, timeout_ms) > 0;
  }

 private:
  int descriptor_ = -1;
};

/// What all threads share, in the order in which it is made.
struct Shared {
  explicit Shared(config::Settings&& given)
      : settings(std::move(given)),
        log(STDERR_FILENO, settings.log_level, clock),
        passwords(settings.bcrypt_cost, random),
        key_ring({settings.jwt_alg,
                  settings.secret_key,
                  settings.jwt_secret_key,
                  {settings.jwt_issuer, settings.jwt_audience}},
                 random),
        dispatch(settings.cors_origins, log) {}

  [[nodiscard]] std::unique_ptr<db::Connection> connection(const std::string& name) {
    db::ConnectionOptions options{
        settings.database_url, name,
        settings.database_prepare == config::Switch::on ? db::Preparation::kept : db::Preparation::each_time,
        settings.database_timeout};
    return std::make_unique<db::Connection>(std::move(options), store::every_statement(), log,
                                            store::check_schema);
  }

  config::Settings settings;
  SystemClock clock;
  crypto::SystemRandom random;
  Log log;
  crypto::PasswordHasher passwords;
  domain::KeyRing key_ring;
  app::Dispatch dispatch;
};

std::string pool_of(const config::CommandLine& line) {
  const auto pool = line.value("pool");
  const auto instance = line.value("instance");
  if (pool.has_value() == instance.has_value()) {
    throw config::BadCommandLine("give either --pool or --instance");
  }
  const std::string name = pool ? *pool : instance->substr(0, instance->find('-'));
  for (const auto known : {api::Pool::api, api::Pool::auth}) {
    if (name == api::name(known)) return name;
  }
  throw config::BadCommandLine("'" + name + "' is no pool: it is api or auth");
}

/// Finds out at the start what only an operator can mend. A database that is away is not among that:
/// the worker serves 503 until it comes.
void check_database(Shared& shared, const std::string& application_name) {
  try {
    const auto connection = shared.connection(application_name);
    static_cast<void>(shared.key_ring.current(*connection));
  } catch (const db::Unavailable& fault) {
    shared.log.line(LogLevel::warning, "started_without_database").field("reason", fault.what());
  }
}

void make_ready_file(const std::string& path) {
  std::ofstream out(path);
  out << ::getpid() << '\n';
  if (!out.flush()) throw config::BadCommandLine(path + ": cannot be written");
}

int serve(Shared& shared, const std::string& pool, int listener,
          const std::optional<std::string>& ready_file) {
  const StopSignal stop;
  const std::string application_name = "taskward-" + pool;
  check_database(shared, application_name);

  const auto make_answer = [&shared, application_name]() -> app::Worker::Answer {
    std::shared_ptr<db::Connection> connection = shared.connection(application_name);
    return [&shared, connection](http::Request& request) {
      const domain::Resources resources{
          *connection,      shared.clock,
          shared.random,    shared.key_ring,
          shared.passwords, {shared.settings.access_token_ttl, shared.settings.refresh_token_ttl}};
      return shared.dispatch.answer(request, resources);
    };
  };
  app::Worker worker(listener, shared.settings.threads, make_answer, shared.log);
  worker.start();
  if (ready_file) make_ready_file(*ready_file);
  app::notify_manager("READY=1");
  shared.log.line(LogLevel::info, "started").field("pool", pool).field("threads", shared.settings.threads);

  const auto watchdog = app::watchdog_interval();
  // Twice as often as it must be (sd_watchdog_enabled).
  const int wait = watchdog == 0 ? -1 : static_cast<int>(watchdog / 2 / 1000);
  while (!stop.came(wait)) {
    if (worker.longest_request() < kHang) app::notify_manager("WATCHDOG=1");
  }
  // The unit's TimeoutStopSec need not know how long this may take.
  const auto limit = std::chrono::microseconds(shared.settings.drain_timeout + std::chrono::seconds(5));
  app::notify_manager("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(limit.count()));
  shared.log.line(LogLevel::info, "draining").field("pool", pool);
  const bool drained = worker.drain(shared.settings.drain_timeout);
  shared.log.line(drained ? LogLevel::info : LogLevel::warning, "stopped")
      .field("drained", drained ? "yes" : "no");
  return programs::kSuccess;
}

int run(const std::vector<std::string>& words) {
  const config::CommandLine line = config::read_command_line(words, kFlags);
  if (line.has("help")) {
    std::cout << "taskward-worker --pool api|auth [OPTION…]\n"
                 "Answers requests from nginx on an inherited socket (sd_listen_fds) until SIGTERM.\n\n"
              << config::options_help(kFlags);
    return programs::kSuccess;
  }
  const std::string pool = pool_of(line);
  config::Sources sources = config::sources_of_process(line.value("config").value_or(""));
  sources.command_line = line.settings;
  config::Loaded loaded = config::load(sources);
  config::require(loaded, "SECRET_KEY");
  Shared shared(std::move(loaded.settings));
  const auto listener = app::inherited_socket(pool);
  if (!listener) {
    std::cerr << "taskward-worker: no socket named '" << pool
              << "' was handed over: start it through its systemd unit, or with `taskward listen " << pool
              << "=PATH -- …`\n";
    return programs::kBadSettings;
  }
  app::prepare_fcgi();
  return serve(shared, pool, *listener, line.value("ready-file"));
}

}  // namespace

int main(int argc, char** argv) {
  app::forbid_core_dumps();
  return programs::guarded("taskward-worker", [&] { return run({argv + 1, argv + argc}); });
}
