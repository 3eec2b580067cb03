// The objects that the programs share, in the order of their construction.
#pragma once

#include <functional>
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

/// Options of every program.
inline constexpr config::Flag kHelpFlag{"help", "", "Print this and exit."};
inline constexpr config::Flag kConfigFlag{
    "config", "FILE", "The settings file (TASKWARD_CONFIG, else /etc/taskward/taskward.conf if it exists)."};

/// Loads the settings from the command line, the environment and the settings file. Throws
/// config::BadSettings.
[[nodiscard]] config::Loaded load_settings(const config::CommandLine& line);

/// The connection string of the role that owns the tables.
[[nodiscard]] const Secret& owner_url(const config::Settings& settings) noexcept;

class Service {
 public:
  /// Log lines below `lowest` are discarded.
  Service(config::Settings&& settings, LogLevel lowest);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// A connection that is not yet open; it checks the schema when it connects. Thread-safe.
  [[nodiscard]] std::unique_ptr<db::Connection> connection(const std::string& application_name) const;
  /// A connection to the replica, likewise; null without DATABASE_READ_URL. Throws db::BadConninfo.
  [[nodiscard]] std::unique_ptr<store::Replica> replica(const std::string& application_name);
  /// Calls `check` at the start with an open connection. A database that is unavailable is logged.
  void check_database(const std::string& application_name,
                      const std::function<void(db::Connection&)>& check) const;
  /// The resources of a use case, with that connection. The first call creates the password hasher and the
  /// password policy.
  [[nodiscard]] domain::Resources resources(db::Connection& connection, store::Replica* replica = nullptr);
  [[nodiscard]] domain::KeySettings key_settings() const;
  /// Not thread-safe before its first call has returned.
  const crypto::PasswordHasher& passwords();
  /// The first call reads the list of common passwords, and throws config::BadSettings if it is invalid. Not
  /// thread-safe before it has returned.
  const domain::PasswordPolicy& password_policy();

  /// Counts metrics as a process of `pool`. Call it before creating connections.
  void count_as(const std::string& pool);
  [[nodiscard]] model::Meter& meter() const { return *meter_; }

  const config::Settings settings;
  const SystemClock host_clock;
  mutable domain::DatabaseClock clock{host_clock};  ///< compared by each new connection, and with the keys
  crypto::SystemRandom random;
  const Log log;
  const domain::DerivedKeys derived_keys;
  const domain::Rules rules;
  domain::KeyRing key_ring;
  domain::HashingGate hashing;
  domain::DatabaseHealth health;
  store::OwnerHints owner_hints;
  domain::KnownTokens known_tokens;

 private:
  [[nodiscard]] db::ConnectionOptions connection_options(const Secret& conninfo,
                                                         const std::string& application_name) const;

  store::ReplicaPause replica_pause_;
  std::unique_ptr<model::Meter> meter_ = std::make_unique<model::NoMeter>();
  std::optional<crypto::PasswordHasher> passwords_;
  std::optional<domain::PasswordPolicy> password_policy_;
};

}  // namespace taskward::programs
