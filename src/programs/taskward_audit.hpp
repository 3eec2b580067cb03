// Shared by the subcommands of `taskward audit`.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "service.hpp"
#include "taskward/config/command_line.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "taskward/json/writer.hpp"
#include "taskward/model/audit_seal.hpp"
#include "taskward/store/audit_seals.hpp"
#include "taskward/store/audit_walk.hpp"

namespace taskward::programs {

int audit_verify(const config::CommandLine& line);
int audit_export(const config::CommandLine& line);
int audit_prove(const config::CommandLine& line);
int audit_head(const config::CommandLine& line);

/// The service and a connection whose statements may run for an hour.
struct AuditOperation {
  /// Throws config::BadSettings.
  explicit AuditOperation(const config::CommandLine& line);

  [[nodiscard]] model::AuditStamp stamp() { return {AuditId::make(service.clock, service.random), {}}; }

  Service service;
  const crypto::SigningKey key;
  const std::unique_ptr<db::Connection> connection;
};

/// --from and --to. Throws config::BadCommandLine.
[[nodiscard]] store::AuditSpan span_of(const config::CommandLine& line);

// JSON and PEM as docs/seals.md describes them; see also api/seal_bodies.hpp.

/// The newest seal as one line, without a line feed.
[[nodiscard]] std::string head_line(const store::Head& head, const crypto::SigningKey& key);

/// Throws config::BadCommandLine if the file is not the PEM of an Ed25519 key.
[[nodiscard]] crypto::VerificationKey read_public_pem(const std::string& path);

/// The text of docs/seals.md.
[[nodiscard]] std::string_view seals_procedure() noexcept;

}  // namespace taskward::programs
