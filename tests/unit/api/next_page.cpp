// The query string of the next page, which is sent in a Link header (RFC 8288).
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "src/api/query_parameters.hpp"
#include "src/api/task_query.hpp"
#include "taskward/http/header_values.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::api {
namespace {

/// The parameters other than cursor and offset.
http::Query filter_parameters(std::string_view text) {
  auto query = http::parse_query(text);
  BOOST_REQUIRE_MESSAGE(query, text);
  std::erase_if(*query, [](const auto& one) { return one.first == "cursor" || one.first == "offset"; });
  return std::move(*query);
}

const std::string kCursor = "AZaz09-_AZaz09-_AZaz09-_AZaz09-_AZaz09-_AZaz";

BOOST_AUTO_TEST_SUITE(next_pages)

BOOST_AUTO_TEST_CASE(next_cursor_is_appended_unescaped) {
  BOOST_TEST(next_page_query("", kCursor) == "cursor=" + kCursor);
  BOOST_TEST(next_page_query("limit=2", kCursor) == "limit=2&cursor=" + kCursor);
}

BOOST_AUTO_TEST_CASE(previous_cursor_and_offset_are_removed_even_if_escaped) {
  for (const char* text :
       {"cursor=old", "offset=40", "offset=0&cursor=old", "%63ursor=old", "off%73et=7", "cursor", "cursor="})
    BOOST_TEST(next_page_query(text, kCursor) == "cursor=" + kCursor, text);
  BOOST_TEST(next_page_query("offset=40&sort=title&cursor=old&limit=2", kCursor) ==
             "sort=title&limit=2&cursor=" + kCursor);
}

BOOST_AUTO_TEST_CASE(other_parameters_keep_their_values_and_order) {
  for (const char* text : {"limit=2&status=done,todo&status=in_progress", "tag=a%26b&tag=a%3Db&tag=a%2Cb",
                           "q=caf%c3%a9+au%20lait%2B", "tag=%F0%9F%A6%8A&tag=%22%3E%3B%27",
                           "due_after=2026-01-31T12:00:00%2B01:00&sort=-due_at", "&&limit=2&", "q=%25%32%35",
                           "tag=cursor&q=offset", "cursors=1&Cursor=2&offset%20=3"}) {
    auto expected = filter_parameters(text);
    expected.emplace_back("cursor", kCursor);
    const auto next = http::parse_query(next_page_query(text, kCursor));
    BOOST_REQUIRE(next);
    BOOST_TEST((*next == expected), text);
  }
}

BOOST_AUTO_TEST_CASE(next_page_selects_the_same_list) {
  const std::string text =
      "limit=7&offset=7&status=done&priority=high&tag=a%26&tag=b&q=x+y&sort=-title&trash=true&"
      "count=true&due_before=2026-01-31T12:00:00%2B01:00";
  const auto before = read_task_query(text);
  const auto after = read_task_query(next_page_query(text, kCursor));
  BOOST_REQUIRE(before);
  BOOST_REQUIRE(after);
  BOOST_TEST(after->cursor.value() == kCursor);
  BOOST_TEST(after->offset == 0);
  BOOST_TEST(after->limit == 7);
  const auto same = [](const model::TaskFilter& a, const model::TaskFilter& b) {
    return a.place == b.place && a.statuses == b.statuses && a.priorities == b.priorities &&
           a.tags == b.tags && a.due_after == b.due_after && a.due_before == b.due_before &&
           a.text == b.text && a.sort == b.sort && a.order == b.order;
  };
  BOOST_TEST(same(before->filter, after->filter));
  BOOST_TEST((after->total == before->total));
}

BOOST_AUTO_TEST_CASE(next_page_query_contains_only_characters_safe_in_a_link_header) {
  for (int byte = 1; byte < 0x80; ++byte) {
    const std::string next =
        next_page_query("q=a" + testing::percent_escaped(static_cast<unsigned char>(byte)) + "b", kCursor);
    BOOST_TEST(std::all_of(next.begin(), next.end(), testing::is_query_character), byte);
    BOOST_TEST(std::count(next.begin(), next.end(), '&') == 1, byte);
  }
  // Unescaped input is escaped.
  BOOST_TEST(next_page_query("q=\"<>;\r\n", "c") == "q=%22%3C%3E%3B%0D%0A&cursor=c");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
