// Fields of a task: limits, accepted spellings, and texts returned unchanged.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <map>

#include "expectations.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

const std::string kCup = "\xF0\x9F\x8D\xB5";  // one character, four bytes, two of UTF-16

std::string body_with(const std::string& member, const std::string& value) {
  return member == "title" ? R"({"title":)" + value + '}'
                           : R"({"title":"Tea",")" + member + "\":" + value + '}';
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(task_fields, TaskOwner)

BOOST_AUTO_TEST_CASE(text_limits_count_characters_not_bytes) {
  const std::string id = create_titled("Tea");
  for (const auto& [member, max_length] :
       std::map<std::string, std::size_t>{{"title", 200}, {"description", 10'000}}) {
    BOOST_TEST_CONTEXT(member) {
      const std::string longest = repeated(kCup, max_length);
      BOOST_TEST(create(body_with(member, json_string(longest)))[member].text() == longest);
      const std::string one_more = body_with(member, json_string(longest + 'x'));
      expect_faults(request("POST", "/tasks", one_more), {member + ":too_long"});
      expect_faults(request("PATCH", id, one_more), {member + ":too_long"});
      BOOST_TEST(change(id, body_with(member, json_string(longest)))[member].text() == longest);
    }
  }
  const Texts longest{repeated(kCup, 50)};
  BOOST_TEST(texts_in(create(body_with("tags", json_array(longest)))["tags"]) == longest, each);
  expect_faults(request("POST", "/tasks", body_with("tags", json_array({"tea", longest[0] + 'x'}))),
                {"tags[1]:too_long"});
}

BOOST_AUTO_TEST_CASE(empty_or_blank_titles_and_tags_are_rejected) {
  for (const std::string text : {R"("")", R"(" ")", R"(" \t\n ")"}) {
    BOOST_TEST_CONTEXT(text) {
      const std::string code = text == R"("")" ? ":too_short" : ":invalid_value";
      expect_faults(request("POST", "/tasks", body_with("title", text)), {"title" + code});
    }
  }
  expect_faults(request("POST", "/tasks", body_with("tags", R"(["", "  "])")),
                {"tags[0]:too_short", "tags[1]:invalid_value"});
  BOOST_TEST(create(body_with("description", R"("")"))["description"].text().empty());
}

BOOST_AUTO_TEST_CASE(twenty_tags_are_accepted_and_one_more_is_not) {
  Texts tags;
  for (int i = 10; i < 30; ++i) tags.push_back("t" + std::to_string(i));
  BOOST_TEST(texts_in(create(body_with("tags", json_array(tags)))["tags"]) == tags, each);
  tags.emplace_back("u");
  expect_faults(request("POST", "/tasks", body_with("tags", json_array(tags))), {"tags:too_many"});
}

BOOST_AUTO_TEST_CASE(tags_are_a_set_compared_byte_by_byte) {
  const Texts given{"tea", "Tea", "a\xCC\x88", "\xC3\xA4", "tea", " tea", "1", "Tea"};
  const Texts set{" tea", "1", "Tea", "a\xCC\x88", "tea", "\xC3\xA4"};
  const Json created = create(body_with("tags", json_array(given)));
  BOOST_TEST(texts_in(created["tags"]) == set, each);
  const std::string id = created["id"].text();
  // The same set in another order is not a change.
  const Json same = change(id, R"({"tags":)" + json_array({set.rbegin(), set.rend()}) + '}');
  BOOST_TEST(same["version"].number() == 1);
  BOOST_TEST(texts_in(change(id, R"({"tags":["b","a"]})")["tags"]) == (Texts{"a", "b"}), each);
  BOOST_TEST(texts_in(change(id, R"({"tags":[]})")["tags"]).empty());
}

BOOST_AUTO_TEST_CASE(texts_are_returned_byte_for_byte_everywhere) {
  const Texts texts{" tea ",
                    "\t\ntea\n",
                    "\"\\/",
                    "<script>alert(1)</script>&amp;&#39;",
                    "{{7*7}} ${x} %s %n $1 '; drop table tasks; --",
                    "e\xCC\x81 \xC3\xA9",            // decomposed and precomposed: not normalised
                    "\xD7\xA9\xE2\x80\xAE\xD8\xB4",  // right-to-left letters and an override
                    "a\xE2\x80\xA8\xE2\x80\xA9",     // line and paragraph separators
                    "\xEF\xBB\xBFtea\xEF\xBF\xBE",   // a byte order mark and a noncharacter
                    "\xF4\x8F\xBF\xBF\xC2\xA0\xC2\xAD",
                    "NULL",
                    "\\u0000 \\x00",
                    "=1+1"};
  for (const std::string& text : texts) {
    BOOST_TEST_CONTEXT(text) {
      const bool is_one_line =
          text.find_first_of("\t\n") == std::string::npos && text.find("\xE2\x80\xA8") == std::string::npos;
      const std::string tag = is_one_line ? text : "tag";
      const std::string body = R"({"title":)" + json_string(text) + R"(,"description":)" + json_string(text) +
                               R"(,"tags":)" + json_array({tag}) + '}';
      const std::string id = create(body)["id"].text();
      const Json in_batch = batch(R"({"create":[)" + body + "]}")["created"].at(0);
      for (const Json& shown :
           {read(id), list("?limit=2")["items"].at(1), in_batch, change(in_batch["id"].text(), body)}) {
        BOOST_TEST(shown["title"].text() == text);
        BOOST_TEST(shown["description"].text() == text);
        BOOST_TEST(texts_in(shown["tags"]) == Texts{tag}, each);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(control_characters_except_tab_and_newline_are_rejected) {
  std::vector<int> characters;
  for (int c = 0; c < 0xA0; ++c) {
    if (c < 0x20 || c >= 0x7F) characters.push_back(c);
  }
  for (const int c : characters) {
    char escape[8];
    static_cast<void>(std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c)));
    const std::string text = std::string("\"a") + escape + "b\"";
    const std::string body =
        R"({"title":)" + text + R"(,"description":)" + text + R"(,"tags":[)" + text + "]}";
    const Response response = request("POST", "/tasks", body);
    BOOST_TEST_CONTEXT(text) {
      if (c == '\t' || c == '\n')
        expect_faults(response, {"tags[0]:invalid_character"});
      else
        expect_faults(response, {"title:invalid_character", "description:invalid_character",
                                 "tags[0]:invalid_character"});
    }
  }
  BOOST_TEST(count() == 0U);
}

BOOST_DATA_TEST_CASE(invalid_unicode_is_malformed_json,
                     data::make({R"("\ud800")", R"("\udc00x")", "\"\xC0\x80\"", "\"\xED\xA0\x80\"",
                                 "\"\xFF\"", "\"a\nb\"", "\"\xF4\x90\x80\x80\""}),
                     text) {
  expect_problem(request("POST", "/tasks", body_with("description", text)), 400, "malformed_json");
}

BOOST_DATA_TEST_CASE(
    due_date_is_accepted_in_any_offset_and_returned_in_utc,
    data::make({"2026-03-01T12:00:00Z", "2026-03-01T12:00:00+05:30", "2026-03-01t12:00:00.5-08:00",
                "2024-02-29T23:59:59.9999+00:00", "2026-12-31T23:30:00-01:00", "2016-12-31T23:59:60Z",
                "0001-01-01T00:00:00Z", "0001-01-01T23:59:00+23:59", "9999-12-31T23:59:59.999Z",
                "1969-12-31T23:59:59.001z", "2026-03-01T12:00:00-00:00"}) ^
        data::make({"2026-03-01T12:00:00.000Z", "2026-03-01T06:30:00.000Z", "2026-03-01T20:00:00.500Z",
                    "2024-02-29T23:59:59.999Z", "2027-01-01T00:30:00.000Z", "2017-01-01T00:00:00.000Z",
                    "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z",
                    "1969-12-31T23:59:59.001Z", "2026-03-01T12:00:00.000Z"}),
    in, out) {
  const Json created = create(body_with("due_at", json_string(in)));
  BOOST_TEST(created["due_at"].text() == out);
  BOOST_TEST(read(created["id"].text())["due_at"].text() == out);
  // The returned value is accepted again and changes nothing.
  BOOST_TEST(change(created["id"].text(), R"({"due_at":)" + json_string(out) + '}')["version"].number() == 1);
}

BOOST_AUTO_TEST_CASE(invalid_due_date_is_rejected) {
  for (const std::string text : {"",
                                 "tomorrow",
                                 "2026-03-01",
                                 "2026-03-01T12:00:00",
                                 "2026-03-01 12:00:00Z",
                                 "2026-02-29T00:00:00Z",
                                 "2026-13-01T00:00:00Z",
                                 "2026-00-01T00:00:00Z",
                                 "2026-03-01T24:00:00Z",
                                 "2026-03-01T12:60:00Z",
                                 "2026-03-01T12:00:61Z",
                                 "2026-03-01T12:00:60Z",
                                 "2026-03-01T12:00:00.Z",
                                 "2026-03-01T12:00:00+0530",
                                 "2026-03-01T12:00:00+24:00",
                                 "0001-01-01T00:00:00+00:01",
                                 "9999-12-31T23:59:59.999-00:01",
                                 "10000-01-01T00:00:00Z",
                                 "-001-01-01T00:00:00Z",
                                 "infinity",
                                 "now",
                                 "2026-03-01T12:00:00Z ",
                                 "2026-W09-7T12:00:00Z",
                                 "1772366400"}) {
    BOOST_TEST_CONTEXT(text) {
      expect_faults(request("POST", "/tasks", body_with("due_at", json_string(text))),
                    {"due_at:invalid_format"});
    }
  }
  for (const std::string value : {"1772366400", "true", "{}", "[]"})
    expect_faults(request("POST", "/tasks", body_with("due_at", value)), {"due_at:wrong_type"});
}

BOOST_AUTO_TEST_CASE(priority_is_case_insensitive_and_other_values_are_rejected) {
  for (const std::string name : {"none", "low", "normal", "high", "urgent"}) {
    std::string capitalised = name;
    capitalised.front() = static_cast<char>(capitalised.front() - 'a' + 'A');
    BOOST_TEST(create(body_with("priority", json_string(capitalised)))["priority"].text() == name);
  }
  BOOST_TEST(create(R"({"title":"Tea"})")["priority"].text() == "none");
  for (const std::string wrong : {R"("")", R"("highest")", R"("high ")", R"("0")"})
    expect_faults(request("POST", "/tasks", body_with("priority", wrong)), {"priority:invalid_value"});
  for (const std::string wrong : {"3", "true", R"(["high"])"})
    expect_faults(request("POST", "/tasks", body_with("priority", wrong)), {"priority:wrong_type"});
}

BOOST_AUTO_TEST_SUITE_END()
