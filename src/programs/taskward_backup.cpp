// taskward backup: the options, and what the commands share.
#include "taskward_backup.hpp"

#include <unistd.h>

#include <array>
#include <iostream>
#include <system_error>

#include "exit_codes.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/domain/derived_keys.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"recipient", "RECIPIENT", "Encrypt to this recipient of age (age1… or an SSH public key)."},
    config::Flag{"recipients", "FILE", "Encrypt to the recipients in this file, one a line."},
    config::Flag{"passphrase", "", "Encrypt with a passphrase, for which age asks on the terminal."},
    config::Flag{"with-keys", "", "Include SECRET_KEY and JWT_SECRET_KEY. Requires encryption."},
    config::Flag{"force", "", "Replace FILE if it exists."},
    config::Flag{"keep", "N", "With a directory: then delete all but the N newest backups in it."},
    config::Flag{"public-key", "FILE",
                 "verify: another public key of seals that is accepted, as for `taskward audit verify`."},
    kIdentityFlag};

constexpr std::string_view kOfVerify = " public-key identity ";
constexpr std::string_view kOfBoth = " config ";

void refuse_foreign_options(const config::CommandLine& line, bool is_verify) {
  for (const auto& [flag, value] : line.flags) {
    const std::string word = ' ' + flag + ' ';
    const bool is_of_verify = kOfVerify.find(word) != std::string_view::npos;
    if (kOfBoth.find(word) == std::string_view::npos && is_of_verify != is_verify)
      throw config::BadCommandLine("--" + flag + " is not an option of backup" +
                                   (is_verify ? " verify" : ""));
  }
}

/// A dump may take long before its first row.
constexpr std::chrono::hours kStatementTimeout{24};

}  // namespace

BackupOperation::BackupOperation(const config::CommandLine& line)
    : loaded(load_settings(line)),
      log(STDERR_FILENO, LogLevel::warning, clock),
      owner_url(programs::owner_url(settings)),
      connection(connection_to(owner_url)) {}

std::unique_ptr<db::Connection> BackupOperation::connection_to(const Secret& conninfo) const {
  return std::make_unique<db::Connection>(
      db::ConnectionOptions{conninfo, "taskward-backup", db::Preparation::each_time, kStatementTimeout}, log);
}

void BackupOperation::record(domain::BackupEvent event) const {
  try {
    domain::record_time(settings.backup_state, event, clock.now());
  } catch (const std::system_error& failure) {
    std::cerr << "taskward: warning: the time is not recorded for /metrics (BACKUP_STATE): " << failure.what()
              << '\n';
  }
}

std::string seal_key_name(const crypto::SigningKey& key) {
  return crypto::hex(crypto::view(crypto::sha256(key.public_der())));
}

void check_secret_key(const domain::BackupHeader& header, const Secret& secret_key) {
  if (seal_key_name(domain::seal_key(domain::DerivedKeys(secret_key).seals)) == header.seal_key) return;
  throw Refused(
      "SECRET_KEY is not the one with which the backup was made: signing keys and queued mail could not be "
      "decrypted");
}

std::int64_t rows_in(const domain::BackupHeader& header) {
  std::int64_t rows = 0;
  for (const store::TableContent& table : header.tables) rows += table.rows;
  return rows;
}

int backup_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags, 2);
  if (line.has("help")) {
    std::cout
        << "Usage: taskward backup [--recipient RECIPIENT | --recipients FILE | --passphrase] [--with-keys]\n"
           "                       [--force | --keep N] FILE\n"
           "  Writes the whole database, as of one moment, to FILE: completely or not at all. The service "
           "may "
           "run.\n"
           "  FILE may be a directory, in which a file is created that is named after the time, or - for "
           "standard\n"
           "  output. The private keys of tokens and the queued mail in it can be decrypted only with "
           "SECRET_KEY.\n"
           "       taskward backup verify [--identity FILE] [--public-key FILE] FILE\n"
           "  Restores a backup into a temporary database, compares it with what was backed up, verifies the "
           "audit\n"
           "  record, and drops the database. FILE may be a directory, whose newest backup is verified.\n\n"
        << config::options_help(kFlags);
    return kSuccess;
  }
  const bool is_verify = !line.operands.empty() && line.operands.front() == "verify";
  if (line.operands.size() != (is_verify ? 2U : 1U))
    throw config::BadCommandLine(is_verify ? "backup verify needs a file" : "backup needs a file");
  refuse_foreign_options(line, is_verify);
  return is_verify ? backup_verify(line) : backup_create(line);
}

}  // namespace taskward::programs
