// Metrics shared by several processes through files in one folder, and damaged or foreign files there.
#include "taskward/app/shared_meter.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "tests/support/fixed_clock.hpp"
#include "tests/support/throwaway_folder.hpp"

namespace taskward::app {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using model::Metric;
using model::Sample;

struct MeterFixture {
  testing::ThrowawayFolder folder;
  testing::FixedClock clock;
  const std::string log_file = (folder.path() / "log").string();
  const int log_descriptor = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const Log log{log_descriptor, LogLevel::info, clock};

  MeterFixture() = default;
  MeterFixture(const MeterFixture&) = delete;
  MeterFixture& operator=(const MeterFixture&) = delete;
  ~MeterFixture() { ::close(log_descriptor); }

  std::string path() const { return folder.path().string(); }
  fs::path file(int number) const { return folder.path() / (std::to_string(number) + ".metrics"); }
  /// The meter of one process of the pool.
  std::unique_ptr<SharedMeter> meter_of_process(const std::string& pool = "api") const {
    return std::make_unique<SharedMeter>(path(), pool, log);
  }
  static Sample sample(const model::Meter& meter, Metric metric, const std::string& labels = {}) {
    const auto all = meter.samples();
    const auto found = all.find({metric, labels});
    return found == all.end() ? Sample{-1, {}, 0} : found->second;
  }
  static double value(const model::Meter& meter, Metric metric, const std::string& labels = {}) {
    return sample(meter, metric, labels).value;
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder.path()))
      if (entry.path().extension() == ".metrics") ++count;
    return count;
  }
  std::size_t lines_with(const std::string& text) const {
    std::ifstream in(log_file);
    std::size_t count = 0;
    for (std::string line; std::getline(in, line);) count += line.find(text) == std::string::npos ? 0U : 1U;
    return count;
  }
};

const std::string kApi = R"({pool="api"})";
const std::string kAuth = R"({pool="auth"})";

BOOST_FIXTURE_TEST_SUITE(shared_meter, MeterFixture)

BOOST_AUTO_TEST_CASE(every_process_reports_the_sum_over_all_processes) {
  const auto one = meter_of_process();
  const auto two = meter_of_process();
  const auto other = meter_of_process("auth");
  one->add(Metric::logins, {"password", "success"}, 1);
  two->add(Metric::logins, {"password", "success"}, 2);
  other->add(Metric::logins, {"password", "invalid_credentials"}, 4);
  one->observe(Metric::http_duration, 1ms, {});
  two->observe(Metric::http_duration, 3s, {});
  two->observe(Metric::http_duration, -1ns, {});
  for (const auto* meter : {one.get(), two.get(), other.get()}) {
    BOOST_TEST(value(*meter, Metric::logins, R"({method="password",outcome="success"})") == 3);
    BOOST_TEST(value(*meter, Metric::logins, R"({method="password",outcome="invalid_credentials"})") == 4);
    BOOST_TEST(value(*meter, Metric::workers, kApi) == 2);
    BOOST_TEST(value(*meter, Metric::workers, kAuth) == 1);
    const Sample total = sample(*meter, Metric::http_duration, kApi);
    BOOST_TEST(total.nanoseconds == 3'001'000'000U);
    BOOST_TEST(total.buckets[model::bucket_of(1ms)] == 1U);
    BOOST_TEST(total.buckets[model::bucket_of(3s)] == 1U);
    BOOST_TEST(total.buckets[0] == 1U);
  }
  BOOST_TEST(files() == 3U);
  BOOST_TEST(lines_with("") == 0U);
}

BOOST_AUTO_TEST_CASE(counter_without_labels_starts_at_zero) {
  BOOST_TEST(value(*meter_of_process(), Metric::lockouts) == 0);
  BOOST_TEST(value(*meter_of_process(), Metric::limit_refusals, R"({limit="login"})") == -1);
}

BOOST_AUTO_TEST_CASE(counters_outlive_their_process_but_gauges_do_not) {
  const auto witness = meter_of_process("background");
  auto one = meter_of_process();
  one->add(Metric::lockouts, {}, 5);
  one->add(Metric::open_connections, {}, 7);
  one->observe(Metric::database_wait, 1ms, {});
  BOOST_TEST(value(*witness, Metric::open_connections, kApi) == 7);
  one.reset();
  const auto expect_counts = [&](const model::Meter& meter) {
    BOOST_TEST(value(meter, Metric::lockouts) == 5);
    BOOST_TEST(sample(meter, Metric::database_wait, kApi).nanoseconds == 1'000'000U);
  };
  expect_counts(*witness);
  BOOST_TEST(value(*witness, Metric::open_connections, kApi) == -1);
  BOOST_TEST(value(*witness, Metric::workers, kApi) == -1);
  // The next process continues in the file, whatever its pool.
  const auto next = meter_of_process("auth");
  BOOST_TEST(files() == 2U);
  expect_counts(*next);
  expect_counts(*witness);
  BOOST_TEST(value(*witness, Metric::open_connections, kApi) == 0);
  next->add(Metric::lockouts, {}, 1);
  BOOST_TEST(value(*witness, Metric::lockouts) == 6);
}

BOOST_AUTO_TEST_CASE(counts_of_a_killed_process_are_kept) {
  const auto witness = meter_of_process();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto killed = meter_of_process();
    for (int i = 0; i < 1000; ++i) killed->add(Metric::lockouts, {}, 1);
    ::kill(::getpid(), SIGKILL);
  }
  BOOST_TEST_REQUIRE(child > 0);
  int status = 0;
  BOOST_TEST(::waitpid(child, &status, 0) == child);
  BOOST_TEST_REQUIRE(WIFSIGNALED(status));
  BOOST_TEST(value(*witness, Metric::lockouts) == 1000);
  BOOST_TEST(value(*witness, Metric::workers, kApi) == 1);
  const auto next = meter_of_process();
  BOOST_TEST(value(*next, Metric::lockouts) == 1000);
  BOOST_TEST(files() == 2U);
}

BOOST_AUTO_TEST_CASE(concurrent_threads_lose_no_counts) {
  const auto meter = meter_of_process();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&meter, i] {
        for (int round = 0; round < 20'000; ++round) {
          meter->add(Metric::http_requests, {"route" + std::to_string(round % 50), "GET", "200"}, 1);
          meter->observe(Metric::http_duration, 1ms * i, {});
        }
      });
    }
    // Reads concurrently with the writers.
    for (int i = 0; i < 20; ++i) static_cast<void>(meter->samples());
  }
  double sum = 0;
  for (const auto& [series, sample] : meter->samples())
    if (series.first == Metric::http_requests) sum += sample.value;
  BOOST_TEST(sum == 8 * 20'000);
  std::uint64_t observed = 0;
  for (const std::uint64_t count : sample(*meter, Metric::http_duration, kApi).buckets) observed += count;
  BOOST_TEST(observed == 8U * 20'000U);
}

BOOST_AUTO_TEST_CASE(foreign_files_are_ignored_and_logged_once) {
  std::ofstream(folder.path() / "text.metrics") << std::string(300'000, 'x');
  std::ofstream(folder.path() / "short.metrics") << "taskward metrics";
  std::ofstream(folder.path() / "empty.metrics").close();
  std::ofstream(folder.path() / "unrelated") << "x";
  fs::create_directory(folder.path() / "folder.metrics");
  fs::create_symlink("text.metrics", folder.path() / "link.metrics");
  const auto meter = meter_of_process();
  meter->add(Metric::lockouts, {}, 2);
  for (int i = 0; i < 3; ++i) BOOST_TEST(value(*meter, Metric::lockouts) == 2);
  for (const char* name : {"text", "short", "folder", "link"})
    BOOST_TEST(lines_with("/" + std::string(name) + ".metrics") == 1U, name);
  BOOST_TEST(lines_with("") == 4U);
}

BOOST_AUTO_TEST_CASE(file_truncated_during_use_crashes_no_reader) {
  const auto meter = meter_of_process();
  auto other = meter_of_process();
  other->add(Metric::lockouts, {}, 1);
  BOOST_TEST(value(*meter, Metric::lockouts) == 1);
  for (const std::uintmax_t size : {200'000U, 4'196U, 4'096U, 100U, 10U}) {
    fs::resize_file(file(2), size);
    BOOST_TEST(value(*meter, Metric::lockouts) == 0, size);
  }
  BOOST_TEST(lines_with("2.metrics") == 1U);
}

BOOST_AUTO_TEST_CASE(damaged_metrics_file_is_ignored) {
  const auto meter = meter_of_process();
  meter_of_process()->add(Metric::lockouts, {}, 1);
  const auto overwrite = [&](std::streamoff offset, const std::string& bytes) {
    std::fstream out(file(2), std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(offset);
    out << bytes;
  };
  BOOST_TEST(value(*meter, Metric::lockouts) == 1);
  overwrite(4096 + 9, std::string(119, 'k'));  // unterminated key in the first slot
  BOOST_TEST(value(*meter, Metric::lockouts) == 0);
  overwrite(4096 + 9,
            std::string("taskward_lockouts_total{x") + '\0');  // malformed key: only this series is ignored
  BOOST_TEST(value(*meter, Metric::lockouts) == 1);
  overwrite(24, std::string(8, '\x7f'));  // slot count beyond the capacity
  BOOST_TEST(value(*meter, Metric::lockouts) == 0);
  // No process continues in a damaged file.
  const auto next = meter_of_process();
  next->add(Metric::lockouts, {}, 3);
  BOOST_TEST(value(*meter, Metric::lockouts) == 3);
  BOOST_TEST(files() == 3U);
}

BOOST_AUTO_TEST_CASE(process_without_a_folder_counts_alone_and_logs_it_once) {
  for (const std::string& nowhere : {path() + "/nowhere", log_file}) {
    const SharedMeter meter(nowhere, "api", log);
    SharedMeter other(nowhere, "api", log);
    other.add(Metric::lockouts, {}, 1);
    BOOST_TEST(value(meter, Metric::lockouts) == 0);
    BOOST_TEST(value(other, Metric::lockouts) == 1);
    BOOST_TEST(value(other, Metric::workers, kApi) == 1);
  }
  BOOST_TEST(lines_with("metrics_not_shared") == 4U);
  BOOST_TEST(lines_with("") == 4U);
}

BOOST_AUTO_TEST_CASE(series_beyond_the_capacity_are_dropped_harmlessly) {
  const auto meter = meter_of_process();
  for (int i = 0; i < 5'000; ++i) meter->add(Metric::limit_refusals, {std::to_string(i)}, 1);
  meter->add(Metric::limit_refusals, {std::string(200, 'x')}, 1);
  meter->add(Metric::limit_refusals, {"0"}, 1);
  meter->add(Metric::lockouts, {}, 1);
  BOOST_TEST(value(*meter, Metric::limit_refusals, R"({limit="0"})") == 2);
  BOOST_TEST(value(*meter, Metric::lockouts) == 1);
  BOOST_TEST(value(*meter, Metric::limit_refusals, R"({limit="4999"})") == -1);
  BOOST_TEST(lines_with("metrics_skipped") == 1U);
}

BOOST_AUTO_TEST_CASE(samples_with_wrong_labels_are_dropped_harmlessly) {
  const auto meter = meter_of_process();
  meter->add(Metric::logins, {"password"}, 1);
  meter->add(Metric::lockouts, {"x"}, 1);
  BOOST_TEST(value(*meter, Metric::lockouts) == 0);
  BOOST_TEST(lines_with("metrics_skipped") == 2U);
}

BOOST_AUTO_TEST_CASE(counting_a_request_takes_less_than_5_microseconds, *boost::unit_test::label("timing")) {
  const auto meter = meter_of_process();
  constexpr int rounds = 200'000;
  const auto started = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) {
    meter->add(Metric::http_requests, {"read_task", "GET", "200"}, 1);
    meter->observe(Metric::http_duration, std::chrono::microseconds(i % 2000), {});
    meter->observe(Metric::database_wait, std::chrono::microseconds(i % 1000), {});
  }
  const auto each =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - started) /
      rounds;
  BOOST_TEST_MESSAGE("counting a request takes " << each.count() << " ns");
  // Ten times the budget, because tests also run on busy machines and with sanitizers.
  BOOST_TEST(each.count() < 5'000);
}

BOOST_AUTO_TEST_CASE(program_that_counts_nothing_reads_counts_and_living_processes) {
  {
    const auto ended = meter_of_process("auth");
    ended->add(Metric::lockouts, {}, 3);
    const auto living = meter_of_process("api");
    living->add(Metric::lockouts, {}, 4);
    const HostMetrics both = read_host_metrics(path());
    BOOST_TEST(both.samples.at({Metric::lockouts, ""}).value == 7);
    BOOST_TEST_REQUIRE(both.processes.size() == 1U);  // both meters are in this process
    BOOST_TEST(both.processes[0].process == ::getpid());
  }
  const HostMetrics none = read_host_metrics(path());
  BOOST_TEST(none.samples.at({Metric::lockouts, ""}).value == 7);
  BOOST_TEST(none.processes.empty());
  BOOST_CHECK_THROW(static_cast<void>(read_host_metrics(path() + "/missing")), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::app
