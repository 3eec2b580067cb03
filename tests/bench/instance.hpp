// The instance that is measured: its users and tasks, the tables of the minimal statements, and what can be
// done to it.
#pragma once

#include <chrono>
#include <functional>

#include "load.hpp"
#include "tests/support/http_client.hpp"

namespace taskward::bench {

using Options = std::map<std::string, std::string>;

class Instance {
 public:
  /// The options are those of scripts/bench, and instance, scratch, socket, run, quota and nginx_pid: what it
  /// started.
  explicit Instance(const Options& options);

  /// Creates users until there are so many, each with `tasks` tasks, and signs in up to 200 of them.
  void seed(int users, int tasks);
  /// Creates one more user, and signs it in.
  [[nodiscard]] Session create_owner(int tasks);
  /// Makes the tables of the minimal statements, as they are now.
  void copy_tables();
  /// Signs in the same users again.
  void sign_in();
  void register_user(const std::string& name);
  /// A body for POST /auth/login.
  [[nodiscard]] static std::string credentials(const std::string& name);

  /// Waits until the records of what was done before are sealed; false after a minute.
  [[nodiscard]] bool settle();
  /// scripts/run with these arguments. Returns whether it succeeded.
  bool command(std::vector<std::string> words) const;
  /// Lines of the logs since the last call that report an error or the end of a process.
  [[nodiscard]] std::vector<std::string> new_errors();

  [[nodiscard]] test::HttpClient client() const;
  [[nodiscard]] Database database() const { return Database(conninfo); }
  /// Bytes a task with its indexes, after seed().
  [[nodiscard]] double bytes_per_task() const { return bytes_per_task_; }

  const std::filesystem::path folder;   ///< of the instance
  const std::filesystem::path scratch;  ///< for files of the load
  const std::string conninfo;
  const std::string url;
  const Machine machine;
  std::vector<Session> sessions;

 private:
  void insert_users(int count, int tasks);
  [[nodiscard]] Session log_in(test::HttpClient& client, int user);

  std::string run_;
  std::string quota_;
  std::map<std::string, std::streamoff> log_ends_;
  int users_ = 0;
  double bytes_per_task_ = 0;
};

/// False if it does not hold within the limit.
bool wait_for(std::chrono::seconds limit, const std::function<bool()>& holds);
void say(const std::string& text);

}  // namespace taskward::bench
