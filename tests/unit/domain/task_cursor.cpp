#include "src/domain/task_cursor.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "taskward/crypto/encoding.hpp"
#include "tests/support/counting_random.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::domain {
namespace {

using model::SortOrder;
using model::TaskFilter;
using model::TaskLocation;
using model::TaskPriority;
using model::TaskSort;
using model::TaskStatus;

struct CursorFixture {
  testing::FixedClock clock;
  testing::CountingRandom random{1};
  Secret key{std::string(32, 'k')};
  UserId owner = UserId::make(clock, random);
  store::TaskPosition position{"a key", TaskId::make(clock, random)};

  [[nodiscard]] std::string cursor_for(const TaskFilter& filter = {}) const {
    return task_cursor(position, key, owner, filter);
  }
  [[nodiscard]] bool is_accepted(std::string_view text, const TaskFilter& filter = {}) const {
    return read_task_cursor(text, key, owner, filter).has_value();
  }
};

Timestamp timestamp(std::int64_t microseconds) { return Timestamp(std::chrono::microseconds(microseconds)); }

/// Filters that select different lists or orders, with values that an ambiguous encoding would confuse.
std::vector<TaskFilter> different_filters() {
  std::vector<TaskFilter> all{TaskFilter{}};
  const auto add = [&](const std::function<void(TaskFilter&)>& change) { change(all.emplace_back()); };
  for (const TaskSort sort :
       {TaskSort::updated_at, TaskSort::due_at, TaskSort::priority, TaskSort::title, TaskSort::relevance}) {
    add([&](TaskFilter& one) { one.sort = sort; });
  }
  add([](TaskFilter& one) { one.order = SortOrder::ascending; });
  add([](TaskFilter& one) { one.place = TaskLocation::trash; });
  for (const auto& statuses : std::vector<std::vector<TaskStatus>>{
           {TaskStatus::todo}, {TaskStatus::done}, {TaskStatus::todo, TaskStatus::done}}) {
    add([&](TaskFilter& one) { one.statuses = statuses; });
  }
  for (const auto& priorities : std::vector<std::vector<TaskPriority>>{
           {TaskPriority::none}, {TaskPriority::low}, {TaskPriority::none, TaskPriority::low}}) {
    add([&](TaskFilter& one) { one.priorities = priorities; });
  }
  for (const auto& tags : std::vector<std::vector<std::string>>{{"a"},
                                                                {"a", "b"},
                                                                {"ab"},
                                                                {"a b"},
                                                                {"a,b"},
                                                                {"todo"},
                                                                {"0"},
                                                                {"1"},
                                                                {"0", "0"},
                                                                {"1", "a"},
                                                                {"2", "a"},
                                                                {"none"},
                                                                {"list"},
                                                                {"1970-01-01T00:00:00.000000Z"},
                                                                {"a", "0", "1970-01-01T00:00:00.000000Z"}}) {
    add([&](TaskFilter& one) { one.tags = tags; });
  }
  for (const std::int64_t due : {-1, 0, 1, 1000, 1001}) {
    add([&](TaskFilter& one) { one.due_after = timestamp(due); });
    add([&](TaskFilter& one) { one.due_before = timestamp(due); });
  }
  add([](TaskFilter& one) { one.due_after = one.due_before = timestamp(0); });
  for (const char* text :
       {"a", "b", "a b", "ab", "A", "0", "todo", "1970-01-01T00:00:00.000000Z", " a", "a "}) {
    add([&](TaskFilter& one) { one.text = text; });
  }
  return all;
}

BOOST_FIXTURE_TEST_SUITE(task_cursors, CursorFixture)

BOOST_AUTO_TEST_CASE(cursor_decodes_to_its_position_for_any_sort_key) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const std::vector<std::optional<std::string>> keys{std::nullopt,
                                                     "",
                                                     "=",
                                                     "==",
                                                     "2026-01-31 12:00:00.123456+00",
                                                     "0.060792686",
                                                     std::string(1, '\0'),
                                                     std::string("\0\xff=\n", 4),
                                                     every_byte,
                                                     std::string(800, '\xf0')};
  std::set<std::string> cursors;
  for (const auto& one : keys) {
    position.key = one;
    const std::string text = cursor_for();
    const auto decoded = read_task_cursor(text, key, owner, {});
    BOOST_REQUIRE(decoded);
    BOOST_TEST((decoded->id == position.id));
    BOOST_TEST((decoded->key == one));
    BOOST_TEST(cursors.insert(text).second);
  }
}

BOOST_AUTO_TEST_CASE(cursor_decodes_to_its_position_for_any_id) {
  for (int i = 0; i < 50; ++i) {
    position.id = i == 0 ? TaskId{} : TaskId::make(clock, random);
    position.key = i % 2 == 0 ? std::nullopt : std::optional<std::string>("k");
    const auto decoded = read_task_cursor(cursor_for(), key, owner, {});
    BOOST_TEST_REQUIRE((decoded && decoded->id == position.id));
  }
}

BOOST_AUTO_TEST_CASE(cursor_needs_no_escaping_in_a_query) {
  position.key = std::string(500, '\xfb');
  const std::string text = cursor_for();
  BOOST_TEST(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(cursor_with_any_bit_changed_is_rejected) {
  for (const std::optional<std::string>& one :
       {std::optional<std::string>(), std::optional<std::string>("title")}) {
    position.key = one;
    const std::string text = cursor_for();
    BOOST_REQUIRE(is_accepted(text));
    const std::string bytes = *crypto::from_base64url(text);
    for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
      BOOST_TEST(!is_accepted(crypto::base64url(testing::with_bit_flipped(bytes, i))), i);
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (const char c : {'A', 'B', '_', '=', ' ', '\0'}) {
        std::string changed = text;
        changed[i] = c;
        BOOST_TEST(is_accepted(changed) == (changed == text), i);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(truncated_extended_or_forged_cursor_is_rejected) {
  const std::string text = cursor_for();
  const std::string bytes = *crypto::from_base64url(text);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    BOOST_TEST(!is_accepted(crypto::base64url(bytes.substr(0, length))), length);
    BOOST_TEST(!is_accepted(crypto::base64url(bytes.substr(length + 1))), length);
  }
  for (const std::string& bad :
       {std::string(), text + "=", text + "A", text + "AA", text + "AAAA", ' ' + text, text + '\n',
        text + text, std::string(43, 'A'), std::string(64, 'A'), std::string("null"), std::string("..."),
        std::string(100'000, '_'), position.id.text()}) {
    BOOST_TEST(!is_accepted(bad), bad.substr(0, 80));
  }
}

BOOST_AUTO_TEST_CASE(sort_key_and_filter_cannot_be_confused) {
  // The authenticated bytes are the same in total, but split differently between key and filter.
  position.key = "=x";
  const std::string bytes = *crypto::from_base64url(cursor_for());
  TaskFilter longer;
  longer.text = std::string("\0", 1) + bytes.substr(16);
  BOOST_TEST(!is_accepted(crypto::base64url(bytes.substr(0, 16) + bytes.substr(17))));
  BOOST_TEST(!is_accepted(crypto::base64url(bytes), longer));
}

BOOST_AUTO_TEST_CASE(cursor_of_another_owner_or_secret_key_is_rejected) {
  const std::string text = cursor_for();
  UserId other = owner;
  other.uuid.bytes[15] ^= 1U;
  BOOST_TEST(!read_task_cursor(text, key, other, {}));
  BOOST_TEST(!read_task_cursor(text, key, UserId{}, {}));
  BOOST_TEST(!read_task_cursor(text, Secret(std::string(32, 'l')), owner, {}));
  BOOST_TEST(!read_task_cursor(text, Secret(std::string(31, 'k')), owner, {}));
  BOOST_TEST(!read_task_cursor(text, Secret(), owner, {}));
}

BOOST_AUTO_TEST_CASE(cursor_of_another_filter_is_rejected) {
  const auto filters = different_filters();
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const std::string text = cursor_for(filters[i]);
    for (std::size_t k = 0; k < filters.size(); ++k)
      BOOST_TEST(is_accepted(text, filters[k]) == (i == k), i << " for " << k);
  }
}

BOOST_AUTO_TEST_CASE(different_filters_have_different_cursors) {
  std::set<std::string> cursors;
  const auto filters = different_filters();
  for (const TaskFilter& filter : filters) cursors.insert(cursor_for(filter));
  BOOST_TEST(cursors.size() == filters.size());
}

BOOST_AUTO_TEST_CASE(order_of_filter_values_does_not_matter) {
  TaskFilter filter;
  filter.statuses = {TaskStatus::todo, TaskStatus::in_progress, TaskStatus::done};
  filter.priorities = {TaskPriority::none, TaskPriority::high, TaskPriority::urgent};
  filter.tags = {"a", "b", "c"};
  const std::string text = cursor_for(filter);
  TaskFilter other = filter;
  std::reverse(other.statuses.begin(), other.statuses.end());
  BOOST_TEST(is_accepted(text, other));
  std::rotate(other.priorities.begin(), other.priorities.begin() + 1, other.priorities.end());
  BOOST_TEST(is_accepted(text, other));
  std::swap(other.tags[0], other.tags[2]);
  BOOST_TEST(is_accepted(text, other));
  BOOST_TEST(cursor_for(other) == text);
  other.tags[0] = "d";
  BOOST_TEST(!is_accepted(text, other));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
