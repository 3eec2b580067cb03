#include "taskward/app/background.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "taskward/db/failure.hpp"

namespace taskward::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDatabasePause{500};
constexpr milliseconds kFailurePause{5'000};
constexpr milliseconds kBeat{1'000};  // how often a waiting job shows that it is alive

}  // namespace

Background::~Background() {
  giving_up_ = true;
  stop(milliseconds(0));
}

void Background::heard(Job& job) { job.heard_at = Steady::now().time_since_epoch().count(); }

void Background::start(const std::string& name, MakeStep make_step) {
  jobs_.push_back(std::make_unique<Job>());
  Job& job = *jobs_.back();
  job.name = name;
  heard(job);
  job.thread = std::thread([this, &job, make_step = std::move(make_step)] { run(job, make_step); });
}

void Background::run(Job& job, const MakeStep& make_step) {
  const GiveUp give_up = [this, &job] {
    heard(job);
    return giving_up_.load();
  };
  Step step;
  std::string last_failure;
  milliseconds pause{0};
  while (!wait(job, pause)) {
    try {
      if (!step) step = make_step(give_up);
      pause = step();
      note_database(nullptr);
      if (!last_failure.empty()) log_.line(LogLevel::info, "job_recovered").field("job", job.name);
      last_failure.clear();
    } catch (const db::Unavailable& failure) {
      note_database(failure.what());
      pause = kDatabasePause;
    } catch (const db::OutcomeUnknown& failure) {
      note_database(failure.what());
      pause = kDatabasePause;
    } catch (const std::exception& failure) {
      if (last_failure != failure.what())
        log_.line(LogLevel::error, "job_failed").field("job", job.name).field("reason", failure.what());
      last_failure = failure.what();
      pause = kFailurePause;
    }
  }
  const std::scoped_lock lock(mutex_);
  job.ended = true;
  changed_.notify_all();
}

bool Background::wait(Job& job, milliseconds pause) {
  const auto until = Steady::now() + pause;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    heard(job);
    const auto now = Steady::now();
    if (now >= until) return false;
    changed_.wait_until(lock, std::min(until, now + kBeat));
  }
  return true;
}

void Background::note_database(const char* failure) {
  const std::scoped_lock lock(mutex_);
  const bool is_away = failure != nullptr;
  if (is_away == database_is_away_) return;
  database_is_away_ = is_away;
  if (is_away)
    log_.line(LogLevel::warning, "database_unavailable").field("reason", failure);
  else
    log_.line(LogLevel::info, "database_available");
}

bool Background::stop(milliseconds limit) {
  bool in_time = true;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    in_time = changed_.wait_for(lock, limit, [this] {
      return std::all_of(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->ended; });
    });
  }
  giving_up_ = true;
  for (const auto& job : jobs_) {
    if (job->thread.joinable()) job->thread.join();
  }
  return in_time;
}

milliseconds Background::longest_silence() const {
  Steady::rep first = Steady::now().time_since_epoch().count();
  for (const auto& job : jobs_) first = std::min(first, job->heard_at.load());
  return std::chrono::duration_cast<milliseconds>(Steady::now().time_since_epoch() - Steady::duration(first));
}

}  // namespace taskward::app
