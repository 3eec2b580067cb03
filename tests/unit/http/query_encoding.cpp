// Encoding of query strings.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/http/header_values.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::http {
namespace {

BOOST_AUTO_TEST_SUITE(query_encoding)

BOOST_AUTO_TEST_CASE(encoded_parameters_keep_their_order) {
  BOOST_TEST(query_text({}) == "");
  BOOST_TEST(query_text({{"a", "1"}}) == "a=1");
  BOOST_TEST(query_text({{"b", "2"}, {"a", "1"}, {"b", "3"}}) == "b=2&a=1&b=3");
  BOOST_TEST(query_text({{"a", ""}, {"", "b"}, {"", ""}}) == "a=&=b&=");
}

BOOST_AUTO_TEST_CASE(all_but_unreserved_characters_are_percent_encoded) {
  const std::string unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  BOOST_TEST(query_text({{unreserved, unreserved}}) == unreserved + '=' + unreserved);
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (unreserved.find(c) != std::string::npos) continue;
    const std::string escaped = testing::percent_escaped(static_cast<unsigned char>(byte));
    BOOST_TEST(query_text({{std::string(1, c), std::string(1, c)}}) == escaped + '=' + escaped, byte);
  }
  BOOST_TEST(query_text({{"q", "caf\u00e9 & cr\u00e8me+50%"}}) == "q=caf%C3%A9%20%26%20cr%C3%A8me%2B50%25");
}

BOOST_AUTO_TEST_CASE(encoded_query_cannot_break_out_of_a_header) {
  const Query hostile{{"q", ">; rel=\"next\", <https://evil.example/"},
                      {"a\r\nSet-Cookie: x", "y\r\n\r\n<script>"},
                      {"&limit", "=1&cursor=x#fragment?"}};
  const std::string text = query_text(hostile);
  BOOST_TEST(std::all_of(text.begin(), text.end(), testing::is_query_character), text);
  BOOST_TEST(std::count(text.begin(), text.end(), '&') == 2);
  BOOST_TEST(std::count(text.begin(), text.end(), '=') == 3);
}

BOOST_AUTO_TEST_CASE(encoded_query_parses_to_the_same_parameters) {
  Query query;
  for (unsigned point = 1; point < 0x2000; point += 3) {
    const std::string text = testing::utf8_of(point);
    query.emplace_back(text, text + "🦊" + text);
  }
  for (const char* text : {"", "+", " ", "%", "%41", "&", "=", "a=b&c=d", ";", "%00"})
    query.emplace_back(text, text);
  const auto read = parse_query(query_text(query));
  BOOST_REQUIRE(read);
  BOOST_TEST((*read == query));
}

BOOST_AUTO_TEST_CASE(reencoded_query_parses_to_the_same_parameters) {
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
