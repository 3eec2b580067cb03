// Filters and sort order in the query of a task list.
#include <boost/test/unit_test.hpp>
#include <string>

#include "src/api/task_query.hpp"
#include "taskward/base/rfc3339.hpp"
#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::api {
namespace {

using model::SortOrder;
using model::TaskLocation;
using store::TaskListing;
using testing::repeat;

domain::TaskQuery read(const std::string& text) {
  auto query = read_task_query(text);
  BOOST_REQUIRE_MESSAGE(query, text);
  return std::move(*query);
}

std::string errors_in(const std::string& text) { return testing::error_summary(read_task_query(text)); }

/// The message of the first error.
std::string message(const std::string& text) {
  const auto query = read_task_query(text);
  return query || query.error().faults.empty() ? "" : query.error().faults.front().message;
}

/// The name of the sort key, prefixed with "-" if descending.
std::string order(const std::string& text) {
  const auto filter = read(text).filter;
  return (filter.order == SortOrder::descending ? "-" : "") + std::string(model::name(filter.sort));
}

BOOST_AUTO_TEST_SUITE(task_filters)

BOOST_AUTO_TEST_CASE(absent_filters_select_every_task) {
  for (const char* text : {"", "&&"}) {
    const auto query = read(text);
    BOOST_TEST((query.filter.place == TaskLocation::list));
    BOOST_TEST(
        (query.filter.statuses.empty() && query.filter.priorities.empty() && query.filter.tags.empty()));
    BOOST_TEST((!query.filter.due_after && !query.filter.due_before && query.filter.text.empty()));
    BOOST_TEST(!query.cursor);
    BOOST_TEST((query.total == TaskListing::Total::leave));
    BOOST_TEST(order(text) == "-created_at");
  }
}

BOOST_AUTO_TEST_CASE(all_filters_can_be_combined) {
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
  BOOST_TEST((query.filter.place == TaskLocation::trash));
}

BOOST_AUTO_TEST_CASE(single_valued_filter_may_appear_only_once) {
  for (const std::string one :
       {"limit=5", "offset=5", "cursor=x", "due_before=2026-02-01T00:00:00Z",
        "due_after=2026-02-01T00:00:00Z", "q=x", "sort=title", "count=true", "trash=true"}) {
    BOOST_TEST(errors_in(one) == "ok", one);
    BOOST_TEST(errors_in(one + '&' + one) == one.substr(0, one.find('=')) + " duplicate", one);
  }
  for (const std::string one : {"status=done", "priority=low", "tag=x"})
    BOOST_TEST(errors_in(one + '&' + one) == "ok", one);
}

BOOST_AUTO_TEST_CASE(priorities_may_be_a_list_or_repeated_and_are_deduplicated) {
  using enum model::TaskPriority;
  BOOST_TEST((read("priority=none,URGENT,none&priority=low,urgent").filter.priorities ==
              std::vector{none, urgent, low}));
  for (const std::string bad : {"", ",", "x", "low,x", "medium", "0", "low;high"})
    BOOST_TEST(errors_in("priority=" + bad) == "priority invalid_value", bad);
}

BOOST_AUTO_TEST_CASE(tag_filter_is_repeated_and_never_split) {
  BOOST_TEST((read("tag=b&tag=a&tag=b").filter.tags == std::vector<std::string>{"a", "b"}));
  BOOST_TEST((read("tag=a,b").filter.tags == std::vector<std::string>{"a,b"}));
  BOOST_TEST((read("tag=%20a+b%20").filter.tags == std::vector<std::string>{" a b "}));
}

BOOST_AUTO_TEST_CASE(tag_filter_has_1_to_50_characters) {
  for (const std::string piece : {"x", "%C3%A9", "%F0%9F%A6%8A"}) {
    BOOST_TEST(errors_in("tag=" + repeat(50, piece)) == "ok");
    BOOST_TEST(errors_in("tag=" + repeat(51, piece)) == "tag invalid_value");
  }
  BOOST_TEST(errors_in("tag=") == "tag invalid_value");
  BOOST_TEST(errors_in("tag") == "tag invalid_value");
  BOOST_TEST(errors_in("tag=a&tag=&tag=" + repeat(51, "x")) == "tag invalid_value, tag invalid_value");
}

BOOST_AUTO_TEST_CASE(tag_filter_accepts_at_most_20_tags) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "&tag=" + std::to_string(i);
  BOOST_TEST(read(text).filter.tags.size() == 20U);
  BOOST_TEST(errors_in(text + "&tag=x") == "tag too_many");
}

BOOST_AUTO_TEST_CASE(due_date_filter_is_a_timestamp_with_an_offset) {
  for (const std::string name : {"due_before", "due_after"}) {
    BOOST_TEST(errors_in(name + "=2026-01-31T12:00:00-05:30") == "ok");
    BOOST_TEST(errors_in(name + "=2026-01-31t12%3A00%3A00.5z") == "ok");
    for (const char* bad : {"", "now", "2026-01-31", "2026-01-31T12:00:00", "2026-02-30T12:00:00Z",
                            "infinity", "2026-01-31T12:00:00+05:30", "10000-01-01T00:00:00Z"})
      BOOST_TEST(errors_in(name + '=' + bad) == name + " invalid_format", bad);
  }
}

BOOST_AUTO_TEST_CASE(unescaped_plus_in_an_offset_is_explained) {
  const std::string hint = "encode + as %2B";
  BOOST_TEST(message("due_after=2026-01-31T12:00:00+01:00").ends_with(hint));
  BOOST_TEST(message("due_before=2026-01-31T12:00:00+01:00").ends_with(hint));
  BOOST_TEST(message("due_after=2026-01-31T12:00:00").find(hint) == std::string::npos);
  BOOST_TEST(message("due_after=2026-01-31").starts_with("must be an RFC 3339 date and time"));
  BOOST_TEST(message("due_after=2026-01-31T12:00:00%2B01:00") == "");
}

BOOST_AUTO_TEST_CASE(search_text_has_1_to_200_characters) {
  BOOST_TEST(read("q=x").filter.text == "x");
  BOOST_TEST(read("q=+x+").filter.text == " x ");
  for (const std::string piece : {"x", "%C3%A9", "%F0%9F%A6%8A"}) {
    BOOST_TEST(errors_in("q=" + repeat(200, piece)) == "ok");
    BOOST_TEST(errors_in("q=" + repeat(201, piece)) == "q too_long");
  }
  for (const std::string& bad : {std::string("q"), std::string("q="), std::string("q=+"),
                                 std::string("q=%20%09+"), "q=" + repeat(201, "+")})
    BOOST_TEST(errors_in(bad) == "q too_short", bad);
  BOOST_TEST(read("q=%27%3A*%20%26%20!%7C(%5C").filter.text == "':* & !|(\\");
}

BOOST_AUTO_TEST_CASE(sort_is_a_name_and_a_minus_sign_means_descending) {
  for (const std::string sort : {"created_at", "updated_at", "due_at", "priority", "title"}) {
    BOOST_TEST(order("sort=" + sort) == sort);
    BOOST_TEST(order("sort=-" + sort) == "-" + sort);
  }
  for (const std::string bad :
       {"", "-", "--title", "+title", "%2Btitle", "Title", "title%20", "title,priority", "relevance",
        "-relevance", "id", "status", "title-", "title desc"})
    BOOST_TEST(errors_in("sort=" + bad) == "sort invalid_value", bad);
  BOOST_TEST(
      message("sort=x") ==
      "must be one of created_at, updated_at, due_at, priority, title, prefixed with - for descending order");
}

BOOST_AUTO_TEST_CASE(search_sorts_by_relevance_and_trash_by_deletion_by_default) {
  BOOST_TEST(order("q=x") == "-relevance");
  BOOST_TEST(order("trash=true") == "-updated_at");
  BOOST_TEST(order("trash=false") == "-created_at");
  BOOST_TEST(order("trash=true&q=x") == "-relevance");
  // Whatever the position of the sort parameter.
  BOOST_TEST(order("q=x&sort=title") == "title");
  BOOST_TEST(order("sort=-created_at&q=x&trash=true") == "-created_at");
  BOOST_TEST(order("sort=created_at&trash=true") == "created_at");
}

BOOST_AUTO_TEST_CASE(boolean_parameters_are_true_or_false) {
  BOOST_TEST((read("count=true").total == TaskListing::Total::count));
  BOOST_TEST((read("count=false").total == TaskListing::Total::leave));
  BOOST_TEST((read("trash=true").filter.place == TaskLocation::trash));
  BOOST_TEST((read("trash=false").filter.place == TaskLocation::list));
  for (const std::string bad : {"", "1", "yes", "True", "TRUE", "%20true", "true,false", "null"}) {
    BOOST_TEST(errors_in("count=" + bad) == "count invalid_value", bad);
    BOOST_TEST(errors_in("trash=" + bad) == "trash invalid_value", bad);
  }
}

BOOST_AUTO_TEST_CASE(cursor_cannot_be_combined_with_an_offset) {
  BOOST_TEST(read("cursor=abc&limit=5").cursor.value() == "abc");
  BOOST_TEST(read("cursor=").cursor.value() == "");
  BOOST_TEST(errors_in("cursor=abc&offset=1") == "offset invalid_value");
  BOOST_TEST(errors_in("offset=0&cursor=abc") == "offset invalid_value");
}

BOOST_AUTO_TEST_CASE(filter_errors_are_reported_in_the_order_of_the_parameters) {
  BOOST_TEST(
      errors_in("trash=1&sort=x&q=&tag=&priority=x&due_after=x&count=1&x=1&sort=title&offset=-1") ==
      "trash invalid_value, sort invalid_value, q too_short, tag invalid_value, priority invalid_value, "
      "due_after invalid_format, count invalid_value, x unknown_member, sort duplicate, offset "
      "out_of_range");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
