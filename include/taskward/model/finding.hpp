// What `taskward doctor` may find, and the exit status that follows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace taskward::model {

// X(code, severity, meaning, action). Scripts of operators use the codes: a code that was released is not
// given another meaning.
#define TASKWARD_FINDINGS(X)                                                                                 \
  X(settings_invalid, critical, "A setting is invalid, so no process starts.",                               \
    "Correct it; `taskward config` shows the source of every setting.")                                      \
  X(secret_key_missing, critical, "SECRET_KEY is not set, so no process starts.",                            \
    "Restore the key from its copy, or run `taskward setup` on a new server.")                               \
  X(secret_readable, critical, "Every user of this host can read a file that contains a secret.",            \
    "Set its mode to 0600, and replace the secret.")                                                         \
  X(database_urls_equal, warning, "DATABASE_URL and DATABASE_OWNER_URL are equal.",                          \
    "Let the service connect as the role taskward, which does not own the tables.")                          \
  X(environment_test, warning, "ENVIRONMENT=test permits password hashes that are quickly guessed.",         \
    "Remove ENVIRONMENT and BCRYPT_COST from the settings, unless this is a test.")                          \
  X(every_proxy_trusted, critical, "TRUSTED_PROXIES contains every address, so clients can forge theirs.",   \
    "Name the addresses of the proxies only.")                                                               \
  X(mail_to_files, warning, "Mail is written to files, because MAIL_SERVER is not set.",                     \
    "Set MAIL_SERVER, unless this is a test.")                                                               \
  X(mail_unencrypted, warning, "Mail is sent to another host without encryption.",                           \
    "Set MAIL_USE_TLS to starttls or tls.")                                                                  \
  X(database_unavailable, critical, "The database cannot be reached, so requests are answered with 503.",    \
    "Start PostgreSQL, or correct DATABASE_URL.")                                                            \
  X(database_too_old, critical, "PostgreSQL is older than version 15.", "Upgrade PostgreSQL.")               \
  X(database_end_of_life, warning, "This version of PostgreSQL gets no more security updates.",              \
    "Upgrade PostgreSQL.")                                                                                   \
  X(service_is_superuser, critical,                                                                          \
    "The role of the service is a superuser, so nothing protects the audit record.",                         \
    "As a superuser: alter role taskward nosuperuser.")                                                      \
  X(service_rights_excessive, critical, "The role of the service has more rights than it needs.",            \
    "Revoke those that are listed.")                                                                         \
  X(service_rights_missing, critical, "The role of the service lacks rights that requests need.",            \
    "Grant those that are listed, as the migrations do.")                                                    \
  X(service_limits_missing, warning, "The role of the service waits for locks without limit.",               \
    "Run sql/roles.sql again as a superuser.")                                                               \
  X(replica_unavailable, warning, "The replica cannot be reached, so everything is read from the primary.",  \
    "Start the standby, or correct DATABASE_READ_URL.")                                                      \
  X(replica_invalid, warning, "DATABASE_READ_URL is not a hot standby of the database in DATABASE_URL.",     \
    "Correct it, or remove it from the settings.")                                                           \
  X(replica_behind, warning,                                                                                 \
    "The replica is more than 2 seconds behind the primary, or has not followed a failover yet.",            \
    "Read its log. What it lacks is read from the primary.")                                                 \
  X(owner_unavailable, warning,                                                                              \
    "The role that owns the tables cannot connect, so migrations and backups fail.",                         \
    "Correct DATABASE_OWNER_URL or pg_hba.conf.")                                                            \
  X(owner_rights_excessive, warning, "The role that owns the tables has more rights than it needs.",         \
    "Revoke those that are listed.")                                                                         \
  X(owner_rights_missing, warning, "The role that owns the tables lacks rights for migrations or backups.",  \
    "Run sql/roles.sql again as a superuser, and make the role the owner of what is listed.")                \
  X(migrations_damaged, critical, "The migrations in SQL_DIR are missing or damaged.",                       \
    "Install the package again.")                                                                            \
  X(schema_behind, critical, "The schema of the database is older than this release.",                       \
    "Run `taskward migrate`.")                                                                               \
  X(schema_newer, critical, "The schema of the database requires a newer release.",                          \
    "Install the release that migrated the database.")                                                       \
  X(release_older, warning, "The database was migrated by a newer release, with which this one works.",      \
    "Install that release on this host as well.")                                                            \
  X(schema_altered, critical, "An applied migration differs from the one in SQL_DIR.",                       \
    "Restore the original file: install the package again.")                                                 \
  X(clock_differs, warning, "The clocks of this host and of the database differ by more than 2 seconds.",    \
    "Synchronize both clocks (NTP).")                                                                        \
  X(clock_wrong, critical, "The clocks of this host and of the database differ by more than 30 seconds.",    \
    "Synchronize both clocks (NTP).")                                                                        \
  X(audit_default_rows, warning, "Audit records are in the default partition instead of that of a month.",   \
    "Check that taskward-background runs: it moves them within minutes.")                                    \
  X(seals_late, warning, "An audit record has no seal for more than 3 minutes.",                             \
    "Check that taskward-background runs, and read its log.")                                                \
  X(signing_key_missing, warning, "No key signs tokens.", "Start a worker: it creates a key.")               \
  X(signing_key_old, warning, "The key that signs tokens is older than a year.",                             \
    "Run `taskward key rotate`.")                                                                            \
  X(signing_keys_unusable, critical, "The signing keys cannot be used with these settings.",                 \
    "Set SECRET_KEY to the value with which they were stored.")                                              \
  X(mail_dead, warning, "Mail could not be delivered and was given up.",                                     \
    "See `taskward mail list`; when the cause is corrected, `taskward mail retry --all-dead`.")              \
  X(mail_waiting, warning, "Mail has been waiting for delivery for more than an hour.",                      \
    "See `taskward mail list` for the last error.")                                                          \
  X(mail_password_missing, critical, "MAIL_USERNAME is set without MAIL_PASSWORD, so no mail is delivered.", \
    "Store the password in /etc/credstore/taskward.MAIL_PASSWORD.")                                          \
  X(mail_server_unreachable, critical, "The mail server cannot be reached, so no mail is delivered.",        \
    "Correct MAIL_SERVER and MAIL_PORT, or the network.")                                                    \
  X(mail_encryption_failed, critical, "The connection to the mail server cannot be encrypted.",              \
    "Correct MAIL_USE_TLS and MAIL_CA_FILE, or the certificate of the server.")                              \
  X(mail_login_refused, critical, "The mail server rejects the user name or the password.",                  \
    "Correct MAIL_USERNAME and MAIL_PASSWORD.")                                                              \
  X(socket_missing, critical, "A socket of the workers does not exist.",                                     \
    "Run `systemctl start taskward.target`.")                                                                \
  X(socket_mode, critical, "Users other than nginx can connect to a socket of the workers.",                 \
    "Restart the socket unit; the mode must be 0660.")                                                       \
  X(socket_refuses, critical, "No worker accepts connections on a socket.",                                  \
    "Run `systemctl start taskward.target`, and read the log of the workers.")                               \
  X(socket_queue_limited, warning,                                                                           \
    "The kernel limits the queue of the sockets to less than 1024 connections.",                             \
    "Set net.core.somaxconn to 1024 or more, and restart the sockets.")                                      \
  X(nginx_invalid, critical, "nginx rejects its configuration, so it does not start again.",                 \
    "Correct what `nginx -t` prints.")                                                                       \
  X(nginx_site_missing, critical, "nginx does not include the configuration of Taskward.",                   \
    "Run `taskward setup`.")                                                                                 \
  X(nginx_outdated, warning, "A generated file of nginx is not that of this release.",                       \
    "Install the package again, or write the file with `taskward generate WHAT`; then reload nginx.")        \
  X(nginx_limits_differ, warning, "LIMIT_EXEMPT and nginx's limit-exempt.conf list different addresses.",    \
    "Make both lists equal.")                                                                                \
  X(plain_http, warning,                                                                                     \
    "A server on this host accepts plain HTTP on port 80: a client may send its token unencrypted.",         \
    "Remove nginx's default site: `rm /etc/nginx/sites-enabled/default`, and reload nginx.")                 \
  X(nginx_proxies_differ, critical,                                                                          \
    "nginx does not trust the proxies of TRUSTED_PROXIES and PROXY_PROTOCOL, or trusts others.",             \
    "Run `taskward setup`, which writes real-ip.conf and edits listen.conf.")                                \
  X(certificate_missing, critical, "The certificate of nginx does not exist.", "Run `taskward setup`.")      \
  X(certificate_invalid, critical, "The certificate of nginx is not a certificate in PEM.",                  \
    "Replace it: `taskward certificate --install DIR`.")                                                     \
  X(certificate_expired, critical, "The certificate of nginx has expired.",                                  \
    "Replace it: `taskward certificate --install DIR`.")                                                     \
  X(certificate_expires, warning, "The certificate of nginx expires within 14 days.",                        \
    "Replace it: `taskward certificate --install DIR`; check that its renewal runs.")                        \
  X(certificate_self_signed, warning,                                                                        \
    "The certificate of nginx is self-signed, so clients do not trust it.",                                  \
    "Replace it: `taskward certificate --install DIR`.")                                                     \
  X(certificate_names, warning, "The certificate of nginx is not valid for the name of the host.",           \
    "Replace it by one that lists the name.")                                                                \
  X(certificate_key_wrong, critical, "The private key of nginx is not that of its certificate.",             \
    "Replace both: `taskward certificate --install DIR`.")                                                   \
  X(certificate_chain_incomplete, warning,                                                                   \
    "The certificate of nginx does not lead to an authority that this host trusts.",                         \
    "Append the intermediate certificates to it (fullchain.pem).")                                           \
  X(disk_full, critical, "A file system has less than 2 % or 50 MB of free space.", "Free or add space.")    \
  X(disk_low, warning, "A file system has less than 10 % of free space.", "Free or add space.")              \
  X(worker_missing, critical, "No worker of a pool runs, so its requests are answered with 502 or wait.",    \
    "Run `systemctl start taskward.target`, and read the log of the workers.")                               \
  X(background_missing, critical,                                                                            \
    "taskward-background does not run: no mail is delivered, nothing is sealed.",                            \
    "Run `systemctl start taskward-background`, and read its log.")                                          \
  X(process_stopped, critical, "A process of the service is suspended (SIGSTOP).",                           \
    "Continue it (SIGCONT), or restart its unit.")                                                           \
  X(restart_pending, warning, "A process runs a program that was replaced since.",                           \
    "Run `systemctl reload taskward`.")                                                                      \
  X(unit_failed, critical, "A unit of systemd has failed.", "Read its log: journalctl -u UNIT.")             \
  X(unit_inactive, critical, "A unit of systemd that belongs to the service is not active.",                 \
    "Run `systemctl start taskward.target`.")                                                                \
  X(units_changed, warning, "Units were changed since systemd has read them.",                               \
    "Run `systemctl daemon-reload`.")                                                                        \
  X(backup_missing, warning, "The nightly backup is enabled, but none has succeeded.",                       \
    "Read the log: journalctl -u taskward-backup.")                                                          \
  X(backup_old, warning, "The last backup is older than two days.",                                          \
    "Read the log: journalctl -u taskward-backup.")                                                          \
  X(backup_unverified, warning, "The last verification of a backup is older than two days.",                 \
    "Run `taskward backup verify /var/backups/taskward`, or read the log of taskward-backup.")               \
  X(check_failed, critical, "A check ended with an error.", "Correct the cause that is shown, and repeat.")

enum class Severity : std::uint8_t { warning, critical };
[[nodiscard]] constexpr std::string_view name(Severity severity) noexcept {
  return severity == Severity::critical ? "critical" : "warning";
}

enum class Finding : std::uint8_t {
#define X(code, severity, meaning, action) code,
  TASKWARD_FINDINGS(X)
#undef X
};

/// One line of TASKWARD_FINDINGS.
struct FindingFacts {
  Finding finding;
  std::string_view code;
  Severity severity;
  std::string_view meaning;
  std::string_view action;
};

[[nodiscard]] std::span<const FindingFacts> every_finding() noexcept;
[[nodiscard]] const FindingFacts& facts(Finding finding) noexcept;

/// The exit statuses of `taskward doctor`. The first three are those of a Nagios plugin; the others are of
/// sysexits.h, because 1 and 2 have these meanings.
inline constexpr int kDoctorHealthy = 0;
inline constexpr int kDoctorWarnings = 1;
inline constexpr int kDoctorCritical = 2;
inline constexpr int kDoctorUsage = 64;   ///< EX_USAGE: invalid command line
inline constexpr int kDoctorFailed = 70;  ///< EX_SOFTWARE: nothing could be examined

[[nodiscard]] constexpr int doctor_status(std::size_t warnings, std::size_t criticals) noexcept {
  if (criticals > 0) return kDoctorCritical;
  return warnings > 0 ? kDoctorWarnings : kDoctorHealthy;
}

/// Such as "1 warning, 2 critical".
[[nodiscard]] std::string finding_counts(std::size_t warnings, std::size_t criticals);

}  // namespace taskward::model
