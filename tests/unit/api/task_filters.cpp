// Which tasks a query asks for, and in which order.
#include <boost/test/unit_test.hpp>
#include <string>

#include "src/api/task_query.hpp"
#include "taskward/base/rfc3339.hpp"
#include "tests/unit/support_outcome.hpp"

namespace taskward::api {
namespace {

using model::SortOrder;
using model::TaskPlace;
using store::TaskListing;

domain::TaskQuery read(const std::string& text) {
  auto query = read_task_query(text);
  BOOST_REQUIRE_MESSAGE(query, text);
  return std::move(*query);
}

/// "ok", or what is at fault.
std::string refused(const std::string& text) {
  const auto query = read_task_query(text);
  std::string out;
  for (const std::string& fault : testing::faults_of(query)) out += (out.empty() ? "" : ", ") + fault;
  return out.empty() ? testing::outcome(query) : out;
}

/// What is said of the first fault.
std::string message(const std::string& text) {
  const auto query = read_task_query(text);
  return query || query.error().faults.empty() ? "" : query.error().faults.front().message;
}

/// "sort", with a - before it for descending.
std::string order(const std::string& text) {
  const auto filter = read(text).filter;
  return (filter.order == SortOrder::descending ? "-" : "") + std::string(model::name(filter.sort));
}

std::string times(std::size_t count, const std::string& piece) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += piece;
  return out;
}

BOOST_AUTO_TEST_SUITE(task_filters)

BOOST_AUTO_TEST_CASE(what_is_not_given_narrows_nothing) {
  for (const char* text : {"", "&&"}) {
    const auto query = read(text);
    BOOST_TEST((query.filter.place == TaskPlace::list));
    BOOST_TEST(
        (query.filter.statuses.empty() && query.filter.priorities.empty() && query.filter.tags.empty()));
    BOOST_TEST((!query.filter.due_after && !query.filter.due_before && query.filter.text.empty()));
    BOOST_TEST(!query.cursor);
    BOOST_TEST((query.total == TaskListing::Total::leave));
    BOOST_TEST(order(text) == "-created_at");
  }
}

BOOST_AUTO_TEST_CASE(everything_can_be_given_at_once) {
  const auto query = read(
      "limit=5&offset=3&status=done&priority=high,low&tag=b&tag=a&due_before=2026-02-01T00:00:00Z&"
      "due_after=2026-01-01T00:00:00%2B01:00&q=caf%C3%A9+au+lait&sort=-due_at&count=true&trash=true");
  BOOST_TEST(query.limit == 5);
  BOOST_TEST(query.offset == 3);
  BOOST_TEST((query.filter.statuses == std::vector{model::TaskStatus::done}));
  BOOST_TEST((query.filter.priorities == std::vector{model::TaskPriority::high, model::TaskPriority::low}));
  BOOST_TEST((query.filter.tags == std::vector<std::string>{"a", "b"}));
  BOOST_TEST(rfc3339(query.filter.due_before.value()) == "2026-02-01T00:00:00.000Z");
  BOOST_TEST(rfc3339(query.filter.due_after.value()) == "2025-12-31T23:00:00.000Z");
  BOOST_TEST(query.filter.text == "café au lait");
  BOOST_TEST((query.filter.sort == model::TaskSort::due_at && query.filter.order == SortOrder::descending));
  BOOST_TEST((query.total == TaskListing::Total::count));
  BOOST_TEST((query.filter.place == TaskPlace::trash));
}

BOOST_AUTO_TEST_CASE(a_parameter_that_is_no_list_is_given_once) {
  for (const std::string one :
       {"limit=5", "offset=5", "cursor=x", "due_before=2026-02-01T00:00:00Z",
        "due_after=2026-02-01T00:00:00Z", "q=x", "sort=title", "count=true", "trash=true"}) {
    BOOST_TEST(refused(one) == "ok", one);
    BOOST_TEST(refused(one + '&' + one) == one.substr(0, one.find('=')) + " duplicate", one);
  }
  for (const std::string one : {"status=done", "priority=low", "tag=x"})
    BOOST_TEST(refused(one + '&' + one) == "ok", one);
}

BOOST_AUTO_TEST_CASE(priorities_come_as_a_list_or_as_parameters_once_each) {
  using enum model::TaskPriority;
  BOOST_TEST((read("priority=none,URGENT,none&priority=low,urgent").filter.priorities ==
              std::vector{none, urgent, low}));
  for (const std::string bad : {"", ",", "x", "low,x", "medium", "0", "low;high"})
    BOOST_TEST(refused("priority=" + bad) == "priority invalid_value", bad);
}

BOOST_AUTO_TEST_CASE(tags_are_given_one_by_one_as_they_are) {
  BOOST_TEST((read("tag=b&tag=a&tag=b").filter.tags == std::vector<std::string>{"a", "b"}));
  BOOST_TEST((read("tag=a,b").filter.tags == std::vector<std::string>{"a,b"}));
  BOOST_TEST((read("tag=%20a+b%20").filter.tags == std::vector<std::string>{" a b "}));
}

BOOST_AUTO_TEST_CASE(a_tag_has_1_to_50_characters) {
  for (const std::string piece : {"x", "%C3%A9", "%F0%9F%A6%8A"}) {
    BOOST_TEST(refused("tag=" + times(50, piece)) == "ok");
    BOOST_TEST(refused("tag=" + times(51, piece)) == "tag invalid_value");
  }
  BOOST_TEST(refused("tag=") == "tag invalid_value");
  BOOST_TEST(refused("tag") == "tag invalid_value");
  BOOST_TEST(refused("tag=a&tag=&tag=" + times(51, "x")) == "tag invalid_value, tag invalid_value");
}

BOOST_AUTO_TEST_CASE(no_more_tags_are_asked_for_than_a_task_can_have) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "&tag=" + std::to_string(i);
  BOOST_TEST(read(text).filter.tags.size() == 20U);
  BOOST_TEST(refused(text + "&tag=x") == "tag too_many");
}

BOOST_AUTO_TEST_CASE(a_due_date_is_a_moment_with_its_offset) {
  for (const std::string name : {"due_before", "due_after"}) {
    BOOST_TEST(refused(name + "=2026-01-31T12:00:00-05:30") == "ok");
    BOOST_TEST(refused(name + "=2026-01-31t12%3A00%3A00.5z") == "ok");
    for (const char* bad : {"", "now", "2026-01-31", "2026-01-31T12:00:00", "2026-02-30T12:00:00Z",
                            "infinity", "2026-01-31T12:00:00+05:30", "10000-01-01T00:00:00Z"})
      BOOST_TEST(refused(name + '=' + bad) == name + " invalid_format", bad);
  }
}

BOOST_AUTO_TEST_CASE(a_plus_that_became_a_space_is_explained_and_no_other_fault_is) {
  const std::string hint = "in a query a + is written %2B";
  BOOST_TEST(message("due_after=2026-01-31T12:00:00+01:00").ends_with(hint));
  BOOST_TEST(message("due_before=2026-01-31T12:00:00+01:00").ends_with(hint));
  BOOST_TEST(message("due_after=2026-01-31T12:00:00").find(hint) == std::string::npos);
  BOOST_TEST(message("due_after=2026-01-31").starts_with("must be a date and time of RFC 3339"));
  BOOST_TEST(message("due_after=2026-01-31T12:00:00%2B01:00") == "");
}

BOOST_AUTO_TEST_CASE(words_to_search_for_have_1_to_200_characters) {
  BOOST_TEST(read("q=x").filter.text == "x");
  BOOST_TEST(read("q=+x+").filter.text == " x ");
  for (const std::string piece : {"x", "%C3%A9", "%F0%9F%A6%8A"}) {
    BOOST_TEST(refused("q=" + times(200, piece)) == "ok");
    BOOST_TEST(refused("q=" + times(201, piece)) == "q too_long");
  }
  for (const std::string& bad : {std::string("q"), std::string("q="), std::string("q=+"),
                                 std::string("q=%20%09+"), "q=" + times(201, "+")})
    BOOST_TEST(refused(bad) == "q too_short", bad);
  BOOST_TEST(read("q=%27%3A*%20%26%20!%7C(%5C").filter.text == "':* & !|(\\");
}

BOOST_AUTO_TEST_CASE(an_order_is_asked_for_by_name_and_a_minus_turns_it_round) {
  for (const std::string sort : {"created_at", "updated_at", "due_at", "priority", "title"}) {
    BOOST_TEST(order("sort=" + sort) == sort);
    BOOST_TEST(order("sort=-" + sort) == "-" + sort);
  }
  for (const std::string bad :
       {"", "-", "--title", "+title", "%2Btitle", "Title", "title%20", "title,priority", "relevance",
        "-relevance", "id", "status", "title-", "title desc"})
    BOOST_TEST(refused("sort=" + bad) == "sort invalid_value", bad);
  BOOST_TEST(
      message("sort=x") ==
      "must be one of created_at, updated_at, due_at, priority, title, with a - before it for descending");
}

BOOST_AUTO_TEST_CASE(without_an_order_a_search_is_by_relevance_and_the_trash_by_deletion) {
  BOOST_TEST(order("q=x") == "-relevance");
  BOOST_TEST(order("trash=true") == "-updated_at");
  BOOST_TEST(order("trash=false") == "-created_at");
  BOOST_TEST(order("trash=true&q=x") == "-relevance");
  // Wherever the order stands.
  BOOST_TEST(order("q=x&sort=title") == "title");
  BOOST_TEST(order("sort=-created_at&q=x&trash=true") == "-created_at");
  BOOST_TEST(order("sort=created_at&trash=true") == "created_at");
}

BOOST_AUTO_TEST_CASE(switches_are_true_or_false) {
  BOOST_TEST((read("count=true").total == TaskListing::Total::count));
  BOOST_TEST((read("count=false").total == TaskListing::Total::leave));
  BOOST_TEST((read("trash=true").filter.place == TaskPlace::trash));
  BOOST_TEST((read("trash=false").filter.place == TaskPlace::list));
  for (const std::string bad : {"", "1", "yes", "True", "TRUE", "%20true", "true,false", "null"}) {
    BOOST_TEST(refused("count=" + bad) == "count invalid_value", bad);
    BOOST_TEST(refused("trash=" + bad) == "trash invalid_value", bad);
  }
}

BOOST_AUTO_TEST_CASE(a_cursor_goes_without_an_offset) {
  BOOST_TEST(read("cursor=abc&limit=5").cursor.value() == "abc");
  BOOST_TEST(read("cursor=").cursor.value() == "");
  BOOST_TEST(refused("cursor=abc&offset=1") == "offset invalid_value");
  BOOST_TEST(refused("offset=0&cursor=abc") == "offset invalid_value");
}

BOOST_AUTO_TEST_CASE(every_fault_is_named_at_once_in_the_order_they_were_given) {
  BOOST_TEST(
      refused("trash=1&sort=x&q=&tag=&priority=x&due_after=x&count=1&x=1&sort=title&offset=-1") ==
      "trash invalid_value, sort invalid_value, q too_short, tag invalid_value, priority invalid_value, "
      "due_after invalid_format, count invalid_value, x unknown_member, sort duplicate, offset "
      "out_of_range");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
