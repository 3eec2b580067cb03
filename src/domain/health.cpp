#include "taskward/domain/health.hpp"

#include "taskward/domain/resources.hpp"
#include "taskward/store/health.hpp"

namespace taskward::domain {
namespace {

constexpr std::chrono::seconds kWindow{10};
constexpr int kFaultsTolerated = 4;
constexpr std::chrono::seconds kProbeInterval{1};

}  // namespace

void DatabaseHealth::note_fault() {
  const auto now = Steady::now();
  const std::scoped_lock lock(mutex_);
  if (now - window_begin_ > kWindow) {
    window_begin_ = now;
    faults_ = 0;
  }
  if (++faults_ > kFaultsTolerated) unready_until_ = now + kWindow;
}

bool DatabaseHealth::is_failing() const {
  const std::scoped_lock lock(mutex_);
  return Steady::now() < unready_until_;
}

bool DatabaseHealth::needs_probe() const {
  const std::scoped_lock lock(mutex_);
  return Steady::now() - probed_at_ >= kProbeInterval;
}

void DatabaseHealth::note_probe() {
  const std::scoped_lock lock(mutex_);
  probed_at_ = Steady::now();
}

Result<Done> check_readiness(const Resources& resources) {
  if (resources.health.is_failing()) {
    return Error(ErrorCode::service_unavailable, {},
                 "the database server reported faults of its own for several statements");
  }
  if (!store::schema_is_current(resources.database))
    return Error(ErrorCode::service_unavailable, {}, "the database schema is not supported by this release");
  if (resources.health.needs_probe()) {
    store::probe_writes(resources.database);
    resources.health.note_probe();
  }
  return Done{};
}

}  // namespace taskward::domain
