#include "taskward_system.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "taskward/config/options.hpp"

namespace taskward::programs {
namespace {

constexpr const char* kCertificateSnippet = "/etc/taskward/nginx/snippets/certificate.conf";

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("pipe");
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
  void close(std::size_t end) {
    ::close(ends[end]);
    ends[end] = -1;
  }
  std::array<int, 2> ends{-1, -1};
};

[[noreturn]] void become(std::vector<std::string> words, const Pipe& in, const Pipe& out) {
  ::dup2(in.ends[0], STDIN_FILENO);
  ::dup2(out.ends[1], STDOUT_FILENO);
  ::dup2(out.ends[1], STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  // Only taskward itself needs the secret settings.
  if (words.front() != kOwnProgram)
    for (const config::Option& option : config::every_option())
      if (option.secrecy == config::Secrecy::secret) ::unsetenv(std::string(option.key).c_str());
  // The caller's folder may be closed to the user that the command becomes.
  if (::chdir("/") == 0) ::execvp(arguments.front(), arguments.data());
  ::dprintf(STDERR_FILENO, "%s: cannot be executed\n", arguments.front());
  ::_exit(127);
}

/// The argument of a directive of nginx, on a line of its own.
std::string argument_of(const std::string& snippet, const std::string& text, const std::string& directive) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::string value;
    if (words >> name >> value && name == directive && value.ends_with(';'))
      return value.substr(0, value.size() - 1);
  }
  throw std::runtime_error(snippet + ": has no line '" + directive + " PATH;'");
}

}  // namespace

Outcome run_command(const std::vector<std::string>& words, std::string_view input) {
  Pipe in;
  Pipe out;
  const pid_t child = ::fork();
  if (child < 0) throw_errno("fork");
  if (child == 0) become(words, in, out);
  in.close(0);
  out.close(1);
  if (!input.empty() && ::write(in.ends[1], input.data(), input.size()) < 0 && errno != EPIPE)
    throw_errno("write");
  in.close(1);
  Outcome outcome;
  std::array<char, 4096> buffer;  // NOLINT: filled before it is read
  for (ssize_t got = 0; (got = ::read(out.ends[0], buffer.data(), buffer.size())) != 0;) {
    if (got < 0 && errno != EINTR) throw_errno("read");
    if (got > 0) outcome.output.append(buffer.data(), static_cast<std::size_t>(got));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

std::string require_command(const std::vector<std::string>& words, std::string_view input) {
  Outcome outcome = run_command(words, input);
  if (outcome.succeeded()) return std::move(outcome.output);
  std::string command;
  for (const std::string& word : words) command += (command.empty() ? "" : " ") + word;
  throw std::runtime_error(command + ": exit status " + std::to_string(outcome.status) + '\n' +
                           outcome.output);
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::string read_text_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || in.bad()) throw std::runtime_error(path + ": cannot be read");
  return text;
}

void write_file(const std::string& path, std::string_view text, mode_t mode) {
  const std::string unfinished = path + ".new";
  ::unlink(unfinished.c_str());
  const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) throw_errno(unfinished);
  const bool is_written = ::fchmod(file, mode) == 0 &&
                          ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                          ::fsync(file) == 0;
  const int fault = errno;
  ::close(file);
  if (is_written && ::rename(unfinished.c_str(), path.c_str()) == 0) return;
  if (is_written) throw_errno(path);
  ::unlink(unfinished.c_str());
  throw std::system_error(fault, std::generic_category(), unfinished);
}

Outcome check_nginx() { return run_command({"nginx", "-q", "-t"}); }

void reload_nginx() { require_command({"systemctl", "reload-or-restart", "nginx.service"}); }

CertificatePaths certificate_paths() { return certificate_paths(kCertificateSnippet, kNginxFolder); }

CertificatePaths certificate_paths(const std::string& snippet, const std::string& folder) {
  const std::string text = read_text_file(snippet);
  const auto path_of = [&](const char* directive) {
    const auto path = std::filesystem::path(folder) / argument_of(snippet, text, directive);
    return path.lexically_normal().string();
  };
  return {path_of("ssl_certificate"), path_of("ssl_certificate_key")};
}

void create_self_signed(const CertificatePaths& paths, const std::string& host) {
  const std::string key = require_command(
      {"openssl", "genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"});
  write_file(paths.key, key, 0600);
  // An expiry of ten years: nothing renews it, and a client that trusts it has its copy.
  const std::string certificate = require_command(
      {"openssl", "req", "-x509", "-new", "-key", paths.key, "-days", "3650", "-subj", "/CN=Taskward",
       "-addext", "subjectAltName=DNS:" + host + (host == "localhost" ? "" : ",DNS:localhost"), "-addext",
       "basicConstraints=critical,CA:FALSE"});
  write_file(paths.certificate, certificate, 0644);
}

}  // namespace taskward::programs
