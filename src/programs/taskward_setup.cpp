// taskward setup: makes what an installation lacks, and starts the service; after an upgrade, replaces its
// processes. The package calls it, so that installation is described once.
#include <pwd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

#include "exit_codes.hpp"
#include "taskward/api/nginx_facts.hpp"
#include "taskward/base/text.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/random.hpp"
#include "taskward_commands.hpp"
#include "taskward_system.hpp"

namespace taskward::programs {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"dry-run", "", "Show what is missing; change nothing."},
    config::Flag{"host", "NAME", "Host name of the self-signed certificate (that of this host)."},
    config::Flag{"database-url-stdin", "", "Read DATABASE_URL from standard input, one line, and store it."},
    config::Flag{"upgrade", "", "After an upgrade: migrate, then replace the processes one after another."},
};

constexpr const char* kTarget = "taskward.target";
constexpr const char* kNginxListen = "/etc/taskward/nginx/snippets/listen.conf";
constexpr const char* kNginxRealIp = "/etc/taskward/nginx/snippets/real-ip.conf";
// The units allow the workers no address but this host's.
constexpr const char* kNetworkDropIn = "/etc/systemd/system/taskward-worker@.service.d/database.conf";
constexpr const char* kDatabase = "taskward";

/// It must not be done; the text says why.
class Refusal : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string credential_file(std::string_view key) {
  return std::string(config::kCredentialStore) + "/taskward." + std::string(key);
}

bool is_given(const config::Loaded& loaded, std::string_view key) {
  return std::any_of(loaded.effective.begin(), loaded.effective.end(), [key](const config::Effective& one) {
    return one.option->key == key && one.source != "default" && one.source != "not set";
  });
}

Outcome taskward(std::vector<std::string> words) {
  words.insert(words.begin(), std::string(kOwnProgram));
  return run_command(words);
}

Outcome systemctl(std::vector<std::string> words) {
  words.insert(words.begin(), "systemctl");
  return run_command(words);
}

Outcome psql(const std::string& database, std::vector<std::string> words) {
  words.insert(words.begin(),
               {"runuser", "-u", "postgres", "--", "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database});
  return run_command(words);
}

std::string require_psql(const std::string& database, const std::vector<std::string>& words) {
  Outcome outcome = psql(database, words);
  if (!outcome.succeeded()) throw std::runtime_error("the local PostgreSQL server failed: " + outcome.output);
  return std::move(outcome.output);
}

std::string node_name() {
  struct utsname system {};
  return ::uname(&system) == 0 ? system.nodename : "localhost";
}

std::string host_of_certificate(const config::CommandLine& line) {
  constexpr std::size_t most = 253;  // RFC 1035, section 2.3.4
  std::string host = line.value("host").value_or("");
  if (line.has("host")) {
    const bool is_name = !host.empty() && host.size() <= most && host.front() != '-' &&
                         std::all_of(host.begin(), host.end(), [](char c) {
                           return is_alpha(c) || is_digit(c) || c == '-' || c == '.';
                         });
    if (!is_name) throw config::BadCommandLine("--host: '" + host + "' is not a host name");
    return host;
  }
  const Outcome found = run_command({"hostname", "--fqdn"});
  if (found.succeeded()) host = found.output.substr(0, found.output.find('\n'));
  // The full name needs a resolver.
  if (host.empty() || host == "localhost") host = node_name();
  return host;
}

void reload_checked_nginx() {
  const Outcome check = check_nginx();
  if (!check.succeeded())
    throw std::runtime_error("nginx does not accept the configuration and keeps the previous one:\n" +
                             check.output);
  reload_nginx();
}

std::string proxies_text(const config::Settings& settings) {
  std::string out;
  for (const model::IpNetwork& proxy : settings.trusted_proxies)
    out += (out.empty() ? "" : ", ") + proxy.text();
  return out.empty() ? "none" : out;
}

/// Replaces the processes one after another.
void replace_processes() {
  require_command({"systemctl", "daemon-reload"});
  if (!systemctl({"-q", "is-active", kTarget}).succeeded()) return;
  require_command({"systemctl", "start", "taskward.service"});
  require_command({"systemctl", "reload", "taskward.service"});
}

/// In seconds since 1970; 0 if there is no such file.
std::int64_t changed_at(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? std::int64_t{facts.st_mtime} : 0;
}

/// When the process of a worker started that runs for longest, likewise; nothing if none runs.
std::optional<std::int64_t> oldest_worker() {
  std::istringstream units(
      systemctl({"list-units", "--plain", "--no-legend", "--state=active", "taskward-worker@*"}).output);
  std::optional<std::int64_t> oldest;
  for (std::string line; std::getline(units, line);) {
    const std::string unit = line.substr(0, line.find(' '));
    const std::string started =
        systemctl({"show", "--property=ExecMainStartTimestamp", "--timestamp=unix", "--value", unit}).output;
    std::int64_t at = 0;
    if (started.size() < 2 || started.front() != '@' ||
        std::from_chars(started.data() + 1, started.data() + started.size(), at).ec != std::errc())
      continue;
    oldest = oldest ? std::min(*oldest, at) : at;
  }
  return oldest;
}

/// Makes what is missing, each step once, and says what.
class Setup {
 public:
  explicit Setup(const config::CommandLine& line)
      : line_(line), is_dry_(line.has("dry-run")), host_(host_of_certificate(line)) {}

  void make_accounts() {
    const bool exist = ::getpwnam("taskward") != nullptr && ::getpwnam("taskward_owner") != nullptr;
    step(!exist, "create the system users taskward and taskward_owner", [] {
      require_command({"systemd-sysusers", "taskward.conf"});
    });
    step(!exists(std::string(config::kCredentialStore)) || !exists("/run/taskward"),
         "create the directories of the service", [] {
           require_command({"systemd-tmpfiles", "--create", "taskward.conf"});
         });
  }

  void store_database_url() {
    if (!line_.has("database-url-stdin")) return;
    std::string url;
    std::getline(std::cin, url);
    config::Settings settings;
    const config::Option* option = config::find_option("DATABASE_URL");
    if (!option->store(settings, url)) {
      wipe(url);
      throw config::BadSettings("DATABASE_URL (from standard input): the value is invalid; it must be " +
                                option->allowed);
    }
    is_elsewhere_ = true;
    is_outdated_ = true;
    step(true, "store DATABASE_URL in " + credential_file("DATABASE_URL"),
         [&url] { write_file(credential_file("DATABASE_URL"), url + '\n', 0600); });
    wipe(url);
  }

  void make_secret_key(const config::Loaded& loaded) {
    step(!is_given(loaded, "SECRET_KEY"), "create the secret key " + credential_file("SECRET_KEY"), [] {
      std::array<std::uint8_t, 32> bytes{};
      crypto::SystemRandom().fill(bytes);
      std::string key = crypto::base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      write_file(credential_file("SECRET_KEY"), key + '\n', 0600);
      wipe(key);
      wipe(bytes.data(), bytes.size());
    });
  }

  /// The database, on this host. Nothing is made on another.
  void make_database(const config::Loaded& loaded) {
    is_elsewhere_ = is_elsewhere_ || is_given(loaded, "DATABASE_URL");
    if (is_elsewhere_) return;
    const bool found = !require_psql("postgres", {"-c", "select 1 from pg_database where datname = '" +
                                                            std::string(kDatabase) + "'"})
                            .empty();
    // The cluster's own encoding and collation depend on the locale of its first installation.
    step(!found, "create the database taskward", [] {
      require_command({"runuser", "-u", "postgres", "--", "createdb", "--template=template0",
                       "--encoding=UTF8", "--locale=C.UTF-8", kDatabase});
    });
    const bool is_owned =
        found && !require_psql("postgres", {"-c",
                                            "select 1 from pg_roles r, pg_database d where r.rolname = "
                                            "'taskward' and d.datname = 'taskward' and "
                                            "pg_get_userbyid(d.datdba) = 'taskward_owner'"})
                      .empty();
    step(!is_owned, "create the roles taskward and taskward_owner", [&loaded] {
      // psql reads the file as the user postgres.
      require_psql(kDatabase, {"-f", loaded.settings.sql_dir + "/roles.sql"});
      require_psql(kDatabase, {"-c", "alter database taskward owner to taskward_owner"});
    });
    is_new_ = !is_owned;
  }

  void allow_database(const config::Loaded& loaded) {
    const bool is_needed =
        (is_elsewhere_ || is_given(loaded, "DATABASE_READ_URL")) && !exists(kNetworkDropIn);
    is_outdated_ = is_outdated_ || is_needed;
    step(is_needed, std::string("allow the workers to connect to other hosts, ") + kNetworkDropIn, [] {
      fs::create_directories(fs::path(kNetworkDropIn).parent_path());
      write_file(kNetworkDropIn,
                 "# The database, or its standby, may be on another host.\n[Service]\nIPAddressAllow=any\n",
                 0644);
    });
  }

  void migrate() {
    bool is_current = false;
    if (!(is_dry_ && is_new_)) {
      const Outcome status = taskward({"migrate", "--status"});
      is_current = status.succeeded() && status.output.find("The schema is current.") != std::string::npos;
    }
    step(!is_current, "migrate the database schema", [] {
      const Outcome outcome = taskward({"migrate"});
      if (!outcome.succeeded()) throw std::runtime_error("the migration failed\n" + outcome.output);
    });
  }

  void make_certificate() {
    const CertificatePaths paths = certificate_paths();
    if (exists(paths.certificate) != exists(paths.key))
      throw Refusal(paths.certificate + " and " + paths.key + ": one exists without the other");
    is_self_signed_ = !exists(paths.certificate);
    step(is_self_signed_, "create a self-signed certificate for " + host_ + ", " + paths.certificate, [&] {
      fs::create_directories(fs::path(paths.certificate).parent_path());
      create_self_signed(paths, host_);
    });
  }

  void link_site() {
    step(!exists(kNginxLink), std::string("link ") + kNginxLink + " and reload nginx", [] {
      fs::remove(kNginxLink);  // a dangling link
      fs::create_symlink(kNginxSite, kNginxLink);
      const Outcome check = check_nginx();
      if (!check.succeeded()) {
        fs::remove(kNginxLink);
        throw std::runtime_error("nginx does not accept the configuration:\n" + check.output);
      }
      reload_nginx();
    });
  }

  /// Who states the address of a client, after a change of TRUSTED_PROXIES or PROXY_PROTOCOL.
  void trust_proxies(const config::Settings& settings) {
    const bool proxy_protocol = settings.proxy_protocol == config::Switch::on;
    const std::string real_ip = api::nginx_real_ip(settings.trusted_proxies, proxy_protocol);
    const std::string listen = read_text_file(kNginxListen);
    const std::string wanted = api::nginx_listen(listen, proxy_protocol);
    step(wanted != listen || !exists(kNginxRealIp) || read_text_file(kNginxRealIp) != real_ip,
         "let nginx believe the trusted proxies (" + proxies_text(settings) +
             ") about the address of a client",
         [&] {
           const std::string former = exists(kNginxRealIp) ? read_text_file(kNginxRealIp) : real_ip;
           write_file(kNginxRealIp, real_ip, 0644);
           write_file(kNginxListen, wanted, 0644);
           if (!exists(kNginxLink)) return;
           try {
             reload_checked_nginx();
           } catch (const std::exception&) {
             // So that a repetition does not find them complete.
             write_file(kNginxRealIp, former, 0644);
             write_file(kNginxListen, listen, 0644);
             throw;
           }
         });
  }

  void start() {
    const bool is_running = systemctl({"-q", "is-enabled", kTarget}).succeeded() &&
                            systemctl({"-q", "is-active", kTarget}).succeeded();
    const auto oldest = is_running ? oldest_worker() : std::nullopt;
    for (const std::string& file :
         {std::string(kNetworkDropIn), credential_file("DATABASE_URL"), credential_file("DATABASE_READ_URL")})
      is_outdated_ = is_outdated_ || (oldest && changed_at(file) > *oldest);
    step(is_running && is_outdated_, "replace the processes, which were started with other settings",
         replace_processes);
    step(!is_running, "enable and start taskward.target", [] {
      require_command({"systemctl", "daemon-reload"});
      require_command({"systemctl", "enable", "--now", kTarget});
      // A target does not wait for the units that it wants.
      require_command({"systemctl", "start", "taskward-worker@api-1", "taskward-worker@api-2",
                       "taskward-worker@auth-1", "taskward-background"});
    });
  }

  void report() const {
    if (steps_ == 0) {
      std::cout << "Nothing is missing.\n";
      return;
    }
    if (is_dry_) return;
    std::cout << "Taskward serves https://" << host_ << "/\n";
    if (is_self_signed_)
      std::cout << "Its certificate is self-signed. Replace it with: taskward certificate --install DIR\n";
    std::cout << "Keep a copy of " << credential_file("SECRET_KEY") << " in a safe place.\n"
              << "Create the first administrator, with the password on standard input:\n"
                 "  taskward user create --email you@example.org --role admin --password-stdin\n";
  }

 private:
  void step(bool is_missing, const std::string& what, const std::function<void()>& make) {
    if (!is_missing) return;
    ++steps_;
    std::cout << (is_dry_ ? "would " : "") << what << std::endl;
    if (!is_dry_) make();
  }

  const config::CommandLine& line_;
  const bool is_dry_;
  const std::string host_;
  bool is_elsewhere_ = false;  ///< the database is configured, so it is not made here
  bool is_new_ = false;
  bool is_self_signed_ = false;
  bool is_outdated_ = false;  ///< what the processes were started with has changed
  int steps_ = 0;
};

bool has_postgresql() {
  return ::getpwnam("postgres") != nullptr && run_command({"psql", "--version"}).succeeded();
}

void refuse_unsuitable_system() {
  if (::geteuid() != 0) throw Refusal("setup must be run as root");
  if (!exists("/run/systemd/system"))
    throw Refusal("systemd does not run here; run `taskward setup` once the system has started");
}

int set_up(const config::CommandLine& line) {
  config::Loaded loaded = load_settings(line);
  if (!line.has("database-url-stdin") && !is_given(loaded, "DATABASE_URL") && !has_postgresql())
    throw Refusal(
        "DATABASE_URL is not configured and PostgreSQL is not installed: install the package postgresql, or "
        "store the connection string with `taskward setup --database-url-stdin`");
  if ((line.has("database-url-stdin") || is_given(loaded, "DATABASE_URL")) &&
      !is_given(loaded, "DATABASE_OWNER_URL"))
    throw Refusal(
        "DATABASE_OWNER_URL is not configured. The role of the workers must not own the tables: store the "
        "connection "
        "string of the role taskward_owner in " +
        credential_file("DATABASE_OWNER_URL") + " (mode 0600)");
  Setup setup(line);
  setup.make_accounts();
  setup.store_database_url();
  setup.make_secret_key(loaded);
  setup.make_database(loaded);
  setup.allow_database(loaded);
  setup.migrate();
  setup.make_certificate();
  setup.trust_proxies(loaded.settings);
  setup.link_site();
  setup.start();
  setup.report();
  return kSuccess;
}

int upgrade() {
  if (!systemctl({"-q", "is-enabled", kTarget}).succeeded())
    throw Refusal("taskward.target is not enabled; run `taskward setup` first");
  const Outcome migration = taskward({"migrate"});
  std::cout << migration.output << std::flush;
  if (!migration.succeeded()) {
    std::cerr
        << "taskward: the migration failed, so the processes of the previous release continue to serve.\n"
           "When its cause is corrected, run: taskward setup --upgrade\n";
    return kFault;
  }
  replace_processes();
  if (exists(kNginxLink)) reload_checked_nginx();
  return kSuccess;
}

}  // namespace

int setup_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags);
  if (line.has("help")) {
    std::cout
        << "Usage: taskward setup [--dry-run] [--host NAME] [--database-url-stdin]\n"
           "       taskward setup --upgrade\n\n"
           "Makes what this host lacks, and starts the service: users and directories, the secret key, the "
           "database\n"
           "and its roles, the schema, a self-signed certificate, the link to nginx's configuration. What "
           "exists is\n"
           "kept. If DATABASE_URL is configured, no database and no roles are created; the schema is "
           "migrated.\n\n"
        << config::options_help(kFlags);
    return kSuccess;
  }
  if (line.has("upgrade") && line.flags.size() > 1)
    throw config::BadCommandLine("--upgrade is used without other options");
  try {
    refuse_unsuitable_system();
    return line.has("upgrade") ? upgrade() : set_up(line);
  } catch (const Refusal& refusal) {
    std::cerr << "taskward: " << refusal.what() << '\n';
    return kRefused;
  }
}

}  // namespace taskward::programs
