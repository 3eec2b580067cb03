// What `taskward setup` and `taskward certificate` do to the system: run its commands, and write files in
// /etc.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskward::programs {

struct Outcome {
  int status = 0;      ///< the exit status, or 128 + N after signal N
  std::string output;  ///< standard output and standard error
  [[nodiscard]] bool succeeded() const noexcept { return status == 0; }
};

/// Runs a command to its end. The first word is searched in PATH; 127 if it cannot be executed. `input` is
/// its standard input, at most what a pipe holds (64 KiB).
[[nodiscard]] Outcome run_command(const std::vector<std::string>& words, std::string_view input = {});

/// run_command(), which must succeed. Throws std::runtime_error with the command and its output.
std::string require_command(const std::vector<std::string>& words, std::string_view input = {});

[[nodiscard]] bool exists(const std::string& path);

/// Throws std::runtime_error.
[[nodiscard]] std::string read_text_file(const std::string& path);

/// Replaces a file as a whole, or creates it. Throws std::system_error.
void write_file(const std::string& path, std::string_view text, mode_t mode);

/// Whether nginx's configuration is valid; otherwise what nginx says.
[[nodiscard]] Outcome check_nginx();
/// Throws std::runtime_error.
void reload_nginx();

/// run_command() with it runs this program again.
inline constexpr std::string_view kOwnProgram = "/proc/self/exe";

inline constexpr const char* kNginxLink = "/etc/nginx/conf.d/taskward.conf";
inline constexpr const char* kNginxSite = "/etc/taskward/nginx/taskward.conf";

/// The folder of nginx.conf.
inline constexpr const char* kNginxFolder = "/etc/nginx";

/// Where nginx finds the certificate and its key, as certificate.conf says.
struct CertificatePaths {
  std::string certificate;
  std::string key;
};
/// Throws std::runtime_error.
[[nodiscard]] CertificatePaths certificate_paths();
/// Of a certificate.conf, whose relative paths begin in `folder`, that of nginx.conf.
[[nodiscard]] CertificatePaths certificate_paths(const std::string& snippet, const std::string& folder);

/// Creates a certificate that no authority has signed, for a host.
void create_self_signed(const CertificatePaths& paths, const std::string& host);

}  // namespace taskward::programs
