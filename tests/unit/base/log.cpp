#include "taskward/base/log.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "taskward/base/secret.hpp"
#include "taskward/base/utf8.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/unit/support_json.hpp"

namespace taskward {
namespace {

using testing::object_in;
using testing::text_of;

template <class T>
concept Loggable = requires(LogLine& line, const T& value) {
  line.field("key", value);
};
static_assert(Loggable<std::string> && Loggable<int> && Loggable<const char*> && !Loggable<Secret>);

/// A pipe that a thread drains, so that writers never block.
class Journal {
 public:
  Journal() {
    if (::pipe(ends_) != 0) throw std::runtime_error("cannot create a pipe");
    reader_ = std::thread([this] {
      std::vector<char> buffer(65536);
      for (ssize_t size = 0; (size = ::read(ends_[0], buffer.data(), buffer.size())) > 0;) {
        text_.append(buffer.data(), static_cast<std::size_t>(size));
      }
    });
  }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal() {
    finish();
    ::close(ends_[0]);
  }

  [[nodiscard]] int descriptor() const { return ends_[1]; }

  /// Closes the pipe and returns everything that was written.
  std::vector<std::string> lines() {
    finish();
    std::vector<std::string> out;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      out.push_back(text_.substr(begin, end - begin));
    }
    if (begin != text_.size()) throw std::runtime_error("the journal does not end with a line break");
    return out;
  }

 private:
  void finish() {
    if (!reader_.joinable()) return;
    ::close(ends_[1]);
    reader_.join();
  }

  int ends_[2]{};
  std::string text_;
  std::thread reader_;
};

struct LogFixture {
  testing::FixedClock clock{std::chrono::sys_days(std::chrono::year(2026) / 1 / 31)};
  Journal journal;
  Log log{journal.descriptor(), LogLevel::debug, clock};
};

BOOST_FIXTURE_TEST_SUITE(log, LogFixture)

BOOST_AUTO_TEST_CASE(log_line_has_time_level_event_and_fields_in_order) {
  log.line(LogLevel::info, "request").field("status", 200).field("route", "me");
  BOOST_TEST(
      journal.lines().at(0) ==
      R"({"time":"2026-01-31T00:00:00.000Z","level":"info","event":"request","status":200,"route":"me"})");
}

BOOST_AUTO_TEST_CASE(every_byte_stays_within_its_log_line) {
  for (int c = 0; c < 256; ++c) {
    const std::string hostile = "a" + std::string(1, static_cast<char>(c)) + "\"\\\n}";
    log.line(LogLevel::info, hostile).field(hostile + "key", hostile);
  }
  const auto lines = journal.lines();
  BOOST_REQUIRE_EQUAL(lines.size(), 256U);
  for (std::size_t c = 0; c < lines.size(); ++c) {
    const auto object = object_in(lines[c]);
    const std::string middle = c < 0x80 ? std::string(1, static_cast<char>(c)) : "\xEF\xBF\xBD";
    BOOST_TEST(text_of(object, "event") == "a" + middle + "\"\\\n}");
    BOOST_TEST(text_of(object, "a" + middle + "\"\\\n}key") == "a" + middle + "\"\\\n}");
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_are_logged_as_valid_json_on_one_line) {
  std::mt19937 generator(7);  // NOLINT: fixed seed, so that each run tests the same bytes
  std::uniform_int_distribution<int> byte(0, 255);
  std::uniform_int_distribution<int> length(0, 40);
  for (int i = 0; i < 500; ++i) {
    std::string noise(static_cast<std::size_t>(length(generator)), '\0');
    for (char& c : noise) c = static_cast<char>(byte(generator));
    log.line(LogLevel::error, "noise").field("noise", noise);
  }
  const auto lines = journal.lines();
  BOOST_REQUIRE_EQUAL(lines.size(), 500U);
  for (const auto& line : lines) {
    BOOST_TEST(code_points(line).has_value());
    BOOST_CHECK_NO_THROW(static_cast<void>(object_in(line)));
  }
}

BOOST_AUTO_TEST_CASE(non_ascii_text_is_logged_unescaped) {
  log.line(LogLevel::info, "Zoë 🦊");
  BOOST_TEST(text_of(object_in(journal.lines().at(0)), "event") == "Zoë 🦊");
}

BOOST_AUTO_TEST_CASE(logged_integers_keep_the_64_bit_range) {
  log.line(LogLevel::info, "n").field("least", INT64_MIN).field("most", INT64_MAX);
  const auto object = object_in(journal.lines().at(0));
  BOOST_TEST(*json::find(object, "least")->get_if<std::int64_t>() == INT64_MIN);
  BOOST_TEST(*json::find(object, "most")->get_if<std::int64_t>() == INT64_MAX);
}

BOOST_AUTO_TEST_CASE(lines_below_the_minimum_level_are_dropped) {
  constexpr std::array levels{LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error};
  for (const LogLevel lowest : levels) {
    const Log filtered(journal.descriptor(), lowest, clock);
    for (const LogLevel level : levels) {
      filtered.line(level, "event").field("lowest", name(lowest)).field("number", 1);
    }
  }
  std::string seen;
  for (const auto& line : journal.lines()) {
    const auto object = object_in(line);
    seen += text_of(object, "lowest") + ':' + text_of(object, "level") + ' ';
  }
  BOOST_TEST(seen ==
             "debug:debug debug:info debug:warning debug:error info:info info:warning info:error "
             "warning:warning warning:error error:error ");
}

BOOST_AUTO_TEST_CASE(log_levels_are_parsed_by_their_exact_names) {
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    BOOST_TEST((log_level(name(level)) == level));
  }
  for (const std::string_view other : {"", "INFO", "warn", "debug ", "fatal"}) BOOST_TEST(!log_level(other));
}

BOOST_AUTO_TEST_CASE(log_lines_of_concurrent_threads_do_not_interleave) {
  constexpr int threads = 8;
  constexpr int each = 400;
  const std::string filler(1000, 'f');
  std::vector<std::thread> writers;
  for (int t = 0; t < threads; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < each; ++i) {
        log.line(LogLevel::info, "event").field("thread", t).field("i", i).field("filler", filler);
      }
    });
  }
  for (auto& writer : writers) writer.join();
  const auto lines = journal.lines();
  BOOST_REQUIRE_EQUAL(lines.size(), static_cast<std::size_t>(threads) * each);
  std::array<std::int64_t, threads> next{};
  for (const auto& line : lines) {
    const auto object = object_in(line);
    const auto thread = static_cast<std::size_t>(*json::find(object, "thread")->get_if<std::int64_t>());
    BOOST_REQUIRE_EQUAL(*json::find(object, "i")->get_if<std::int64_t>(), next.at(thread)++);
    BOOST_REQUIRE_EQUAL(text_of(object, "filler"), filler);
  }
}

BOOST_AUTO_TEST_CASE(failed_log_write_is_ignored) {
  const Log closed(-1, LogLevel::debug, clock);
  BOOST_CHECK_NO_THROW(closed.line(LogLevel::error, "event").field("key", "value"));
}

BOOST_AUTO_TEST_CASE(characters_that_control_a_terminal_are_escaped) {
  std::string out;
  append_json_string(out, "a\x1b\x7f\xc2\x80\xc2\x9b\xc2\x9f\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6z");
  BOOST_TEST(out == R"("a\u001b\u007f\u0080\u009b\u009f\u2028\u202e\u2066z")");
  out.clear();
  append_json_string(out, "b\xc3\xbc \xc2\xa0\xe2\x82\xac \xf0\x9f\x98\x80");
  BOOST_TEST(out == "\"b\xc3\xbc \xc2\xa0\xe2\x82\xac \xf0\x9f\x98\x80\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
