#include "dev_server.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "dev_database.hpp"
#include "dev_nginx.hpp"
#include "dev_workers.hpp"
#include "exit_codes.hpp"
#include "listening_socket.hpp"

namespace taskward::dev {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr const char* kControlSocket = "run/control.sock";
constexpr std::string_view kReplaced = "replaced\n";
constexpr int kPollMs = 200;
constexpr int kLowestDescriptor = 16;

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string quoted(const std::string& text) {
  constexpr std::string_view plain =
      "/._-+:@%=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + '\'';
}

int number_setting(const char* name, int otherwise, int most) {
  const char* given = std::getenv(name);
  if (given == nullptr || *given == '\0') return otherwise;
  const std::string text = given;
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number < 1 || number > most)
    throw Failure(std::string(name) + " must be a number from 1 to " + std::to_string(most) +
                  ", not: " + text);
  return number;
}

void raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

std::string announcement(const ServerOptions& options, const config::Settings& settings,
                         const std::string& url) {
  const std::string dir = fs::current_path().string();
  const std::string& run = options.run_command;
  const std::string curl = "curl -sS --cacert " + quoted(dir + "/tls/cert.pem");
  const std::string account = R"( --json '{"email":"you@example.org","password":"a long enough secret"}' )";
  const std::string mail = settings.mail_server.empty()
                               ? settings.mail_dir
                               : settings.mail_server + ", port " + std::to_string(settings.mail_port);
  return "\nTaskward runs at " + url + "\n\n  web       " + url + "/app\n  pages     " + url +
         "/docs (Swagger UI), " + url + "/redoc (ReDoc)\n  logs      " + dir + "/log\n  database  " +
         (options.has_own_database ? dir + "/pg (psql: " + run + " --exec psql)"
                                   : "the one in DATABASE_URL") +
         "\n  mail      " + mail + "\n  operate   " + run + " --exec taskward --help\n  stop      " + run +
         " --stop" + (options.is_detached ? "" : ", or Ctrl-C") + "\n\nRegister, log in, create a task:\n\n" +
         curl + account + url + "/auth/register\nTOKEN=$(" + curl + account + url +
         "/auth/login | sed -n 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/p')\n" + curl +
         " -H \"Authorization: Bearer $TOKEN\" --json '{\"title\":\"Try Taskward\"}' " + url + "/tasks\n\n";
}

/// Until the product answers over TLS, from the port to the database.
void await_product(const ServerOptions& options, Nginx& nginx, Workers& workers, const StopSignal& stop) {
  constexpr const char* log = "log/nginx.log";
  const std::string answer = "run/readyz";
  const auto deadline = steady_clock::now() + start_timeout();
  std::uintmax_t offset = size_of(log);
  nginx.start();
  for (;;) {
    const Command request{
        .words = {"curl", "-q", "-sS", "--noproxy", "*", "--max-time", "5", "--cacert", "tls/cert.pem",
                  nginx.has_proxy_protocol() ? "--haproxy-protocol" : "--no-haproxy-protocol",
                  "--fail-with-body", "-o", answer, nginx.url() + "/readyz"},
        .log = "run/curl.log",
        .keeps_log = false};
    if (run(request, stop) == 0) return;
    if (!nginx.is_running()) {
      const bool is_taken = text_of(log).find("Address already in use", offset) != std::string::npos;
      if (options.port != 0 || !is_taken) throw Failure("nginx did not start", log, offset);
      offset = size_of(log);
      nginx.listen_on(free_port());
      nginx.start();
    }
    workers.check_started();
    if (steady_clock::now() >= deadline)
      throw Failure("the product did not become ready: " + nginx.url() +
                    "/readyz: " + text_of("run/curl.log") + text_of(answer));
    if (stop.came(100)) throw Stopped();
  }
}

void answer_restart(int control, Workers& workers, const StopSignal& stop) {
  const int client = ::accept4(control, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const std::string_view answer = workers.replace(stop) ? kReplaced : "failed\n";
  static_cast<void>(::send(client, answer.data(), answer.size(), MSG_NOSIGNAL));
  ::close(client);
}

void supervise(const ServerOptions& options, Nginx& nginx, Workers& workers, const StopSignal& stop) {
  const int control = programs::listening_socket(kControlSocket, kLowestDescriptor);
  DatabaseWatch database;
  for (;;) {
    std::array<pollfd, 2> events{{{stop.descriptor(), POLLIN, 0}, {control, POLLIN, 0}}};
    ::poll(events.data(), events.size(), kPollMs);
    if (stop.came(0)) return;
    if (events[1].revents != 0) answer_restart(control, workers, stop);
    workers.watch();
    nginx.watch();
    if (options.has_own_database) database.look();
  }
}

void remove_files() {
  for (const char* folder : {"run", "pids"}) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".sock" || extension == ".ready" || extension == ".pid") fs::remove(entry.path());
    }
  }
}

/// Passkeys need a domain, and browsers accept them for localhost. A setting of the caller stays.
void name_public_url(const Nginx& nginx, const config::Loaded& loaded) {
  const auto found =
      std::find_if(loaded.effective.begin(), loaded.effective.end(),
                   [](const config::Effective& one) { return one.option->key == "PUBLIC_URL"; });
  if (found != loaded.effective.end() && found->source != "default" && found->source != "not set") return;
  const std::string url = nginx.url();
  ::setenv("PUBLIC_URL", ("https://localhost" + url.substr(url.rfind(':'))).c_str(), 1);
}

}  // namespace

Milliseconds drain_limit(seconds drain_timeout) { return drain_timeout + seconds(5); }

void serve(const ServerOptions& options, const config::Loaded& loaded, const StopSignal& stop,
           const std::function<void(const std::string&)>& announce) {
  raise_file_limit();
  const WorkerCounts counts{number_setting("API_WORKERS", 2, 64), number_setting("AUTH_WORKERS", 1, 64),
                            std::to_string(number_setting("AUTH_THREADS", 2, 64))};
  Nginx nginx(loaded.settings);
  nginx.listen_on(options.port == 0 ? free_port() : options.port);
  nginx.test_configuration(stop);
  if (options.has_own_database) {
    start_database(stop);
    prepare_database(stop);
  }
  const Command migrate{.words = {(fs::current_path() / "bin/taskward").string(), "migrate"},
                        .log = "log/migrate.log",
                        .keeps_log = false};
  if (run(migrate, stop) != 0) throw Failure("the migration failed", migrate.log);
  const std::string chosen = nginx.url();
  name_public_url(nginx, loaded);
  Workers workers(counts, drain_limit(loaded.settings.drain_timeout));
  workers.start(stop);
  await_product(options, nginx, workers, stop);
  if (nginx.url() != chosen) {
    name_public_url(nginx, loaded);
    if (!workers.replace(stop)) throw Failure("the workers could not be replaced for another port");
  }
  announce(announcement(options, loaded.settings, nginx.url()));
  try {
    supervise(options, nginx, workers, stop);
  } catch (const Stopped&) {
    // During a replacement of the workers.
  }
  say("stopping");
}

void end_everything(Milliseconds drain) {
  stop_nginx();
  end_processes(SIGTERM, drain, ".", "taskward-worker");
  end_processes(SIGTERM, drain, ".", "taskward-background");
  stop_database();
  remove_files();
}

void remove_socket_folder() {
  constexpr const char* file = "pg/socket-dir";
  std::string folder = text_of(file);
  if (folder.ends_with('\n')) folder.pop_back();
  struct stat owner {};
  if (std::regex_match(folder, std::regex("/tmp/taskward-pg\\.[A-Za-z0-9]+")) &&
      ::lstat(folder.c_str(), &owner) == 0 && S_ISDIR(owner.st_mode) && owner.st_uid == ::geteuid()) {
    fs::remove_all(folder);
    fs::remove(file);
  }
}

int request_restart() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string(kControlSocket).copy(address.sun_path, sizeof address.sun_path - 1);
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    say("the product is not ready yet");
    return programs::kFault;
  }
  std::string answer;
  std::array<char, 64> part{};
  for (ssize_t size = 0; (size = ::read(server, part.data(), part.size())) > 0;)
    answer.append(part.data(), static_cast<std::size_t>(size));
  ::close(server);
  if (answer == kReplaced) {
    say("all workers were replaced");
    return programs::kSuccess;
  }
  say(answer.empty() ? "the product was stopped"
                     : "not all workers were replaced; see " + fs::absolute("log").string());
  return programs::kFault;
}

}  // namespace taskward::dev
