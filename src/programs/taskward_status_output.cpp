// taskward status: the text for a terminal, and JSON.
#include <array>
#include <cstdio>

#include "taskward/base/rfc3339.hpp"
#include "taskward/json/writer.hpp"
#include "taskward/model/histogram.hpp"
#include "taskward/store/schema.hpp"
#include "taskward_progress.hpp"
#include "taskward_status.hpp"

namespace taskward::programs {
namespace {

using namespace std::chrono_literals;
using Duration = std::optional<std::chrono::nanoseconds>;

constexpr double kMedian = 0.5;
constexpr double kNearlyAll = 0.99;

std::string decimal(double value, int digits) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string line(const std::string& name, const std::string& text) { return padded(name, 12) + text + '\n'; }

std::string in_milliseconds(const Duration& time) {
  return time ? decimal(std::chrono::duration<double, std::milli>(*time).count(), 1) + " ms" : "-";
}

/// The two largest units, such as 3 d 4 h.
std::string age(std::chrono::seconds time) {
  struct Unit {
    std::chrono::seconds length;
    const char* name;
  };
  constexpr std::array units{Unit{24h, " d"}, Unit{1h, " h"}, Unit{1min, " min"}, Unit{1s, " s"}};
  for (std::size_t i = 0; i + 1 < units.size(); ++i) {
    if (time < units[i].length) continue;
    return std::to_string(time / units[i].length) + units[i].name + ' ' +
           std::to_string(time % units[i].length / units[i + 1].length) + units[i + 1].name;
  }
  return std::to_string(time.count()) + " s";
}

std::string since(const StatusReport& report, const std::optional<Timestamp>& time) {
  if (!time) return "never";
  return rfc3339(*time) + " (" + age(std::chrono::duration_cast<std::chrono::seconds>(report.time - *time)) +
         " ago)";
}

std::string latency(const model::Sample& durations) {
  return "p50 " + in_milliseconds(model::quantile(durations, kMedian)) + ", p99 " +
         in_milliseconds(model::quantile(durations, kNearlyAll));
}

std::string processes_text(const StatusReport& report) {
  if (!report.counted.fault.empty()) return line("Processes", "unknown: " + report.counted.fault);
  if (report.processes.empty()) return line("Processes", "none");
  std::string out;
  for (const StatusProcess& one : report.processes) {
    out += line(out.empty() ? "Processes" : "",
                padded(std::to_string(one.process.process), 9) + padded(one.process.pool, 12) +
                    padded(age(one.facts.uptime), 14) + megabytes(static_cast<double>(one.facts.bytes)) +
                    (one.facts.state == 'T' ? "  suspended" : ""));
  }
  return out;
}

std::string database_text(const StatusReport& report) {
  if (!report.database) return line("Database", "unavailable: " + report.database_fault);
  const StatusReport::Database& now = *report.database;
  const store::DatabaseLoad& load = now.load;
  std::string out =
      line("Database", "PostgreSQL " + std::to_string(now.server_version / 10'000) +
                           (load.is_standby ? ", standby" : "") + ", schema " + std::to_string(now.schema) +
                           ", " + megabytes(static_cast<double>(load.bytes)) + ", " +
                           std::to_string(load.connections) + " of " + std::to_string(load.most_connections) +
                           " connections, " + std::to_string(load.active) + " active, " +
                           std::to_string(load.locks_waited_for) + " locks waited for");
  out += line("Seals", "newest " + std::to_string(now.state.newest_seal) + ", lag " +
                           decimal(std::chrono::duration<double>(now.state.seal_lag).count(), 1) + " s");
  return out + line("Mail", std::to_string(now.state.mail_waiting) + " waiting" +
                                (now.oldest_mail ? " since " + rfc3339(*now.oldest_mail) : "") + ", " +
                                std::to_string(now.state.mail_dead) + " dead");
}

/// An object of the writer, for its own lifetime.
class JsonObject {
 public:
  JsonObject(json::Writer& out, std::string_view name) : out_(out) {
    if (!name.empty()) out_.key(name);
    out_.begin_object();
  }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;
  ~JsonObject() { out_.end_object(); }

  void text(std::string_view name, std::string_view value) {
    out_.key(name);
    out_.string(value);
  }
  void number(std::string_view name, std::int64_t value) {
    out_.key(name);
    out_.number(value);
  }
  void fraction(std::string_view name, double value) {
    out_.key(name);
    out_.raw(decimal(value, 6));
  }
  void time(std::string_view name, const std::optional<Timestamp>& value) {
    out_.key(name);
    if (value)
      out_.string(rfc3339(*value));
    else
      out_.null();
  }
  void quantiles(std::string_view prefix, const model::Sample& durations) {
    for (const auto& [suffix, share] : {std::pair{"p50_seconds", kMedian}, {"p99_seconds", kNearlyAll}}) {
      const Duration found = model::quantile(durations, share);
      if (found)
        fraction(std::string(prefix) + suffix, std::chrono::duration<double>(*found).count());
      else
        null(std::string(prefix) + suffix);
    }
  }
  void null(std::string_view name) {
    out_.key(name);
    out_.null();
  }

 private:
  json::Writer& out_;
};

void write_processes(json::Writer& out, const StatusReport& report) {
  out.key("processes");
  out.begin_array();
  for (const StatusProcess& one : report.processes) {
    JsonObject process(out, {});
    process.number("pid", one.process.process);
    process.text("pool", one.process.pool);
    process.number("uptime_seconds", one.facts.uptime.count());
    process.number("memory_bytes", one.facts.bytes);
  }
  out.end_array();
}

void write_database(json::Writer& out, const StatusReport& report) {
  if (!report.database) {
    JsonObject database(out, "database");
    database.text("state", "unavailable");
    database.text("reason", report.database_fault);
    return;
  }
  const StatusReport::Database& now = *report.database;
  {
    JsonObject database(out, "database");
    database.text("state", now.load.is_standby ? "standby" : "up");
    database.number("server_version", now.server_version);
    database.number("connections", now.load.connections);
    database.number("connections_most", now.load.most_connections);
    database.number("active", now.load.active);
    database.number("locks_waited_for", now.load.locks_waited_for);
    database.number("size_bytes", now.load.bytes);
    database.number("schema", now.schema);
  }
  {
    JsonObject seals(out, "seals");
    seals.number("newest", now.state.newest_seal);
    seals.fraction("lag_seconds", std::chrono::duration<double>(now.state.seal_lag).count());
  }
  JsonObject mail(out, "mail");
  mail.number("waiting", now.state.mail_waiting);
  mail.time("oldest_waiting", now.oldest_mail);
  mail.number("dead", now.state.mail_dead);
}

}  // namespace

std::string status_text(const StatusReport& report) {
  std::string out = "Taskward " + std::string(kRelease) + " (schema " +
                    std::to_string(store::known_schema_version()) + "), " + rfc3339(report.time) + "\n\n";
  out += processes_text(report);
  out += line("Requests", decimal(report.requests_per_second, 1) + " per second, " + latency(report.recent) +
                              ", " + decimal(report.errors_per_second, 1) + " errors (5xx) per second");
  out += line("", "since the counters began: " + std::to_string(model::observations(report.durations)) +
                      " requests, " + latency(report.durations));
  out += line("Connections", decimal(report.open_connections, 0) + " open from nginx");
  out += line("Hashing", decimal(report.hashing, 0) + " running, waits " + latency(report.hashing_waits) +
                             ", " + decimal(report.hashing_refusals, 0) + " refused");
  out += database_text(report);
  out += line("Backup", since(report, report.backup));
  out += line("Verified", since(report, report.verified));
  return out;
}

std::string status_json(const StatusReport& report) {
  json::Writer out;
  {
    JsonObject status(out, {});
    status.text("version", kRelease);
    status.number("schema", store::known_schema_version());
    status.time("time", report.time);
    write_processes(out, report);
    {
      JsonObject requests(out, "requests");
      requests.fraction("per_second", report.requests_per_second);
      requests.fraction("errors_per_second", report.errors_per_second);
      requests.quantiles("", report.recent);
      requests.number("total", static_cast<std::int64_t>(model::observations(report.durations)));
      requests.quantiles("total_", report.durations);
      requests.number("open_connections", static_cast<std::int64_t>(report.open_connections));
    }
    {
      JsonObject hashing(out, "hashing");
      hashing.number("running", static_cast<std::int64_t>(report.hashing));
      hashing.quantiles("wait_", report.hashing_waits);
      hashing.number("refusals", static_cast<std::int64_t>(report.hashing_refusals));
    }
    write_database(out, report);
    JsonObject backup(out, "backup");
    backup.time("last_success", report.backup);
    backup.time("last_verified", report.verified);
  }
  return out.take();
}

}  // namespace taskward::programs
