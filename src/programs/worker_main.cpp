// taskward-worker: answers requests from nginx on an inherited socket until SIGTERM.
#include <signal.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "daemon.hpp"
#include "exit_codes.hpp"
#include "service.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/app/dispatch.hpp"
#include "taskward/app/fcgi_stream.hpp"
#include "taskward/app/process.hpp"
#include "taskward/app/worker.hpp"
#include "taskward/config/command_line.hpp"

namespace {

using namespace taskward;
using std::chrono::milliseconds;

constexpr config::Flag kFlags[] = {
    programs::kHelpFlag,
    programs::kConfigFlag,
    {"pool", "NAME", "The pool: api or auth. It is also the name of the inherited socket."},
    {"instance", "NAME", "The pool by the name of an instance, such as api-1."},
    programs::kReadyFileFlag,
};

/// A longer request stops the watchdog notifications.
constexpr milliseconds kHang{120'000};

using programs::Service;

std::string pool_of(const config::CommandLine& line) {
  const auto pool = line.value("pool");
  const auto instance = line.value("instance");
  if (pool.has_value() == instance.has_value()) {
    throw config::BadCommandLine("specify either --pool or --instance");
  }
  const std::string name = pool ? *pool : instance->substr(0, instance->find('-'));
  for (const auto known : {api::Pool::api, api::Pool::auth}) {
    if (name == api::name(known)) return name;
  }
  throw config::BadCommandLine("'" + name + "' is not a pool: api or auth");
}

int serve(Service& service, const std::string& pool, int listener,
          const std::optional<std::string>& ready_file) {
  const programs::StopSignal stop{SIGTERM, SIGINT};
  const std::string application_name = "taskward-" + pool;
  service.count_as(pool);
  // These report invalid settings and keys. Without a database, the worker answers 503.
  service.check_database(application_name, [&](db::Connection& database) {
    static_cast<void>(service.key_ring.current(database));
  });
  static_cast<void>(service.replica(application_name));
  service.passwords();
  const app::Dispatch dispatch(service.settings.cors_origins, service.log);

  const auto make_answer = [&service, &dispatch, application_name]() -> app::Worker::Answer {
    const std::shared_ptr connection = service.connection(application_name);
    const std::shared_ptr replica = service.replica(application_name);
    return [&service, &dispatch, connection, replica](http::Request& request) {
      return dispatch.answer(request, service.resources(*connection, replica.get()));
    };
  };
  const auto body_max = [](const http::Request& request) {
    return api::body_max(request.path, request.method);
  };
  app::Worker worker(listener, service.settings.threads, body_max, make_answer, service.log, service.meter());
  worker.start();
  if (ready_file) programs::make_ready_file(*ready_file);
  app::notify_manager("READY=1");
  service.log.line(LogLevel::info, "started").field("pool", pool).field("threads", service.settings.threads);

  const auto watchdog = app::watchdog_interval();
  // Half the interval, as recommended by sd_watchdog_enabled(3).
  const int wait = watchdog == 0 ? -1 : static_cast<int>(watchdog / 2 / 1000);
  while (!stop.came(wait)) {
    if (worker.longest_request() < kHang) app::notify_manager("WATCHDOG=1");
  }
  // DRAIN_TIMEOUT may exceed TimeoutStopSec= of the unit.
  const auto limit = std::chrono::microseconds(service.settings.drain_timeout + std::chrono::seconds(5));
  app::notify_manager("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(limit.count()));
  service.log.line(LogLevel::info, "draining").field("pool", pool);
  const bool drained = worker.drain(service.settings.drain_timeout);
  service.log.line(drained ? LogLevel::info : LogLevel::warning, "stopped")
      .field("drained", drained ? "yes" : "no");
  return programs::kSuccess;
}

int run(const std::vector<std::string>& words) {
  const config::CommandLine line = config::read_command_line(words, kFlags);
  if (line.has("help")) {
    std::cout << "Usage: taskward-worker --pool api|auth [OPTION…]\n\n"
                 "Answers requests from nginx on an inherited socket (sd_listen_fds) until SIGTERM.\n\n"
              << config::options_help(kFlags) << '\n'
              << programs::kExitStatusHelp;
    return programs::kSuccess;
  }
  const std::string pool = pool_of(line);
  config::Loaded loaded = programs::load_settings(line);
  config::require(loaded, "SECRET_KEY");
  const LogLevel lowest = loaded.settings.log_level;
  Service service(std::move(loaded.settings), lowest);
  static_cast<void>(service.password_policy());
  const auto listener = app::inherited_socket(pool);
  if (!listener) {
    std::cerr << "taskward-worker: no socket named '" << pool
              << "' was inherited: start the worker by its systemd unit, or with `taskward listen " << pool
              << "=PATH -- …`\n";
    return programs::kBadSettings;
  }
  app::prepare_fcgi();
  return serve(service, pool, *listener, line.value("ready-file"));
}

}  // namespace

int main(int argc, char** argv) {
  app::forbid_core_dumps();
  return programs::guarded("taskward-worker", [&] { return run({argv + 1, argv + argc}); });
}
