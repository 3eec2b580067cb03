#include "src/domain/task_cursor.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "taskward/crypto/encoding.hpp"
#include "tests/support/counting_random.hpp"
#include "tests/support/fixed_clock.hpp"

namespace taskward::domain {
namespace {

using model::SortOrder;
using model::TaskFilter;
using model::TaskPlace;
using model::TaskPriority;
using model::TaskSort;
using model::TaskStatus;

struct Fixture {
  testing::FixedClock clock;
  testing::CountingRandom random{1};
  Secret key{std::string(32, 'k')};
  UserId owner = UserId::make(clock, random);
  store::TaskPosition place{"a key", TaskId::make(clock, random)};

  [[nodiscard]] std::string made(const TaskFilter& filter = {}) const {
    return task_cursor(place, key, owner, filter);
  }
  [[nodiscard]] bool is_read(std::string_view text, const TaskFilter& filter = {}) const {
    return read_task_cursor(text, key, owner, filter).has_value();
  }
};

Timestamp at(std::int64_t microseconds) { return Timestamp(std::chrono::microseconds(microseconds)); }

/// Filters that show different lists, or the same one in another order, each in a spelling that one of the
/// others could be taken for.
std::vector<TaskFilter> different_filters() {
  std::vector<TaskFilter> all{TaskFilter{}};
  const auto add = [&](const std::function<void(TaskFilter&)>& change) { change(all.emplace_back()); };
  for (const TaskSort sort :
       {TaskSort::updated_at, TaskSort::due_at, TaskSort::priority, TaskSort::title, TaskSort::relevance}) {
    add([&](TaskFilter& one) { one.sort = sort; });
  }
  add([](TaskFilter& one) { one.order = SortOrder::ascending; });
  add([](TaskFilter& one) { one.place = TaskPlace::trash; });
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
  for (const std::int64_t moment : {-1, 0, 1, 1000, 1001}) {
    add([&](TaskFilter& one) { one.due_after = at(moment); });
    add([&](TaskFilter& one) { one.due_before = at(moment); });
  }
  add([](TaskFilter& one) { one.due_after = one.due_before = at(0); });
  for (const char* text :
       {"a", "b", "a b", "ab", "A", "0", "todo", "1970-01-01T00:00:00.000000Z", " a", "a "}) {
    add([&](TaskFilter& one) { one.text = text; });
  }
  return all;
}

BOOST_FIXTURE_TEST_SUITE(task_cursors, Fixture)

BOOST_AUTO_TEST_CASE(a_place_is_read_back_whatever_its_key) {
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
    place.key = one;
    const std::string text = made();
    const auto back = read_task_cursor(text, key, owner, {});
    BOOST_REQUIRE(back);
    BOOST_TEST((back->id == place.id));
    BOOST_TEST((back->key == one));
    BOOST_TEST(cursors.insert(text).second);
  }
}

BOOST_AUTO_TEST_CASE(any_id_is_read_back) {
  for (int i = 0; i < 50; ++i) {
    place.id = i == 0 ? TaskId{} : TaskId::make(clock, random);
    place.key = i % 2 == 0 ? std::nullopt : std::optional<std::string>("k");
    const auto back = read_task_cursor(made(), key, owner, {});
    BOOST_TEST_REQUIRE((back && back->id == place.id));
  }
}

BOOST_AUTO_TEST_CASE(a_cursor_can_stand_in_a_query_as_it_is) {
  place.key = std::string(500, '\xfb');
  const std::string text = made();
  BOOST_TEST(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cursor_of_which_any_bit_was_changed_is_refused) {
  for (const std::optional<std::string>& one :
       {std::optional<std::string>(), std::optional<std::string>("title")}) {
    place.key = one;
    const std::string text = made();
    BOOST_REQUIRE(is_read(text));
    const std::string bytes = *crypto::from_base64url(text);
    for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
      std::string changed = bytes;
      changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
      BOOST_TEST(!is_read(crypto::base64url(changed)), i);
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (const char c : {'A', 'B', '_', '=', ' ', '\0'}) {
        std::string changed = text;
        changed[i] = c;
        BOOST_TEST(is_read(changed) == (changed == text), i);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cursor_that_was_cut_lengthened_or_made_up_is_refused) {
  const std::string text = made();
  const std::string bytes = *crypto::from_base64url(text);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    BOOST_TEST(!is_read(crypto::base64url(bytes.substr(0, length))), length);
    BOOST_TEST(!is_read(crypto::base64url(bytes.substr(length + 1))), length);
  }
  for (const std::string& bad :
       {std::string(), text + "=", text + "A", text + "AA", text + "AAAA", ' ' + text, text + '\n',
        text + text, std::string(43, 'A'), std::string(64, 'A'), std::string("null"), std::string("..."),
        std::string(100'000, '_'), place.id.text()}) {
    BOOST_TEST(!is_read(bad), bad.substr(0, 80));
  }
}

BOOST_AUTO_TEST_CASE(a_key_cannot_be_moved_into_or_out_of_what_stands_before_it) {
  // The same bytes behind the MAC in total, parted in another way.
  place.key = "=x";
  const std::string bytes = *crypto::from_base64url(made());
  TaskFilter longer;
  longer.text = std::string("\0", 1) + bytes.substr(16);
  BOOST_TEST(!is_read(crypto::base64url(bytes.substr(0, 16) + bytes.substr(17))));
  BOOST_TEST(!is_read(crypto::base64url(bytes), longer));
}

BOOST_AUTO_TEST_CASE(a_cursor_is_its_owner_s_and_its_key_s) {
  const std::string text = made();
  UserId other = owner;
  other.uuid.bytes[15] ^= 1U;
  BOOST_TEST(!read_task_cursor(text, key, other, {}));
  BOOST_TEST(!read_task_cursor(text, key, UserId{}, {}));
  BOOST_TEST(!read_task_cursor(text, Secret(std::string(32, 'l')), owner, {}));
  BOOST_TEST(!read_task_cursor(text, Secret(std::string(31, 'k')), owner, {}));
  BOOST_TEST(!read_task_cursor(text, Secret(), owner, {}));
}

BOOST_AUTO_TEST_CASE(a_cursor_of_one_list_is_refused_for_every_other) {
  const auto filters = different_filters();
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const std::string text = made(filters[i]);
    for (std::size_t k = 0; k < filters.size(); ++k)
      BOOST_TEST(is_read(text, filters[k]) == (i == k), i << " for " << k);
  }
}

BOOST_AUTO_TEST_CASE(no_two_lists_are_sealed_alike) {
  std::set<std::string> cursors;
  const auto filters = different_filters();
  for (const TaskFilter& filter : filters) cursors.insert(made(filter));
  BOOST_TEST(cursors.size() == filters.size());
}

BOOST_AUTO_TEST_CASE(the_order_in_which_a_filter_was_given_makes_no_difference) {
  TaskFilter filter;
  filter.statuses = {TaskStatus::todo, TaskStatus::in_progress, TaskStatus::done};
  filter.priorities = {TaskPriority::none, TaskPriority::high, TaskPriority::urgent};
  filter.tags = {"a", "b", "c"};
  const std::string text = made(filter);
  TaskFilter other = filter;
  std::reverse(other.statuses.begin(), other.statuses.end());
  BOOST_TEST(is_read(text, other));
  std::rotate(other.priorities.begin(), other.priorities.begin() + 1, other.priorities.end());
  BOOST_TEST(is_read(text, other));
  std::swap(other.tags[0], other.tags[2]);
  BOOST_TEST(is_read(text, other));
  BOOST_TEST(made(other) == text);
  other.tags[0] = "d";
  BOOST_TEST(!is_read(text, other));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
