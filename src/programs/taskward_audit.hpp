// What the subcommands of `taskward audit` share.
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

/// What one command works with. Its statements may take long.
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

// Shapes that SEALS.md describes.

void write_record(json::Writer& w, const model::SealableRecord& record);
/// With its leaves, or null for them, if asked for.
enum class Leaves : std::uint8_t { written, left_out };
void write_seal(json::Writer& w, const model::AuditSeal& seal, Leaves leaves);
/// The newest seal in one line without its end.
[[nodiscard]] std::string head_line(const store::Head& head, const crypto::SigningKey& key);

/// SubjectPublicKeyInfo in PEM (RFC 7468).
[[nodiscard]] std::string public_pem(const crypto::SigningKey& key);
/// Reads that. Throws config::BadCommandLine when the file is none of an Ed25519 key.
[[nodiscard]] crypto::VerificationKey read_public_pem(const std::string& path);

/// SEALS.md.
[[nodiscard]] std::string_view seals_procedure() noexcept;

}  // namespace taskward::programs
