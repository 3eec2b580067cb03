// taskward doctor: the settings, and who can read the secrets among them.
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "taskward/mail/templates.hpp"
#include "taskward/model/client.hpp"
#include "taskward_doctor.hpp"

namespace taskward::programs {
namespace {

using config::Settings;
using model::Finding;

bool is_this_host(const std::string& server) {
  if (server == "localhost") return true;
  const auto address = model::IpAddress::parse(server);
  if (!address) return false;
  return model::IpNetwork::parse("127.0.0.0/8")->contains(*address) ||
         model::IpNetwork::parse("::1/128")->contains(*address);
}

void check_mail_settings(Examination& it, const Settings& settings) {
  if (settings.mail_server.empty()) {
    if (settings.environment == config::Environment::production)
      it.add(Finding::mail_to_files, settings.mail_dir);
  } else if (settings.mail_use_tls == config::MailTls::off && !is_this_host(settings.mail_server)) {
    it.add(Finding::mail_unencrypted, settings.mail_server);
  }
}

}  // namespace

void check_settings(Examination& it) {
  try {
    it.valid = load_settings(it.line);
    // Reads the list of common passwords as a worker does at its start.
    Service service(std::move(load_settings(it.line).settings), LogLevel::error);
    static_cast<void>(service.password_policy());
    const mail::Templates templates(service.settings.mail_templates);
  } catch (const config::BadSettings& fault) {
    it.add(Finding::settings_invalid, fault.what());
    return;
  } catch (const mail::BadTemplates& fault) {
    it.add(Finding::settings_invalid, fault.what());
  }
  const Settings& settings = it.settings();
  if (!settings.database_owner_url.empty() &&
      settings.database_owner_url.reveal() == settings.database_url.reveal())
    it.add(Finding::database_urls_equal);
  if (settings.environment == config::Environment::test) it.add(Finding::environment_test);
  // A network of half of all addresses is no list of proxies either.
  if (std::ranges::any_of(settings.trusted_proxies, [](const model::IpNetwork& one) {
        return one.bits <= (one.address.is_v4() && one.bits >= 96 ? 97 : 1);
      }))
    it.add(Finding::every_proxy_trusted);
  check_mail_settings(it, settings);
}

void check_secrets(Examination& it) {
  const config::Loaded& loaded = it.loaded();
  std::set<std::string> files;
  for (const config::Effective& one : loaded.effective) {
    if (one.option->secrecy != config::Secrecy::secret) continue;
    if (const auto file = config::file_of_source(one.source)) files.insert(*file);
  }
  for (const std::string& file : files) {
    struct stat status {};
    if (::stat(file.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0)
      it.add(Finding::secret_readable, file);
  }
  it.require_secrets();
  const bool has_key = std::ranges::any_of(loaded.effective, [](const config::Effective& one) {
    return one.option->key == "SECRET_KEY" && !one.value.empty();
  });
  if (!has_key) it.add(Finding::secret_key_missing);
}

}  // namespace taskward::programs
