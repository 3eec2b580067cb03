#include "smtp_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "tests/support/files.hpp"
#include "tests/support/process.hpp"
#include "tests/support/repository.hpp"

namespace taskward::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kStartLimit{30};

void make_certificate(const fs::path& certificate, const fs::path& key) {
  const auto done = test::run_command(
      {.words = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                 "-noenc", "-days", "2", "-subj", "/CN=mail of the tests", "-addext",
                 "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate}});
  if (done.status != 0) throw std::runtime_error("cannot create a certificate: " + done.err);
}

}  // namespace

SmtpServer::SmtpServer(Encryption encryption)
    : encryption_(encryption == Encryption::starttls ? "starttls"
                  : encryption == Encryption::tls    ? "tls"
                                                     : "plain") {
  // The product reads the certificate, possibly as another user.
  fs::permissions(folder_.path(), fs::perms(0755));
  make_certificate(folder_.path() / "cert.pem", folder_.path() / "key.pem");
  make_certificate(folder_.path() / "wrong.pem", folder_.path() / "wrong.key");
  start();
}

SmtpServer::~SmtpServer() { stop(); }

void SmtpServer::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(lifeline_);
  pid_ = -1;
}

void SmtpServer::start() {
  fs::remove(folder_.path() / "port");
  std::array<int, 2> lifeline{};
  if (::pipe2(lifeline.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, lifeline[0], STDIN_FILENO);
  std::vector<std::string> words{"/usr/bin/python3", (repository() / "tests/support/smtp_server.py").string(),
                                 folder_.path().string(), std::to_string(port_), encryption_};
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const int fault = ::posix_spawn(&pid_, pointers.front(), &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(lifeline[0]);
  lifeline_ = lifeline[1];
  if (fault != 0) throw std::runtime_error("cannot start python3");
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  while (!fs::exists(folder_.path() / "port")) {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("the SMTP server did not start; is python3-aiosmtpd installed?");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  port_ = static_cast<std::uint16_t>(std::stoi(test::read_file(folder_.path() / "port")));
}

void SmtpServer::behave(const std::string& how) const {
  std::ofstream(folder_.path() / "behaviour.new") << how << '\n';
  fs::rename(folder_.path() / "behaviour.new", folder_.path() / "behaviour");
}

std::vector<std::string> SmtpServer::all(const std::string& suffix) const {
  std::vector<std::string> out;
  for (int i = 1; fs::exists(folder_.path() / (std::to_string(i) + ".eml")); ++i)
    out.push_back(test::read_file(folder_.path() / (std::to_string(i) + suffix)));
  return out;
}

std::vector<std::string> SmtpServer::messages() const { return all(".eml"); }
std::vector<std::string> SmtpServer::recipients() const { return all(".to"); }

std::size_t SmtpServer::count(const std::string& event) const {
  std::ifstream in(folder_.path() / "events");
  std::size_t found = 0;
  for (std::string line; std::getline(in, line);) found += line == event ? 1U : 0U;
  return found;
}

}  // namespace taskward::testing
