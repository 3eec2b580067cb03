// What the programs of the service are made of, in the order in which it is made.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/config/command_line.hpp"
#include "taskward/config/load.hpp"
#include "taskward/crypto/password_hash.hpp"
#include "taskward/crypto/random.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/domain/derived_keys.hpp"
#include "taskward/domain/hashing_gate.hpp"
#include "taskward/domain/password_policy.hpp"
#include "taskward/domain/resources.hpp"
#include "taskward/domain/signing_keys.hpp"
#include "taskward/model/metrics.hpp"

namespace taskward::programs {

/// Every program takes these.
inline constexpr config::Flag kHelpFlag{"help", "", "Print this and exit."};
inline constexpr config::Flag kConfigFlag{
    "config", "FILE",
    "The settings file; else TASKWARD_CONFIG, else /etc/taskward/taskward.conf if it exists."};

/// The settings as the command line names their sources. Throws config::BadSettings.
[[nodiscard]] config::Loaded load_settings(const config::CommandLine& line);

class Service {
 public:
  /// Log lines below `lowest` are dropped.
  Service(config::Settings&& settings, LogLevel lowest);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// With every statement and the schema checked, not yet connected. Any thread may call.
  [[nodiscard]] std::unique_ptr<db::Connection> connection(const std::string& application_name) const;
  /// Everything a use case needs, with that connection. Makes the password hasher and the
  /// password policy at the first call.
  [[nodiscard]] domain::Resources resources(db::Connection& connection);
  [[nodiscard]] domain::KeySettings key_settings() const;
  /// Call it before there are threads.
  const crypto::PasswordHasher& passwords();
  /// Reads the list of common passwords, the first time. Throws config::BadSettings when that cannot be
  /// used. Call it before there are threads.
  const domain::PasswordPolicy& password_policy();

  /// From now on this process counts as one of `pool`. Call it before there are connections.
  void count_as(const std::string& pool);
  [[nodiscard]] model::Meter& meter() const { return *meter_; }

  const config::Settings settings;
  const SystemClock clock;
  crypto::SystemRandom random;
  const Log log;
  const domain::DerivedKeys derived_keys;
  const domain::Rules rules;
  domain::KeyRing key_ring;
  domain::HashingGate hashing;

 private:
  std::unique_ptr<model::Meter> meter_ = std::make_unique<model::NoMeter>();
  std::optional<crypto::PasswordHasher> passwords_;
  std::optional<domain::PasswordPolicy> password_policy_;
};

}  // namespace taskward::programs
