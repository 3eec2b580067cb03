// Shared by `taskward backup`, `taskward backup verify` and `taskward restore`.
#pragma once

#include <memory>
#include <string>

#include "service.hpp"
#include "taskward/config/command_line.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/domain/backup_file.hpp"
#include "taskward/domain/backup_times.hpp"
#include "taskward_child.hpp"
#include "taskward_progress.hpp"

namespace taskward::programs {

int backup_create(const config::CommandLine& line);
int backup_verify(const config::CommandLine& line);

inline constexpr config::Flag kIdentityFlag{
    "identity", "FILE",
    "The private key of a file that is encrypted to a recipient. age asks for a passphrase."};

/// What the commands share, with a connection by the role that owns the tables, which is not open yet.
struct BackupOperation {
  explicit BackupOperation(const config::CommandLine& line);

  /// Of the same server.
  [[nodiscard]] std::unique_ptr<db::Connection> connection_to(const Secret& conninfo) const;
  /// Records the time for /metrics. Prints a warning if that is not possible.
  void record(domain::BackupEvent event) const;

  const config::Loaded loaded;
  const config::Settings& settings = loaded.settings;
  const SystemClock clock;
  const Log log;
  const Secret& owner_url;
  const Interruptible interruptible;
  const std::unique_ptr<db::Connection> connection;
};

/// BackupHeader::seal_key.
[[nodiscard]] std::string seal_key_name(const crypto::SigningKey& key);
/// Throws Refused unless the backup was made with that SECRET_KEY.
void check_secret_key(const domain::BackupHeader& header, const Secret& secret_key);
[[nodiscard]] std::int64_t rows_in(const domain::BackupHeader& header);

/// A backup file that is read. All faults of the file are thrown as Refused, with its name.
class BackupSource {
 public:
  /// Reads a file completely that is not encrypted, so that nothing begins with a damaged one: age
  /// authenticates what it decrypts.
  BackupSource(std::string path, const std::string& identity, Progress& progress);
  BackupSource(const BackupSource&) = delete;
  BackupSource& operator=(const BackupSource&) = delete;
  ~BackupSource();

  [[nodiscard]] const domain::BackupHeader& header() const noexcept { return header_; }
  /// Restores it in the caller's transaction, and compares the result with the header. Once.
  void restore_into(db::Connection& database);

 private:
  void begin();
  std::size_t read(char* into, std::size_t most);
  [[nodiscard]] std::string_view next_part();
  void feed(int pipe);
  void show(const std::string& what);
  void compare(db::Connection& database);
  [[noreturn]] void refuse(const std::string& why) const;

  const std::string path_;
  const std::string identity_;
  Progress& progress_;
  Descriptor file_;
  double size_ = 0;
  bool is_encrypted_ = false;
  Descriptor decrypted_;
  std::unique_ptr<Child> age_;
  std::unique_ptr<domain::BackupReader> reader_;
  domain::BackupHeader header_;
};

}  // namespace taskward::programs
