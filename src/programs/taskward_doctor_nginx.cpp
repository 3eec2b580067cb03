// taskward doctor: nginx's configuration, and the sockets between nginx and the workers.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "listening_socket.hpp"
#include "taskward_child.hpp"
#include "taskward_doctor.hpp"
#include "taskward_snippets.hpp"
#include "taskward_system.hpp"

namespace taskward::programs {
namespace {

namespace fs = std::filesystem;
using model::Finding;

constexpr const char* kQueueLimit = "/proc/sys/net/core/somaxconn";
constexpr mode_t kOthers = 07;

/// The lines of a snippet without comments.
std::vector<std::string> directives(const std::string& path) {
  if (!exists(path)) throw Skipped(path + " does not exist");
  std::istringstream text(read_text_file(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line.substr(0, line.find('#')));
  return lines;
}

/// The sockets in upstreams.conf. Those of a development instance are relative to the folder above.
std::vector<std::string> sockets_of(const Examination& it) {
  constexpr std::string_view mark = "unix:";
  std::vector<std::string> paths;
  for (const std::string& line : directives(it.snippet("upstreams.conf"))) {
    const std::size_t begin = line.find(mark);
    if (begin == std::string::npos) continue;
    const std::string path =
        line.substr(begin + mark.size(), line.find_first_of(" ;", begin) - begin - mark.size());
    paths.push_back((fs::path(it.nginx).parent_path() / path).string());
  }
  return paths;
}

/// 0, or why a connection is not accepted.
int fault_of_connection(const std::string& path) {
  // The path may be longer than an address permits; one below /proc/self/fd is not.
  const Descriptor folder(::open(fs::path(path).parent_path().c_str(), O_PATH | O_CLOEXEC));
  const std::string near =
      "/proc/self/fd/" + std::to_string(folder.number()) + '/' + fs::path(path).filename().string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (folder.number() < 0 || near.size() >= sizeof address.sun_path) return errno;
  near.copy(address.sun_path, near.size());
  const Descriptor client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int result = ::connect(client.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return result == 0 ? 0 : errno;
}

void check_socket(Examination& it, const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == EACCES) throw Skipped(path + ": only root and nginx may read its folder");
    it.add(Finding::socket_missing, path);
    return;
  }
  if (!S_ISSOCK(status.st_mode)) {
    it.add(Finding::socket_missing, path + " is not a socket");
    return;
  }
  // Only some systems require the right to write for a connection, so both are denied to others.
  if ((status.st_mode & kOthers) != 0) it.add(Finding::socket_mode, path);
  const int fault = fault_of_connection(path);
  if (fault == EACCES) throw Skipped(path + ": only root and nginx may connect");
  if (fault != 0) it.add(Finding::socket_refuses, path + ": " + std::strerror(fault));
}

bool accepts_plain_http() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(80);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(client.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// Without the paths by which a development instance differs.
std::string without_folder(std::string text) {
  constexpr std::string_view folder = "/etc/taskward/nginx/";
  for (std::size_t at = 0; (at = text.find(folder, at)) != std::string::npos;) text.erase(at, folder.size());
  return text;
}

std::set<std::string> exempt_of_nginx(const Examination& it) {
  std::set<std::string> all;
  for (const std::string& line : directives(it.snippet("limit-exempt.conf"))) {
    std::istringstream words(line);
    std::string network;
    std::string value;
    if (words >> network >> value && value == "1;") all.insert(network);
  }
  return all;
}

}  // namespace

void check_sockets(Examination& it) {
  for (const std::string& path : sockets_of(it)) check_socket(it, path);
  std::ifstream in(kQueueLimit);
  int most = 0;
  if (in >> most && most < kSocketBacklog)
    it.add(Finding::socket_queue_limited, "net.core.somaxconn = " + std::to_string(most));
}

void check_nginx_syntax(Examination& it) {
  if (it.is_installed()) {
    if (::geteuid() != 0) throw Skipped("only root can run nginx -t");
    if (!exists(kNginxLink)) it.add(Finding::nginx_site_missing, std::string(kNginxLink) + " does not exist");
  } else if (!exists(it.nginx + "/nginx.conf")) {
    throw Skipped(it.nginx + "/nginx.conf does not exist");
  }
  const Outcome outcome =
      it.is_installed()
          ? check_nginx()
          : run_command({"nginx", "-q", "-t", "-p", fs::path(it.nginx).parent_path().string() + '/', "-e",
                         "stderr", "-c", "nginx/nginx.conf"});
  if (outcome.status == 127) throw Skipped("nginx is not installed, or not in PATH");
  if (!outcome.succeeded()) it.add(Finding::nginx_invalid, outcome.output);
}

void check_nginx_files(Examination& it) {
  if (!exists(it.nginx)) throw Skipped(it.nginx + " does not exist");
  for (const GeneratedSnippet& one : kGeneratedSnippets) {
    const std::string path = it.snippet(one.file);
    if (!exists(path))
      it.add(Finding::nginx_outdated, path + " does not exist");
    else if (without_folder(read_text_file(path)) != without_folder(one.text()))
      it.add(Finding::nginx_outdated, path);
  }
}

void check_nginx_addresses(Examination& it) {
  if (it.is_installed() && accepts_plain_http()) it.add(Finding::plain_http);
  std::vector<model::IpNetwork> networks;
  for (const std::string& one : exempt_of_nginx(it)) {
    if (const auto network = model::IpNetwork::parse(one)) networks.push_back(*network);
  }
  // The address within the network may differ.
  const auto contain = [](const std::vector<model::IpNetwork>& all, const model::IpNetwork& one) {
    return std::ranges::any_of(all, [&](const model::IpNetwork& other) {
      return other.bits == one.bits && other.contains(one.address);
    });
  };
  const auto& exempt = it.settings().limit_exempt;
  const bool are_equal =
      std::ranges::all_of(exempt, [&](const auto& one) { return contain(networks, one); }) &&
      std::ranges::all_of(networks, [&](const auto& one) { return contain(exempt, one); });
  if (!are_equal) it.add(Finding::nginx_limits_differ, it.snippet("limit-exempt.conf"));
  const bool proxy_protocol = it.settings().proxy_protocol == config::Switch::on;
  const std::string real_ip = it.snippet("real-ip.conf");
  const std::string listen = it.snippet("listen.conf");
  if (!exists(real_ip) || !exists(listen)) throw Skipped(real_ip + " or " + listen + " does not exist");
  if (read_text_file(real_ip) != api::nginx_real_ip(it.settings().trusted_proxies, proxy_protocol))
    it.add(Finding::nginx_proxies_differ, real_ip);
  const std::string text = read_text_file(listen);
  if (text != api::nginx_listen(text, proxy_protocol)) it.add(Finding::nginx_proxies_differ, listen);
}

}  // namespace taskward::programs
