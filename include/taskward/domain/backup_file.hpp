// The format of a backup file:
//
//   taskward backup                        a line that never changes
//   {"format":1,"schema":14,…}             a line: BackupHeader
//   …                                      the output of pg_dump in its custom format
//   end of taskward backup, SHA-256 …      a line: the digest of everything before it, in hexadecimal
//
// A file may be encrypted as a whole. What is read is trusted only after the last line was compared: next()
// has then returned an empty part.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/domain/audit_chain.hpp"
#include "taskward/store/backup.hpp"

namespace taskward::domain {

struct BackupHeader {
  int schema = 0;        ///< the number of the last migration
  Timestamp created_at;  ///< of the snapshot
  std::vector<store::TableContent> tables;
  std::optional<KeptHead> head;  ///< the newest seal of the audit record
  std::string seal_key;  ///< SHA-256 of the public key of seals, in hexadecimal: which SECRET_KEY it was
  std::vector<std::pair<std::string, Secret>> keys;  ///< by the name of the setting
};

/// The file is not a backup, is damaged or truncated, or is of a newer release. The text says which.
class BadBackup : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class BackupWriter {
 public:
  using Write = std::function<void(std::string_view)>;
  BackupWriter(Write write, const BackupHeader& header);
  /// The next part of the dump.
  void add(std::string_view part);
  void finish();

 private:
  Write write_;
  crypto::Sha256Stream digest_;
};

class BackupReader {
 public:
  /// Reads up to so many bytes; 0 at the end.
  using Read = std::function<std::size_t(char*, std::size_t)>;
  /// Throws BadBackup.
  explicit BackupReader(Read read);
  BackupReader(const BackupReader&) = delete;
  BackupReader& operator=(const BackupReader&) = delete;
  ~BackupReader();

  /// Throws BadBackup.
  [[nodiscard]] BackupHeader header() const;
  /// The next part of the dump, valid until the next call; empty after the last. Throws BadBackup.
  [[nodiscard]] std::string_view next();

 private:
  void fill();

  Read read_;
  crypto::Sha256Stream digest_;
  std::string header_;
  std::string unread_;
  std::string part_;
  bool is_at_end_ = false;
  bool is_finished_ = false;
};

}  // namespace taskward::domain
