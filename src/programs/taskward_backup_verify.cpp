// taskward backup verify FILE
#include <filesystem>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/domain/audit_verification.hpp"
#include "taskward/domain/derived_keys.hpp"
#include "taskward_audit.hpp"
#include "taskward_backup.hpp"
#include "taskward_backup_names.hpp"

namespace taskward::programs {
namespace {

std::string file_of(const std::string& named) {
  if (!std::filesystem::is_directory(named)) return named;
  const auto names = backups_in(named);
  if (names.empty()) throw Refused('\'' + named + "' contains no backup");
  return (std::filesystem::path(named) / names.back()).string();
}

/// That of the settings, or else that of the backup.
const Secret& secret_key(const BackupOperation& operation, const domain::BackupHeader& header) {
  if (!operation.settings.secret_key.empty()) return operation.settings.secret_key;
  for (const auto& [name, key] : header.keys)
    if (name == "SECRET_KEY") return key;
  config::require(operation.loaded, "SECRET_KEY");
  return operation.settings.secret_key;
}

domain::AuditVerdict verify(const BackupOperation& operation, BackupSource& source,
                            const store::ScratchDatabase& scratch, domain::AuditCheck check,
                            Progress& progress) {
  const Secret conninfo = db::with_database(operation.owner_url, scratch.name());
  const auto database = operation.connection_to(conninfo);
  {
    db::Transaction transaction(*database);
    source.restore_into(*database);
    transaction.commit();
  }
  progress.show("verifying the audit record");
  check.kept = source.header().head;
  check.retention = operation.settings.audit_retention;
  check.as_of = source.header().created_at;
  check.progress = [&progress](std::int64_t records) { show_verified(progress, records); };
  return domain::verify_audit(*database, check);
}

}  // namespace

int backup_verify(const config::CommandLine& line) {
  const BackupOperation operation(line);
  Progress progress;
  BackupSource source(file_of(line.operands.back()), line.value("identity").value_or(""), progress);
  const Secret& key = secret_key(operation, source.header());
  check_secret_key(source.header(), key);
  domain::AuditCheck check;
  if (const auto path = line.value("public-key")) check.keys.push_back(read_public_pem(*path));
  check.keys.push_back(domain::seal_key(domain::DerivedKeys(key).seals).verification_key());
  store::ScratchDatabase scratch(*operation.connection);
  const domain::AuditVerdict verdict = verify(operation, source, scratch, std::move(check), progress);
  scratch.drop();
  progress.clear();
  if (verdict.fault)
    throw Refused("the audit record in the backup was tampered with: " + verdict.fault->what);
  for (const std::string& doubt : verdict.doubts) std::cerr << "taskward: warning: " << doubt << '\n';
  operation.record(domain::BackupEvent::verified);
  std::cout << "verified the backup of " << rfc3339(source.header().created_at) << ": "
            << rows_in(source.header()) << " rows of " << source.header().tables.size()
            << " tables are identical; the audit record is intact: " << verdict.records << " records, "
            << verdict.seals << " seals\n";
  return kSuccess;
}

}  // namespace taskward::programs
