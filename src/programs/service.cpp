#include "service.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "taskward/app/shared_meter.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::programs {
namespace {

constexpr std::size_t kListMaxBytes = 64UL << 20U;

/// Throws domain::BadPasswordList.
std::string read_list(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  std::array<char, 65536> buffer;  // NOLINT: filled before it is read
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kListMaxBytes) throw domain::BadPasswordList("is larger than 64 MiB");
  }
  // A folder can be opened but not read.
  if (!in.eof() || in.bad())
    throw domain::BadPasswordList(std::string("cannot be read: ") + std::strerror(errno));
  return text;
}

/// Its id is the host of the origin.
std::optional<crypto::RelyingParty> relying_party(const std::string& origin) {
  if (origin.empty()) return std::nullopt;
  const std::size_t begin = origin.find("//") + 2;
  return crypto::RelyingParty{origin.substr(begin, origin.find(':', begin) - begin), origin};
}

}  // namespace

config::Loaded load_settings(const config::CommandLine& line) {
  config::Sources sources = config::sources_of_process(line.value("config").value_or(""));
  sources.command_line = line.settings;
  return config::load(sources);
}

const Secret& owner_url(const config::Settings& settings) noexcept {
  return settings.database_owner_url.empty() ? settings.database_url : settings.database_owner_url;
}

Service::Service(config::Settings&& given, LogLevel lowest)
    : settings(std::move(given)),
      log(STDERR_FILENO, lowest, host_clock),
      derived_keys(settings.secret_key),
      rules{{settings.access_token_ttl, settings.refresh_token_ttl},
            settings.otp_digits,
            settings.limit_exempt,
            settings.tasks_per_user,
            settings.default_role,
            settings.registration == config::Switch::on,
            settings.metrics_from,
            settings.backup_state,
            settings.reauthentication_age,
            settings.mfa_required,
            relying_party(settings.public_url),
            settings.token_max_lifetime},
      key_ring(key_settings(), random, domain::KeyRing::kReloadInterval, &clock),
      hashing(settings.hashing_slots, settings.hashing_wait) {}

domain::KeySettings Service::key_settings() const {
  return {settings.jwt_alg,
          settings.secret_key,
          settings.jwt_secret_key,
          {settings.jwt_issuer, settings.jwt_audience, settings.token_leeway}};
}

db::ConnectionOptions Service::connection_options(const Secret& conninfo,
                                                  const std::string& application_name) const {
  return {conninfo, application_name,
          settings.database_prepare == config::Switch::on ? db::Preparation::on_first_use
                                                          : db::Preparation::each_time,
          settings.database_timeout, meter_.get()};
}

std::unique_ptr<db::Connection> Service::connection(const std::string& application_name) const {
  return std::make_unique<db::Connection>(connection_options(settings.database_url, application_name), log,
                                          [this](db::Connection& connection) {
                                            store::check_schema(connection);
                                            clock.compare(connection);
                                          });
}

std::unique_ptr<store::Replica> Service::replica(const std::string& application_name) {
  if (settings.database_read_url.empty()) return nullptr;
  return std::make_unique<store::Replica>(connection_options(settings.database_read_url, application_name),
                                          log, replica_pause_, *meter_);
}

void Service::count_as(const std::string& pool) {
  meter_ = std::make_unique<app::SharedMeter>(settings.metrics_dir, pool, log);
}

const crypto::PasswordHasher& Service::passwords() {
  if (!passwords_) passwords_.emplace(settings.bcrypt_cost, random);
  return *passwords_;
}

const domain::PasswordPolicy& Service::password_policy() {
  if (!password_policy_) {
    const std::string& path = settings.password_blocklist;
    try {
      password_policy_.emplace(read_list(path));
    } catch (const domain::BadPasswordList& fault) {
      throw config::BadSettings("PASSWORD_BLOCKLIST: " + path + ": " + fault.what());
    }
  }
  return *password_policy_;
}

void Service::check_database(const std::string& application_name,
                             const std::function<void(db::Connection&)>& check) const {
  const auto unavailable = [&](const std::exception& fault) {
    log.line(LogLevel::warning, "started_without_database").field("reason", fault.what());
  };
  try {
    const auto database = connection(application_name);
    database->connect();
    check(*database);
  } catch (const db::Unavailable& fault) {
    unavailable(fault);
  } catch (const db::OutcomeUnknown& fault) {
    unavailable(fault);
  }
}

domain::Resources Service::resources(db::Connection& connection, store::Replica* replica) {
  return {connection,   clock, random,  key_ring, passwords(), hashing,      password_policy(),
          derived_keys, rules, meter(), health,   owner_hints, known_tokens, replica};
}

}  // namespace taskward::programs
