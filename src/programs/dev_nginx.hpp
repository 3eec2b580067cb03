// nginx of the development server: its configuration and its process. The configuration is the installed one
// with other paths; all are relative to DIR.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "dev_process.hpp"
#include "taskward/config/options.hpp"

namespace taskward::dev {

/// A port below the range of ephemeral ports on which nothing listens.
[[nodiscard]] int free_port();

class Nginx {
 public:
  explicit Nginx(const config::Settings& settings);
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  /// Writes DIR/port and DIR/url as well.
  void listen_on(int port);
  /// Throws Failure if nginx rejects its configuration.
  void test_configuration(const StopSignal& stop) const;
  void start();
  /// False once it has ended.
  [[nodiscard]] bool is_running();
  /// Restarts it when it has ended, at most every 2 s.
  void watch();
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] bool has_proxy_protocol() const { return has_proxy_protocol_; }

 private:
  [[nodiscard]] Command command(std::vector<std::string> more) const;

  std::string program_;
  bool has_http2_directive_;  ///< nginx 1.25.1 and newer
  bool has_proxy_protocol_;
  std::string url_;
  pid_t process_ = 0;
  int status_ = 0;
  std::chrono::steady_clock::time_point next_start_ = {};
};

/// Lets requests in progress finish, for 10 s at most.
void stop_nginx();

}  // namespace taskward::dev
