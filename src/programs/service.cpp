#include "service.hpp"

#include <unistd.h>

#include "taskward/store/schema.hpp"
#include "taskward/store/statements.hpp"

namespace taskward::programs {

config::Loaded load_settings(const config::CommandLine& line) {
  config::Sources sources = config::sources_of_process(line.value("config").value_or(""));
  sources.command_line = line.settings;
  return config::load(sources);
}

Service::Service(config::Settings&& given, LogLevel lowest)
    : settings(std::move(given)),
      log(STDERR_FILENO, lowest, clock),
      derived_keys(settings.secret_key),
      rules{{settings.access_token_ttl, settings.refresh_token_ttl},
            settings.otp_digits,
            settings.limit_exempt},
      key_ring(key_settings(), random) {}

domain::KeySettings Service::key_settings() const {
  return {settings.jwt_alg,
          settings.secret_key,
          settings.jwt_secret_key,
          {settings.jwt_issuer, settings.jwt_audience}};
}

std::unique_ptr<db::Connection> Service::connection(const std::string& application_name) const {
  db::ConnectionOptions options{
      settings.database_url, application_name,
      settings.database_prepare == config::Switch::on ? db::Preparation::kept : db::Preparation::each_time,
      settings.database_timeout};
  return std::make_unique<db::Connection>(std::move(options), store::every_statement(), log,
                                          store::check_schema);
}

const crypto::PasswordHasher& Service::passwords() {
  if (!passwords_) passwords_.emplace(settings.bcrypt_cost, random);
  return *passwords_;
}

domain::Resources Service::resources(db::Connection& connection) {
  return {connection, clock, random, key_ring, passwords(), derived_keys, rules};
}

}  // namespace taskward::programs
