#include "taskward/json/writer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/support_json.hpp"

namespace taskward::json {
namespace {

BOOST_AUTO_TEST_SUITE(json_writer)

BOOST_AUTO_TEST_CASE(every_kind_of_value_is_written_as_json) {
  Writer w;
  w.begin_object();
  w.key("s");
  w.string("x");
  w.key("n");
  w.number(INT64_MIN);
  w.key("l");
  w.begin_array();
  w.boolean(true);
  w.boolean(false);
  w.null();
  w.number(0);
  w.end_array();
  w.end_object();
  BOOST_TEST(w.take() == R"({"s":"x","n":-9223372036854775808,"l":[true,false,null,0]})");
}

BOOST_AUTO_TEST_CASE(written_strings_and_names_parse_to_the_same_text) {
  std::string controls;
  for (int c = 0; c < 0x80; ++c) controls += static_cast<char>(c);
  for (const std::string& text :
       {std::string(), controls, std::string("</script>\"\\/'"), std::string("\",\"admin\":true,\""),
        std::string("é\u2028\u2029\u0085🦊\U0010FFFF\uFFFF"), std::string(70'000, '"'),
        std::string("a\0b", 3)}) {
    Writer w;
    w.begin_object();
    w.key(text);
    w.string(text);
    w.end_object();
    const auto object = testing::object_in(w.take());
    BOOST_REQUIRE_EQUAL(object.size(), 1U);
    BOOST_TEST((object[0].first == text));
    BOOST_TEST((testing::text_of(object, text) == text));
  }
}

BOOST_AUTO_TEST_CASE(null_string_view_is_written_as_an_empty_string) {
  Writer w;
  w.string(std::string_view());
  BOOST_TEST(w.take() == "\"\"");
}

BOOST_AUTO_TEST_CASE(writer_can_be_reused_after_take) {
  Writer w;
  w.begin_array();
  w.number(1);
  w.end_array();
  BOOST_TEST(w.take() == "[1]");
  w.begin_object();
  w.end_object();
  BOOST_TEST(w.take() == "{}");
  BOOST_TEST(w.take() == "");
}

BOOST_AUTO_TEST_CASE(moved_writer_continues_the_document) {
  Writer first;
  first.begin_array();
  Writer second(std::move(first));
  second.end_array();
  BOOST_TEST(second.take() == "[]");
}

BOOST_AUTO_TEST_CASE(plain_names_and_strings_are_written_like_others) {
  const auto written = [](auto write_key, auto write_string) {
    Writer w;
    w.begin_object();
    (w.*write_key)("first");
    (w.*write_string)("");
    (w.*write_key)("second");
    w.begin_array();
    (w.*write_string)("2026-01-31T23:59:59.123Z");
    (w.*write_string)("in_progress");
    w.end_array();
    w.end_object();
    return w.take();
  };
  BOOST_TEST(written(&Writer::plain_key, &Writer::plain_string) == written(&Writer::key, &Writer::string));
}

// A thread keeps the buffer of its last writer for the next one.
BOOST_AUTO_TEST_CASE(writer_begins_empty_after_one_that_was_abandoned) {
  {
    Writer abandoned;
    abandoned.begin_object();
    abandoned.key("secret");
    abandoned.begin_array();
  }
  Writer w;
  w.string("x");
  BOOST_TEST(w.take() == "\"x\"");
}

BOOST_AUTO_TEST_CASE(writers_of_a_thread_do_not_share_a_document) {
  for (int i = 0; i < 3; ++i) {
    Writer outer;
    outer.begin_array();
    {
      Writer inner;
      inner.string(std::string(100'000, 'y'));
      outer.raw(inner.take());
    }
    outer.end_array();
    BOOST_TEST(outer.take() == "[\"" + std::string(100'000, 'y') + "\"]");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::json
