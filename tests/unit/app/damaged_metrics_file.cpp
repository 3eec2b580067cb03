// A metrics file that is truncated, overwritten or deleted while a process counts in it.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "taskward/app/shared_meter.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/throwaway_folder.hpp"

namespace taskward::app {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using model::Metric;
using model::Sample;

const std::string kApi = R"({pool="api"})";

struct Fixture {
  testing::ThrowawayFolder folder;
  testing::FixedClock clock;
  const std::string log_file = (folder.path() / "log").string();
  const int log_descriptor = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const Log log{log_descriptor, LogLevel::info, clock};
  const fs::path metrics = folder.path() / "metrics";

  Fixture() { fs::create_directory(metrics); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() { ::close(log_descriptor); }

  fs::path file(int number) const { return metrics / (std::to_string(number) + ".metrics"); }
  std::unique_ptr<SharedMeter> process(const std::string& pool = "api") const {
    return std::make_unique<SharedMeter>(metrics.string(), pool, log);
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
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(metrics), fs::directory_iterator()));
  }
  std::size_t lines_with(const std::string& text) const {
    std::ifstream in(log_file);
    std::size_t count = 0;
    for (std::string line; std::getline(in, line);) count += line.find(text) == std::string::npos ? 0U : 1U;
    return count;
  }
  static void count_lockouts(SharedMeter& meter, int times) {
    for (int i = 0; i < times; ++i) meter.add(Metric::lockouts, {}, 1);
  }
};

BOOST_FIXTURE_TEST_SUITE(damaged_metrics_file, Fixture)

BOOST_AUTO_TEST_CASE(counting_continues_in_a_new_file_after_truncation) {
  for (const std::uintmax_t size : {0U, 1U, 4'096U, 4'200U, 200'000U}) {
    const auto meter = process();
    const auto other = process("auth");
    const double before = value(*other, Metric::lockouts);
    fs::resize_file(file(1), size);
    count_lockouts(*meter, 3);
    meter->observe(Metric::http_duration, 1ms, {});
    meter->observe(Metric::http_duration, 2ms, {});
    // The counter's page may have survived, and with it what was counted before.
    const double own = value(*meter, Metric::lockouts);
    BOOST_TEST((own == 3 || own == before + 3), size);
    BOOST_TEST(value(*other, Metric::lockouts) == own, size);
    BOOST_TEST(value(*other, Metric::workers, kApi) == 1, size);
    BOOST_TEST(sample(*other, Metric::http_duration, kApi).nanoseconds >= 3'000'000U, size);
    count_lockouts(*meter, 10);
    BOOST_TEST(value(*other, Metric::lockouts) == own + 10, size);
  }
  BOOST_TEST(lines_with("metrics_file_replaced") == 5U);
}

BOOST_AUTO_TEST_CASE(truncated_file_is_replaced_by_counting_alone) {
  const auto meter = process();
  const auto other = process("auth");
  count_lockouts(*meter, 5);
  fs::resize_file(file(1), 0);
  count_lockouts(*meter, 3);
  BOOST_TEST(lines_with("metrics_file_replaced") == 1U);
  BOOST_TEST(value(*other, Metric::lockouts) == 3);
}

BOOST_AUTO_TEST_CASE(file_that_is_truncated_while_nothing_is_counted_is_replaced_by_the_next_report) {
  const auto meter = process();
  fs::resize_file(file(1), 0);
  for (int i = 0; i < 3; ++i) BOOST_TEST(value(*meter, Metric::workers, kApi) == 1);
  BOOST_TEST(lines_with("metrics_file_replaced") == 1U);
  BOOST_TEST(lines_with("") == 1U);
  BOOST_TEST(files() == 2U);
}

BOOST_AUTO_TEST_CASE(gauges_keep_their_values) {
  const auto meter = process();
  const auto other = process("auth");
  meter->add(Metric::open_connections, {}, 7);
  fs::resize_file(file(1), 0);
  meter->add(Metric::open_connections, {}, -2);
  BOOST_TEST(value(*meter, Metric::open_connections, kApi) == 5);
  BOOST_TEST(value(*other, Metric::open_connections, kApi) == 5);
  meter->add(Metric::open_connections, {}, -5);
  BOOST_TEST(value(*other, Metric::open_connections, kApi) == 0);
}

BOOST_AUTO_TEST_CASE(deleted_file_is_replaced_and_no_count_is_lost) {
  const auto meter = process();
  const auto other = process("auth");
  count_lockouts(*meter, 5);
  fs::remove(file(1));
  BOOST_TEST(value(*meter, Metric::lockouts) == 5);
  count_lockouts(*meter, 1);
  BOOST_TEST(value(*other, Metric::lockouts) == 6);
  BOOST_TEST(value(*other, Metric::workers, kApi) == 1);
  BOOST_TEST(lines_with("metrics_file_replaced") == 1U);
}

BOOST_AUTO_TEST_CASE(overwritten_header_is_noticed) {
  const auto meter = process();
  const auto other = process("auth");
  count_lockouts(*meter, 5);
  std::fstream(file(1), std::ios::in | std::ios::out | std::ios::binary) << std::string(64, 'x');
  BOOST_TEST(value(*meter, Metric::lockouts) == 5);
  BOOST_TEST(value(*other, Metric::lockouts) == 5);
}

BOOST_AUTO_TEST_CASE(without_the_folder_counting_continues_in_private_memory) {
  const auto meter = process();
  fs::remove_all(metrics);
  count_lockouts(*meter, 4);
  for (int i = 0; i < 3; ++i) BOOST_TEST(value(*meter, Metric::lockouts) == 4);
  BOOST_TEST(lines_with("metrics_skipped") == 1U);
  fs::create_directory(metrics);
  count_lockouts(*meter, 1);
  BOOST_TEST(value(*meter, Metric::lockouts) == 5);
  BOOST_TEST(value(*process("auth"), Metric::lockouts) == 5);
}

BOOST_AUTO_TEST_CASE(truncation_while_many_threads_count_ends_nothing) {
  const auto meter = process();
  const auto other = process("auth");
  constexpr int threads = 4;
  constexpr int rounds = 20'000;
  {
    std::vector<std::jthread> counting;
    for (int i = 0; i < threads; ++i) {
      counting.emplace_back([&] {
        for (int round = 0; round < rounds; ++round) {
          meter->add(Metric::http_requests, {"route" + std::to_string(round % 50), "GET", "200"}, 1);
          meter->observe(Metric::http_duration, 1ms, {});
          meter->add(Metric::open_connections, {}, round % 2 == 0 ? 1 : -1);
        }
      });
    }
    for (int number = 1; number <= 8; ++number) {
      std::this_thread::sleep_for(3ms);
      for (const auto& entry : fs::directory_iterator(metrics)) fs::resize_file(entry.path(), 0);
      static_cast<void>(meter->samples());
    }
  }
  BOOST_TEST(value(*meter, Metric::open_connections, kApi) == 0);
  // Nothing is lost any more.
  const double before = value(*meter, Metric::lockouts);
  {
    std::vector<std::jthread> counting;
    for (int i = 0; i < threads; ++i) counting.emplace_back([&] { count_lockouts(*meter, rounds); });
  }
  BOOST_TEST(value(*meter, Metric::lockouts) == before + threads * rounds);
  BOOST_TEST(value(*other, Metric::lockouts) == before + threads * rounds);
}

BOOST_AUTO_TEST_CASE(endless_truncation_ends_the_replacements_and_not_the_process) {
  const auto meter = process();
  for (int i = 0; i < 40; ++i) {
    for (const auto& entry : fs::directory_iterator(metrics)) fs::resize_file(entry.path(), 0);
    count_lockouts(*meter, 2);
    BOOST_TEST(value(*meter, Metric::workers, kApi) >= 0);
  }
  BOOST_TEST(files() <= 20U);
  BOOST_TEST(lines_with("damaged repeatedly") == 1U);
}

BOOST_AUTO_TEST_CASE(replaced_file_is_taken_over_by_a_later_process) {
  auto meter = process();
  fs::resize_file(file(1), 100);
  count_lockouts(*meter, 2);
  meter.reset();
  const auto one = process();
  const auto two = process();
  BOOST_TEST(files() == 2U);
  BOOST_TEST(value(*one, Metric::lockouts) == 2);
  BOOST_TEST(value(*two, Metric::workers, kApi) == 2);
  BOOST_TEST(lines_with("metrics_skipped") == 0U);
}

BOOST_AUTO_TEST_CASE(counts_of_a_killed_process_with_a_replaced_file_are_kept) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto doomed = process();
    fs::resize_file(file(1), 0);
    count_lockouts(*doomed, 1000);
    ::kill(::getpid(), SIGKILL);
  }
  BOOST_TEST_REQUIRE(child > 0);
  int status = 0;
  BOOST_TEST(::waitpid(child, &status, 0) == child);
  BOOST_TEST_REQUIRE(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGKILL);
  BOOST_TEST(value(*process(), Metric::lockouts) == 1000);
}

BOOST_AUTO_TEST_CASE(bus_error_elsewhere_still_terminates_the_process) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGBUS, SIG_DFL);  // Boost.Test has a handler of its own
    const auto meter = process();
    const int descriptor = ::open((folder.path() / "other").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    auto* const memory =
        static_cast<volatile char*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0));
    memory[0] = 'x';
    ::_exit(0);
  }
  BOOST_TEST_REQUIRE(child > 0);
  int status = 0;
  BOOST_TEST(::waitpid(child, &status, 0) == child);
  BOOST_TEST_REQUIRE(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGBUS);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::app
