// The complete product, started by scripts/run in its own directory; the destructor stops and removes it.
//
//   Stack stack({{"JWT_ALG", "HS256"}, {"JWT_SECRET_KEY", key}});
//   HttpClient client = stack.client();
//
// It listens on the loopback address only. By default password hashing is cheap, and the tests' address is
// exempt from rate limits. With TEST_PGBOUNCER in the environment, the service reaches its database through
// PgBouncer in transaction mode.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "http_client.hpp"
#include "process.hpp"
#include "repository.hpp"

namespace taskward::test {

using testing::repository;
/// The directory of the programs, built for VARIANT.
[[nodiscard]] std::filesystem::path built_programs();

class Stack {
 public:
  /// Throws std::runtime_error with the output of scripts/run if the start fails. An empty setting is not
  /// passed at all.
  explicit Stack(const Environment& settings = {});
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack();

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] int port() const;
  [[nodiscard]] std::string certificate() const { return (folder() / "tls/cert.pem").string(); }
  [[nodiscard]] std::filesystem::path folder() const { return scratch_ / "instance"; }
  /// The output of scripts/run after startup.
  [[nodiscard]] const std::string& announcement() const { return announcement_; }
  [[nodiscard]] HttpClient client(HttpVersion version = HttpVersion::http2) const;

  /// scripts/run --exec.
  [[nodiscard]] CommandResult exec(const std::vector<std::string>& words,
                                   const std::string& input = {}) const;
  /// The result of one SQL statement run as superuser: one row per line, columns separated by '|'.
  [[nodiscard]] std::string sql(const std::string& statement) const;
  /// scripts/run --restart.
  [[nodiscard]] CommandResult restart() const;
  /// The lines with that text in the logs of the pool's workers.
  [[nodiscard]] std::vector<std::string> log_lines(const std::string& pool, const std::string& text) const;
  /// The workers' process ids by name (api-1, auth-1 …).
  [[nodiscard]] std::map<std::string, int> workers() const;

 private:
  [[nodiscard]] CommandResult run(std::vector<std::string> words, const std::string& input = {}) const;
  /// Of the instance's PostgreSQL.
  [[nodiscard]] std::string socket_folder() const;
  void start_pgbouncer();
  void stop() noexcept;

  std::filesystem::path scratch_;
  Environment settings_;
  std::string url_;
  std::string announcement_;
  std::filesystem::path pgbouncer_;  // the file with its process id
};

}  // namespace taskward::test
