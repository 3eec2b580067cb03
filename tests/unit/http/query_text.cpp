// Queries that are written again.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/base/text.hpp"
#include "taskward/http/header_values.hpp"

namespace taskward::http {
namespace {

bool is_safe(char c) {
  return is_alpha(c) || is_digit(c) || std::string_view("-._~%=&").find(c) != std::string_view::npos;
}

BOOST_AUTO_TEST_SUITE(query_texts)

BOOST_AUTO_TEST_CASE(parameters_are_written_in_their_order_with_ampersands_between_them) {
  BOOST_TEST(query_text({}) == "");
  BOOST_TEST(query_text({{"a", "1"}}) == "a=1");
  BOOST_TEST(query_text({{"b", "2"}, {"a", "1"}, {"b", "3"}}) == "b=2&a=1&b=3");
  BOOST_TEST(query_text({{"a", ""}, {"", "b"}, {"", ""}}) == "a=&=b&=");
}

BOOST_AUTO_TEST_CASE(unreserved_characters_stand_for_themselves_and_all_others_are_escaped) {
  const std::string unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  BOOST_TEST(query_text({{unreserved, unreserved}}) == unreserved + '=' + unreserved);
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (unreserved.find(c) != std::string::npos) continue;
    constexpr std::string_view digits = "0123456789ABCDEF";
    const std::string escaped{'%', digits[static_cast<std::size_t>(byte / 16)],
                              digits[static_cast<std::size_t>(byte % 16)]};
    BOOST_TEST(query_text({{std::string(1, c), std::string(1, c)}}) == escaped + '=' + escaped, byte);
  }
  BOOST_TEST(query_text({{"q", "caf\u00e9 & cr\u00e8me+50%"}}) == "q=caf%C3%A9%20%26%20cr%C3%A8me%2B50%25");
}

BOOST_AUTO_TEST_CASE(nothing_of_a_parameter_leaves_the_header_that_the_query_stands_in) {
  const Query hostile{{"q", ">; rel=\"next\", <https://evil.example/"},
                      {"a\r\nSet-Cookie: x", "y\r\n\r\n<script>"},
                      {"&limit", "=1&cursor=x#fragment?"}};
  const std::string text = query_text(hostile);
  BOOST_TEST(std::all_of(text.begin(), text.end(), is_safe), text);
  BOOST_TEST(std::count(text.begin(), text.end(), '&') == 2);
  BOOST_TEST(std::count(text.begin(), text.end(), '=') == 3);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back_as_the_same_parameters) {
  Query query;
  for (unsigned point = 1; point < 0x2000; point += 3) {
    std::string text;
    if (point < 0x80)
      text = {static_cast<char>(point)};
    else if (point < 0x800)
      text = {static_cast<char>(0xC0U | (point >> 6U)), static_cast<char>(0x80U | (point & 0x3fU))};
    else
      text = {static_cast<char>(0xE0U | (point >> 12U)), static_cast<char>(0x80U | ((point >> 6U) & 0x3fU)),
              static_cast<char>(0x80U | (point & 0x3fU))};
    query.emplace_back(text, text + "🦊" + text);
  }
  for (const char* text : {"", "+", " ", "%", "%41", "&", "=", "a=b&c=d", ";", "%00"})
    query.emplace_back(text, text);
  const auto read = parse_query(query_text(query));
  BOOST_REQUIRE(read);
  BOOST_TEST((*read == query));
}

BOOST_AUTO_TEST_CASE(a_query_that_was_read_and_written_reads_the_same_again) {
  for (const char* text : {"a=1&b=2", "&&a&b=&=c&", "q=caf%c3%a9+au+lait", "a=b=c;d",
                           "status=%20done,,todo%20", "%3D=%26", "a=\"<>\\^`{|}"}) {
    const auto once = parse_query(text);
    BOOST_REQUIRE(once);
    const auto twice = parse_query(query_text(*once));
    BOOST_REQUIRE(twice);
    BOOST_TEST((*once == *twice), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::http
