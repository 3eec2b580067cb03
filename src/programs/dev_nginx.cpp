#include "dev_nginx.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <thread>

#include "taskward/api/nginx_facts.hpp"

namespace taskward::dev {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr const char* kLog = "log/nginx.log";
constexpr const char* kPidFile = "pids/nginx.pid";
constexpr seconds kQuitLimit{10};
constexpr seconds kBetweenStarts{2};

constexpr std::string_view kConfiguration = R"(daemon off;
worker_processes auto;
# Bounds how long a stop waits for requests in progress.
worker_shutdown_timeout 8s;
pid pids/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
    client_body_temp_path nginx/tmp/body;
    proxy_temp_path       nginx/tmp/proxy;
    fastcgi_temp_path     nginx/tmp/fastcgi;
    uwsgi_temp_path       nginx/tmp/uwsgi;
    scgi_temp_path        nginx/tmp/scgi;
    include taskward.conf;
}
)";

/// Installed paths, and what they are in DIR. nginx resolves `include` and certificates from nginx.conf's
/// folder, everything else from DIR.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPaths{{
    {"/etc/taskward/nginx/", ""},
    {"/etc/taskward/tls/fullchain.pem", "../tls/cert.pem"},
    {"/etc/taskward/tls/privkey.pem", "../tls/key.pem"},
    {"unix:/run/taskward/", "unix:run/"},
    {"/var/log/nginx/taskward.log", "log/nginx-access.log"},
    {"/usr/share/taskward/html", "html"},
}};

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void adapt_paths(const fs::path& file) {
  std::string text = text_of(file);
  for (const auto& [installed, here] : kPaths) {
    for (std::size_t at = 0; (at = text.find(installed, at)) != std::string::npos; at += here.size())
      text.replace(at, installed.size(), here);
  }
  std::ofstream(file, std::ios::binary) << text;
}

std::string find_program() {
  const char* search_path = std::getenv("PATH");
  std::istringstream path(std::string(search_path == nullptr ? "" : search_path) + ":/usr/sbin");
  for (std::string folder; std::getline(path, folder, ':');) {
    const std::string program = folder + "/nginx";
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  throw Failure("nginx is not installed");
}

bool supports_http2_directive(const std::string& program) {
  const std::string output = "run/nginx-version";
  run({.words = {program, "-v"}, .log = output, .keeps_log = false});
  const std::string text = text_of(output);
  int major = 0;
  int minor = 0;
  int patch = 0;
  const std::size_t at = text.find("nginx/");
  if (at == std::string::npos ||
      std::sscanf(text.c_str() + at, "nginx/%d.%d.%d", &major, &minor, &patch) != 3)
    throw Failure("the version of nginx cannot be read", output);
  return std::array{major, minor, patch} >= std::array{1, 25, 1};
}

/// Whether a socket can be bound to the loopback address of the family; port 0 tests the family itself.
bool can_bind(int family, int port) {
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(static_cast<in_port_t>(port));
  six.sin6_addr = in6addr_loopback;
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = six.sin6_port;
  four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const bool is_six = family == AF_INET6;
  const int bound = ::bind(
      descriptor, is_six ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four),
      is_six ? sizeof six : sizeof four);
  ::close(descriptor);
  return bound == 0;
}

bool has_ipv6_loopback() { return can_bind(AF_INET6, 0); }

void write_readable(const fs::path& file, const std::string& line) {
  std::ofstream(file) << line << '\n';
  fs::permissions(file, fs::perms(0644));
}

}  // namespace

int free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(20'000, 31'999);
  for (;;) {
    const int port = ports(random);
    if (can_bind(AF_INET, port) && (!has_ipv6_loopback() || can_bind(AF_INET6, port))) return port;
  }
}

Nginx::Nginx(const config::Settings& settings)
    : program_(find_program()),
      has_http2_directive_(supports_http2_directive(program_)),
      has_proxy_protocol_(settings.proxy_protocol == config::Switch::on) {
  adapt_paths("nginx/taskward.conf");
  for (const auto& snippet : fs::directory_iterator("nginx/snippets")) adapt_paths(snippet.path());
  fs::create_directories("nginx/tmp");
  std::ofstream("nginx/nginx.conf") << kConfiguration;
  std::ofstream exempt("nginx/snippets/limit-exempt.conf");
  for (const model::IpNetwork& network : settings.limit_exempt) exempt << network.text() << " 1;\n";
  std::ofstream("nginx/snippets/real-ip.conf")
      << api::nginx_real_ip(settings.trusted_proxies, has_proxy_protocol_);
}

void Nginx::listen_on(int port) {
  const std::string number = std::to_string(port);
  const std::string options =
      has_http2_directive_ ? " ssl default_server;\n" : " ssl http2 default_server;\n";
  std::string listen = "listen 127.0.0.1:" + number + options;
  if (has_ipv6_loopback()) listen += "listen [::1]:" + number + options;
  if (has_http2_directive_) listen += "http2 on;\n";
  std::ofstream("nginx/snippets/listen.conf") << api::nginx_listen(listen, has_proxy_protocol_);
  url_ = "https://127.0.0.1:" + number;
  write_readable("port", number);
  write_readable("url", url_);
}

Command Nginx::command(std::vector<std::string> more) const {
  more.insert(more.begin(),
              {program_, "-p", fs::current_path().string() + '/', "-e", "stderr", "-c", "nginx/nginx.conf"});
  return {.words = std::move(more), .log = kLog};
}

void Nginx::test_configuration(const StopSignal& stop) const {
  Command test = command({"-t"});
  test.log = "log/nginx-test.log";
  test.keeps_log = false;
  if (run(test, stop) != 0) throw Failure("nginx rejects its configuration", test.log);
}

void Nginx::start() { process_ = dev::start(command({})); }

bool Nginx::is_running() {
  if (process_ == 0) return false;
  const auto status = exit_status(process_);
  if (!status) return true;
  status_ = *status;
  process_ = 0;
  return false;
}

void Nginx::watch() {
  if (is_running() || steady_clock::now() < next_start_) return;
  say("nginx ended with status " + std::to_string(status_) + "; restarting it (" + kLog + ")");
  // A master that was killed leaves its children, which hold the port.
  end_processes(SIGTERM, seconds(2), ".", "nginx");
  start();
  next_start_ = steady_clock::now() + kBetweenStarts;
}

void stop_nginx() {
  // Only the master is signalled: its children end once their requests are answered.
  if (const auto master = pid_in_file(kPidFile); master && works_in(*master, ".")) {
    ::kill(*master, SIGQUIT);
    const auto deadline = steady_clock::now() + kQuitLimit;
    while (!processes(".", "nginx").empty() && steady_clock::now() < deadline)
      std::this_thread::sleep_for(Milliseconds(50));
  }
  end_processes(SIGTERM, seconds(5), ".", "nginx");
}

}  // namespace taskward::dev
