// Search by words: each must match a word or its beginning; results are ranked.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "expectations.hpp"
#include "task_owner.hpp"

namespace {

using namespace taskward::test;
namespace data = boost::unit_test::data;
constexpr auto each = boost::test_tools::per_element();

using Texts = std::vector<std::string>;

struct SearchFixture : TaskOwner {
  SearchFixture() {
    static_cast<void>(create(R"({"title":"Water the plants","status":"done"})"));
    static_cast<void>(
        create(R"({"title":"Paint the waterfall","due_at":"2026-03-01T00:00:00Z","priority":"high"})"));
    static_cast<void>(create(R"({"title":"Buy a pump","description":"for the water","tags":["home"]})"));
    static_cast<void>(create(R"({"title":"Call a plumber","tags":["water"],"priority":"low"})"));
    static_cast<void>(
        create(R"({"title":"\u00c4rger mit \u65e5\u672c\u8a9e","description":"O'Reilly's foo-bar"})"));
  }
  Texts found(const std::string& words, const std::string& more = {}) {
    return titles("?q=" + url_encoded(words) + more);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(task_search, SearchFixture)

BOOST_AUTO_TEST_CASE(title_ranks_above_tags_and_tags_above_description) {
  // Two titles have the same weight: the newer task is first.
  const Texts ranked{"Paint the waterfall", "Water the plants", "Call a plumber", "Buy a pump"};
  for (const std::string words : {"water", "WATER", "Wat", "w", " water ", "water, water!"})
    BOOST_TEST(found(words) == ranked, each);
  BOOST_TEST(found("waterf") == Texts{"Paint the waterfall"}, each);
}

BOOST_AUTO_TEST_CASE(all_words_must_match_in_any_order_and_field) {
  BOOST_TEST(found("water pump") == Texts{"Buy a pump"}, each);
  BOOST_TEST(found("pum wa home") == Texts{"Buy a pump"}, each);
  BOOST_TEST(found("the plant") == Texts{"Water the plants"}, each);
  BOOST_TEST(found("water plumber call").size() == 1U);
  BOOST_TEST(found("water tea").empty());
  // The end of a word does not match.
  BOOST_TEST(found("fall").empty());
  BOOST_TEST(found("ater").empty());
}

BOOST_AUTO_TEST_CASE(words_of_any_script_match_case_insensitively) {
  for (const std::string words :
       {"\xC3\xA4rg", "\xC3\x84RGER", "\xE6\x97\xA5\xE6\x9C\xAC", "o'rei", "reilly", "foo-b", "bar"})
    BOOST_TEST(found(words).size() == 1U, words << " finds " << found(words).size());
}

BOOST_AUTO_TEST_CASE(search_combines_with_every_filter_and_sort) {
  BOOST_TEST(found("water", "&sort=title") ==
                 (Texts{"Buy a pump", "Call a plumber", "Paint the waterfall", "Water the plants"}),
             each);
  BOOST_TEST(found("water", "&sort=-priority") ==
                 (Texts{"Paint the waterfall", "Call a plumber", "Buy a pump", "Water the plants"}),
             each);
  BOOST_TEST(found("water", "&status=todo&priority=none,low") == (Texts{"Call a plumber", "Buy a pump"}),
             each);
  BOOST_TEST(found("water", "&tag=water") == Texts{"Call a plumber"}, each);
  BOOST_TEST(found("water", "&tag=water&tag=home").empty());
  // The tag filter matches whole tags only.
  BOOST_TEST(found("water", "&tag=wate").empty());
  BOOST_TEST(found("water", "&due_after=2026-03-01T00:00:00Z") == Texts{"Paint the waterfall"}, each);
  BOOST_TEST(list("?q=water&count=true&limit=1")["total"].number() == 4);
}

BOOST_AUTO_TEST_CASE(search_follows_changes_immediately) {
  const std::string id =
      create(R"({"title":"Kettle","tags":["kitchen"],"description":"copper"})")["id"].text();
  for (const std::string word : {"kettle", "kitchen", "copper"})
    BOOST_TEST(found(word) == Texts{"Kettle"}, each);
  static_cast<void>(change(id, R"({"title":"Pot","tags":["garden"],"description":"iron"})"));
  for (const std::string word : {"kettle", "kitchen", "copper"}) BOOST_TEST(found(word).empty());
  for (const std::string word : {"pot", "garden", "iron"}) BOOST_TEST(found(word) == Texts{"Pot"}, each);
  BOOST_TEST(request("DELETE", id).status == 204);
  BOOST_TEST(found("iron").empty());
  BOOST_TEST(found("iron", "&trash=true") == Texts{"Pot"}, each);
}

BOOST_AUTO_TEST_CASE(ranked_pages_contain_each_task_once) {
  std::string file = "[";
  for (int i = 0; i < 60; ++i) {
    file += i == 0 ? "" : ",";
    file += R"({"title":"Kettle )" + std::string(i % 3 == 0 ? "kettle kettle" : "number") +
            R"(","description":")" + repeated("kettle ", static_cast<std::size_t>(i % 4)) + "\"}";
  }
  BOOST_TEST(import(file + ']')["imported"].number() == 60);
  const Texts in_one_page = ids("?q=kettle&limit=100");
  BOOST_TEST(in_one_page.size() == 60U);
  for (const std::string limit : {"1", "7", "59", "60"})
    BOOST_TEST(walk("?q=kettle&limit=" + limit) == in_one_page, each);
  BOOST_TEST(walk("?q=kettle&limit=7&offset=50") == Texts(in_one_page.begin() + 50, in_one_page.end()), each);
}

BOOST_DATA_TEST_CASE(
    operators_and_quotes_are_ignored,
    data::make({"water & !plants",  "water:*", "(water",  "water)",    "\"water\"", "'water'", "water | tea",
                "water <-> the",    "!water",  "water:A", "\\water\\", "water'",    "water\\", "''water''",
                "water:*B & 'the'", "<water>", "%water_", "$1 water",  "water;--",  "*water"}),
    words) {
  const Response response = request("GET", "?limit=100&q=" + url_encoded(words));
  BOOST_TEST(response.status == 200, response.body);
  // All words must match, so each result contains "water", and no task contains "tea".
  for (const std::string& title : texts_of(response.json()["items"], "title"))
    BOOST_TEST(title.find("rger") == std::string::npos);
  const bool expects_nothing = std::string(words).find_first_of("|$") != std::string::npos;
  if (expects_nothing) BOOST_TEST(response.json()["items"].size() == 0U);
  if (std::string(words).find("plants") != std::string::npos)
    BOOST_TEST(found(words) == Texts{"Water the plants"}, each);
}

BOOST_DATA_TEST_CASE(query_without_a_visible_character_is_rejected,
                     data::make({"%20", "%E2%80%8B", "%EF%BB%BF", "%C2%A0%09"}), words) {
  expect_faults(request("GET", "?q=" + std::string(words)), {"q:too_short"});
}

BOOST_DATA_TEST_CASE(signs_that_no_task_contains_find_nothing,
                     data::make({"''", "\"", "\\", "\\\\", "&", "|", "!", "()", "<->", ":*",
                                 "& | ! ( ) <-> :*", "%", "_", "-- ;", "...", "\xF0\x9F\x8D\xB5", "\xCC\x81",
                                 "$$", "*"}),
                     words) {
  BOOST_TEST(found(words).empty());
  BOOST_TEST(found(words, "&tag=home&sort=title&count=true").empty());
  BOOST_TEST(list("?count=true&q=" + url_encoded(words))["total"].number() == 0);
}

BOOST_AUTO_TEST_CASE(query_of_200_characters_is_answered) {
  for (const std::string& piece :
       {std::string("a"), std::string("a "), std::string("'\\"), std::string("\xF4\x8F\xBF\xBF"),
        std::string("\xE6\x97\xA5"), std::string("a-"), std::string("1."), std::string("/a"),
        std::string("a@b."), std::string("<a>")}) {
    std::string words = repeated(piece, 200 / (piece.front() < 0 ? 1 : piece.size()));
    BOOST_TEST_CONTEXT(words) {
      const Response response = request("GET", "?q=" + url_encoded(words));
      BOOST_TEST(response.status == 200, response.body);
    }
  }
  const std::string longest(200, 'x');
  const std::string id = create_titled(longest);
  BOOST_TEST(ids("?q=" + longest) == Texts{id}, each);
  BOOST_TEST(ids("?q=" + longest.substr(1)) == Texts{id}, each);
}

BOOST_AUTO_TEST_CASE(words_of_any_length_can_be_stored) {
  // Longer than PostgreSQL's limits for a lexeme and for an index entry.
  for (const std::size_t size : {999U, 1001U, 2046U, 2047U, 3000U, 9990U}) {
    const std::string id = create(R"({"title":"size)" + std::to_string(size) + R"(","description":")" +
                                  std::string(size, 'y') + "\"}")["id"]
                               .text();
    BOOST_TEST(ids("?q=size" + std::to_string(size)) == Texts{id}, each);
    BOOST_TEST(read(id)["description"].text().size() == size);
  }
  std::string words;
  for (int i = 0; words.size() < 9900; ++i) words += std::to_string(i) + ' ';
  BOOST_TEST(create(R"({"title":"Many","description":")" + words + "\"}")["description"].text() == words);
  BOOST_TEST(found("many 1999") == Texts{"Many"}, each);
}

BOOST_AUTO_TEST_CASE(search_never_finds_tasks_of_other_users) {
  TaskOwner other;
  static_cast<void>(other.create(R"({"title":"Water everywhere","tags":["home"]})"));
  BOOST_TEST(found("everywhere").empty());
  BOOST_TEST(found("water").size() == 4U);
  BOOST_TEST(titles("?tag=home") == Texts{"Buy a pump"}, each);
  BOOST_TEST(other.titles("?q=water&tag=home") == Texts{"Water everywhere"}, each);
  // The index prefixes each word with the owner; an owner's id in a query is an ordinary word.
  for (const std::string& words : {other.user.id + " everywhere", other.user.id + "#home", other.user.id})
    BOOST_TEST(found(words).empty());
}

BOOST_AUTO_TEST_SUITE_END()
