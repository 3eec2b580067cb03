// Task lists: combined filters and every sort order.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <iterator>
#include <random>
#include <utility>

#include "expectations.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

const Texts kStatuses{"todo", "in_progress", "done"};
const Texts kPriorities{"none", "low", "normal", "high", "urgent"};
const Texts kSorts{"created_at", "updated_at", "due_at", "priority", "title"};
const Texts kTags{"home", "two words", "a,b", "\xC3\x84", "Home"};
const Texts kDays{"2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z", "2026-03-02T00:00:00.001Z",
                  "2026-03-03T12:00:00.000Z"};

struct KnownTask {
  std::string id, title, status, priority, due_at, created_at, updated_at;  ///< empty due_at: none
  Texts tags;
};

/// A query, and its expected result for known tasks.
struct ListQuery {
  Texts statuses, priorities, tags;
  std::string due_after, due_before;
  std::string sort = "created_at";
  bool descending = true;

  [[nodiscard]] std::string target() const {
    std::string out = "?sort=" + (descending ? "-" + sort : sort);
    const auto add_list = [&](const std::string& name, const Texts& values) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        out += i == 0 ? '&' + name + '=' : ",";
        out += values[i];
      }
    };
    add_list("status", statuses);
    add_list("priority", priorities);
    for (const std::string& tag : tags) out += "&tag=" + url_encoded(tag);
    if (!due_after.empty()) out += "&due_after=" + due_after;
    if (!due_before.empty()) out += "&due_before=" + due_before;
    return out;
  }

  [[nodiscard]] bool matches(const KnownTask& task) const {
    const auto is_one_of = [](const std::string& value, const Texts& values) {
      return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
    };
    return is_one_of(task.status, statuses) && is_one_of(task.priority, priorities) &&
           std::all_of(tags.begin(), tags.end(),
                       [&](const std::string& tag) { return is_one_of(tag, task.tags); }) &&
           (tags.empty() || !task.tags.empty()) && (due_after.empty() || task.due_at >= due_after) &&
           (due_before.empty() || (!task.due_at.empty() && task.due_at < due_before));
  }

  /// The sort key, compared as bytes.
  [[nodiscard]] std::string key_of(const KnownTask& task) const {
    if (sort == "updated_at") return task.updated_at;
    if (sort == "due_at") return task.due_at;
    if (sort == "priority") {
      const auto at = std::find(kPriorities.begin(), kPriorities.end(), task.priority);
      return std::to_string(at - kPriorities.begin());
    }
    if (sort == "created_at") return task.created_at;
    std::string key = task.title;
    for (char& c : key) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return key;
  }

  [[nodiscard]] Texts expected(const std::vector<KnownTask>& all) const {
    std::vector<KnownTask> found;
    std::copy_if(all.begin(), all.end(), std::back_inserter(found),
                 [&](const KnownTask& task) { return matches(task); });
    std::sort(found.begin(), found.end(), [&](const KnownTask& a, const KnownTask& b) {
      // Tasks without a due date are last in both directions.
      if (sort == "due_at" && a.due_at.empty() != b.due_at.empty()) return b.due_at.empty();
      const auto left = std::pair(key_of(a), a.id);
      const auto right = std::pair(key_of(b), b.id);
      return descending ? left > right : left < right;
    });
    Texts ids;
    for (const KnownTask& task : found) ids.push_back(task.id);
    return ids;
  }
};

/// Tasks many of which have equal sort keys.
struct FilterFixture : TaskOwner {
  std::vector<KnownTask> all;
  std::mt19937 random{11};

  FilterFixture() {
    const Texts names{"b", "B", "a", "_", "Z", "\xC3\xA4", "\xC3\x84", "\xF4\x8F\xBF\xBF", "10", "9", " x"};
    std::string file = "[";
    for (int i = 0; i < 90; ++i) {
      file += (i == 0 ? R"({"title":)" : R"(,{"title":)") + json_string(one_of(names)) + R"(,"status":)" +
              json_string(one_of(kStatuses)) + R"(,"priority":)" + json_string(one_of(kPriorities)) +
              R"(,"due_at":)" + (random() % 3 == 0 ? "null" : json_string(one_of(kDays))) + R"(,"tags":)" +
              json_array(some_of(kTags)) + R"(,"created_at":)" +
              json_string("2020-" + one_of(kDays).substr(5)) + '}';
    }
    BOOST_TEST(import(file + ']')["imported"].number() == 90);
    static_cast<void>(
        stack.sql("update taskward.tasks set updated_at = date_trunc('day', now()) + "
                  "(get_byte(uuid_send(id), 15) % 5) * interval '1 ms' where owner_id = '" +
                  user.id + "'"));
    const Json items = list("?limit=100")["items"];
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Json task = items.at(i);
      all.push_back({task["id"].text(), task["title"].text(), task["status"].text(), task["priority"].text(),
                     task["due_at"].is_null() ? "" : task["due_at"].text(), task["created_at"].text(),
                     task["updated_at"].text(), texts_in(task["tags"])});
    }
    BOOST_REQUIRE(all.size() == 90U);
  }

  std::string one_of(const Texts& values) { return values[random() % values.size()]; }
  Texts some_of(Texts values) {
    std::shuffle(values.begin(), values.end(), random);
    values.resize(random() % 3);
    return values;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(task_filters)

BOOST_FIXTURE_TEST_CASE(every_sort_is_a_total_order_in_both_directions, FilterFixture) {
  for (const std::string& sort : kSorts) {
    for (const bool descending : {false, true}) {
      ListQuery query;
      query.sort = sort;
      query.descending = descending;
      const Texts expected = query.expected(all);
      BOOST_TEST_CONTEXT(query.target()) {
        BOOST_TEST(ids(query.target() + "&limit=100") == expected, each);
        // Paging by offset and by cursor gives the same order.
        Texts by_offset;
        for (int offset = 0; offset < 90; offset += 30) {
          for (std::string& id : ids(query.target() + "&limit=30&offset=" + std::to_string(offset)))
            by_offset.push_back(std::move(id));
        }
        BOOST_TEST(by_offset == expected, each);
        BOOST_TEST(walk(query.target() + "&limit=7") == expected, each);
      }
    }
  }
}

BOOST_FIXTURE_TEST_CASE(all_filters_combine_with_every_sort, FilterFixture) {
  std::size_t shown = 0;
  for (int round = 0; round < 150; ++round) {
    ListQuery query;
    query.statuses = some_of(kStatuses);
    query.priorities = some_of(kPriorities);
    if (random() % 2 == 0) query.tags = some_of(kTags);
    if (random() % 3 == 0) query.due_after = one_of(kDays);
    if (random() % 3 == 0) query.due_before = one_of(kDays);
    query.sort = one_of(kSorts);
    query.descending = random() % 2 == 0;
    const Texts expected = query.expected(all);
    shown += expected.size();
    BOOST_TEST_CONTEXT(query.target()) {
      const Json page = list(query.target() + "&count=true&limit=100");
      BOOST_TEST(texts_of(page["items"], "id") == expected, each);
      BOOST_TEST(page["total"].number() == static_cast<std::int64_t>(expected.size()));
      BOOST_TEST(walk(query.target() + "&limit=4") == expected, each);
    }
  }
  BOOST_TEST(shown > 500U);
}

BOOST_FIXTURE_TEST_CASE(due_date_filters_form_a_half_open_range, TaskOwner) {
  for (const std::string& day : kDays)
    static_cast<void>(create(R"({"title":)" + json_string(day) + R"(,"due_at":)" + json_string(day) + '}'));
  static_cast<void>(create_titled("never"));
  const std::string by = "&sort=due_at";
  BOOST_TEST(titles("?due_after=2026-03-02T00:00:00Z" + by) == (Texts{kDays[1], kDays[2], kDays[3]}), each);
  BOOST_TEST(titles("?due_before=2026-03-02T00:00:00Z" + by) == Texts{kDays[0]}, each);
  BOOST_TEST(
      titles("?due_after=2026-03-02T00:00:00Z&due_before=2026-03-02T00:00:00.001Z" + by) == Texts{kDays[1]},
      each);
  BOOST_TEST(titles("?due_after=2026-03-02T05:30:00%2B05:30&due_before=2026-03-01T20:00:00.001-04:00" + by) ==
                 Texts{kDays[1]},
             each);
  BOOST_TEST(titles("?due_after=2026-03-03T00:00:00Z&due_before=2026-03-02T00:00:00Z").empty());
  BOOST_TEST(titles("?due_after=0001-01-01T00:00:00Z&due_before=9999-12-31T23:59:59Z").size() == 4U);
}

BOOST_FIXTURE_TEST_CASE(list_reports_limit_and_offset_and_counts_only_on_request, TaskOwner) {
  for (int i = 0; i < 5; ++i) static_cast<void>(create_titled("Tea"));
  const Json usual = list("?limit=2&offset=1");
  BOOST_TEST(!usual.has("total"));
  BOOST_TEST(usual["offset"].number() == 1);
  BOOST_TEST(usual.has("next_cursor"));
  BOOST_TEST(list("?limit=2&count=true")["total"].number() == 5);
  BOOST_TEST(list("?limit=2&offset=4&count=true")["total"].number() == 5);
  BOOST_TEST(list("?offset=1000000&count=true")["total"].number() == 5);
  BOOST_TEST(!list("?count=false").has("total"));
  const Json second = list("?limit=2&count=true&cursor=" + list("?limit=2")["next_cursor"].text());
  BOOST_TEST(second["total"].number() == 5);
  BOOST_TEST(!second.has("offset"));
  for (const std::string last : {"?limit=5", "?limit=5&offset=3", "?offset=9"}) {
    const Response response = request("GET", last);
    BOOST_TEST(!response.json().has("next_cursor"));
    BOOST_TEST(response.count("link") == 0U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
