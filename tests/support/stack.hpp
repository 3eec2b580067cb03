// The whole product, started by scripts/run in a folder of its own and stopped and removed at the end.
//
//   Stack stack({{"JWT_ALG", "HS256"}, {"JWT_SECRET_KEY", key}});
//   HttpClient client = stack.client();
//
// It listens on the loopback address only. Passwords are hashed cheaply and no limit applies to the
// tests' address unless the given settings say otherwise.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "http_client.hpp"
#include "process.hpp"

namespace taskward::test {

/// The clone the tests belong to.
[[nodiscard]] std::filesystem::path repository();
/// Where its programs were built, as VARIANT says.
[[nodiscard]] std::filesystem::path built_programs();

class Stack {
 public:
  /// Throws std::runtime_error with what scripts/run said when the start fails. A setting that is empty is
  /// not given at all.
  explicit Stack(const Environment& settings = {});
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack();

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] int port() const;
  [[nodiscard]] std::string certificate() const { return (folder() / "tls/cert.pem").string(); }
  [[nodiscard]] std::filesystem::path folder() const { return scratch_ / "instance"; }
  /// What scripts/run printed when all was up.
  [[nodiscard]] const std::string& announcement() const { return announcement_; }
  [[nodiscard]] HttpClient client(HttpVersion version = HttpVersion::http2) const;

  /// scripts/run --exec.
  [[nodiscard]] Finished exec(const std::vector<std::string>& words, const std::string& input = {}) const;
  /// What one SQL statement gives, as the database's superuser: rows in lines, columns parted by '|'.
  [[nodiscard]] std::string sql(const std::string& statement) const;
  /// scripts/run --restart.
  [[nodiscard]] Finished restart() const;
  /// The workers' process ids by name (api-1, auth-1 …).
  [[nodiscard]] std::map<std::string, int> workers() const;

 private:
  [[nodiscard]] Finished run(std::vector<std::string> words, const std::string& input = {}) const;

  std::filesystem::path scratch_;
  Environment settings_;
  std::string url_;
  std::string announcement_;
};

}  // namespace taskward::test
