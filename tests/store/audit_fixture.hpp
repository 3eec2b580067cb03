// An audit record that tests write, seal, tamper with as the owner, and verify.
#pragma once

#include <string>

#include "fixture.hpp"
#include "taskward/domain/audit_sealing.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/domain/audit_verification.hpp"
#include "taskward/domain/derived_keys.hpp"
#include "taskward/store/audit.hpp"

namespace taskward::testing {

struct AuditFixture : StoreFixture {
  const Secret secret_key{kRootSecret};
  const domain::DerivedKeys derived_keys{secret_key};

  crypto::SigningKey key() const { return domain::seal_key(derived_keys.seals); }
  domain::AuditSealer sealer(std::int64_t batch = domain::kSealBatch) {
    return {key(), clock, random, batch};
  }
  static bool never_stop() { return false; }

  /// Writes one record in its own transaction.
  AuditId write(db::Connection& connection) {
    const AuditId id = new_id<AuditId>();
    store::record_failure(connection, model::AuditAction::session_login, std::nullopt, "wrong_password",
                          {id, origin});
    return id;
  }
  AuditId write() { return write(service); }
  void write_many(int count) {
    for (int i = 0; i < count; ++i) write();
  }
  /// Seals until nothing is left.
  void seal(domain::AuditSealer& with, db::Connection& connection) {
    while (with.next(connection, log, never_stop) == std::chrono::milliseconds(0)) {
    }
  }
  void seal() {
    auto with = sealer();
    seal(with, service);
  }

  domain::AuditVerdict verify(db::Connection& connection, domain::AuditCheck check = {}) {
    check.keys.push_back(key().verification_key());
    return domain::verify_audit(connection, check);
  }
  domain::AuditVerdict verify(domain::AuditCheck check = {}) { return verify(service, std::move(check)); }
  /// The kind of the first fault, else "sound" or "doubtful".
  std::string verdict(domain::AuditCheck check = {}) { return verdict_name(verify(std::move(check))); }
  static std::string verdict_name(const domain::AuditVerdict& verdict) {
    if (verdict.fault) return std::string(domain::name(verdict.fault->kind));
    return verdict.doubts.empty() ? "sound" : "doubtful";
  }

  /// A connection as the owner that has the service's statements.
  std::unique_ptr<db::Connection> connect_as_owner() {
    return std::make_unique<db::Connection>(
        db::ConnectionOptions{database.owner(), "test-owner", db::Preparation::on_first_use,
                              std::chrono::seconds(60)},
        log);
  }

  std::int64_t seals() { return count_rows("audit_seals"); }
  std::int64_t records() { return count_rows("audit"); }
  static std::string quoted(const AuditId& id) { return '\'' + id.text() + '\''; }
};

}  // namespace taskward::testing
