#include "taskward/domain/metrics.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "taskward/domain/backup_times.hpp"
#include "taskward/model/mail.hpp"
#include "taskward/store/schema.hpp"
#include "taskward/store/service_state.hpp"

namespace taskward::domain {
namespace {

using model::Metric;

std::optional<store::ServiceState> state_of(const Resources& resources) {
  try {
    return store::read_service_state(resources.database, kMetricsWait);
  } catch (const db::Unavailable&) {
  } catch (const db::OutcomeUnknown&) {  // of the setup of a new connection
  } catch (const db::StatementFailed&) {
  } catch (const store::WrongSchema&) {
  }
  return std::nullopt;
}

}  // namespace

bool may_read_metrics(const Rules& rules, std::string_view address) {
  const auto client = model::IpAddress::parse(address);
  return client && std::any_of(rules.metrics_from.begin(), rules.metrics_from.end(),
                               [&](const model::IpNetwork& network) { return network.contains(*client); });
}

model::Samples gather_metrics(const Resources& resources) {
  model::Samples all = resources.meter.samples();
  const auto state = state_of(resources);
  const auto set = [&](Metric metric, double value, const std::string& labels = {}) {
    all[{metric, labels}].value = value;
  };
  const auto set_count = [&](Metric metric, std::int64_t count, const std::string& labels = {}) {
    set(metric, static_cast<double>(count), labels);
  };
  const auto set_time = [&](Metric metric, const std::optional<Timestamp>& time) {
    if (time) set(metric, std::chrono::duration<double>(time->time_since_epoch()).count());
  };
  set_time(Metric::backup_success, last_time(resources.rules.backup_state, BackupEvent::success));
  set_time(Metric::backup_verified, last_time(resources.rules.backup_state, BackupEvent::verified));
  set(Metric::database_up, state ? 1 : 0);
  if (!state) return all;
  const auto in_state = [](model::MailState mail) {
    const std::string_view value = model::name(mail);
    return model::label_text(Metric::mail_queue, {&value, 1});
  };
  set_count(Metric::mail_queue, state->mail_waiting, in_state(model::MailState::waiting));
  set_count(Metric::mail_queue, state->mail_dead, in_state(model::MailState::dead));
  set(Metric::audit_seal_lag, std::chrono::duration<double>(state->seal_lag).count());
  set_count(Metric::audit_seals, state->newest_seal);
  set_count(Metric::live_sessions, state->live_sessions);
  set_count(Metric::locked_names, state->locked_names);
  return all;
}

}  // namespace taskward::domain
