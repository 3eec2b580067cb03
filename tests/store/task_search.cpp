// Full-text search: whole words and prefixes in title, tags and description, best match first, own tasks
// only.
#include "task_fixture.hpp"

namespace taskward::testing {
namespace {

using model::TaskFilter;

struct SearchFixture : TaskFixture {
  model::Task new_titled_task(const std::string& title, const std::string& description = {},
                              std::vector<std::string> tags = {}) {
    return new_task(ann, {title, description, {}, {}, {}, std::move(tags)});
  }
};

BOOST_FIXTURE_TEST_SUITE(task_search, SearchFixture)

BOOST_AUTO_TEST_CASE(word_is_found_in_any_case_and_by_prefix) {
  new_titled_task("Gardening");
  for (const char* text : {"gardening", "GARDEN", "g", "Gardeni"})
    BOOST_TEST(found(text) == "Gardening", text);
  for (const char* text : {"ardening", "gardeninge", "x"}) BOOST_TEST(found(text).empty(), text);
}

BOOST_AUTO_TEST_CASE(parts_of_addresses_and_paths_are_words) {
  new_titled_task("mail", "ask ada.lovelace@example.org");
  new_titled_task("file", "/srv/backups/monthly~old", {"snake_case/tag"});
  for (const char* text : {"ada.lovelace@example.org", "ada.love", "example.org"})
    BOOST_TEST(found(text) == "mail", text);
  for (const char* text : {"backups", "/srv/backups", "backups/month", "old", "monthly~old", "case"})
    BOOST_TEST(found(text) == "file", text);
}

BOOST_AUTO_TEST_CASE(all_words_must_match_in_any_order) {
  new_titled_task("plants", "water them");
  BOOST_TEST(found("water plants") == "plants");
  BOOST_TEST(found("  plan\twat ") == "plants");
  BOOST_TEST(found("water plants daily").empty());
}

BOOST_AUTO_TEST_CASE(title_ranks_before_tags_and_tags_before_description) {
  new_titled_task("text", "about tea");
  new_titled_task("tagged", "", {"tea"});
  new_titled_task("tea");
  BOOST_TEST(found("tea") == "tea tagged text");
}

BOOST_AUTO_TEST_CASE(equal_ranks_have_a_stable_order_and_pages) {
  for (int i = 0; i < 25; ++i) new_titled_task("tea", i % 2 == 0 ? "tea tea" : "");
  const TaskFilter filter = words("tea");
  const auto whole = list(ann, filter)->tasks;
  std::vector<TaskId> paged;
  std::optional<store::TaskPosition> after;
  for (bool more = true; more;) {
    auto page = list(ann, store::TaskListing{filter, 4, 0, after, {}});
    for (const model::Task& task : page->tasks) paged.push_back(task.id);
    more = page->tasks.size() == 4;
    if (more) after = page->position(page->tasks.size() - 1);
  }
  BOOST_TEST_REQUIRE(paged.size() == whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) BOOST_TEST((paged[i] == whole[i].id));
}

BOOST_AUTO_TEST_CASE(index_follows_every_change_of_the_task) {
  const TaskId id = new_titled_task("before").id;
  model::TaskChange next;
  next.title = "after";
  BOOST_TEST(outcome(change(ann, id, next)) == "ok");
  BOOST_TEST(found("before").empty());
  BOOST_TEST(found("after") == "after");
  next = {};
  next.tags = {"label"};
  BOOST_TEST(outcome(change(ann, id, next)) == "ok");
  BOOST_TEST(found("labe") == "after");
  BOOST_TEST(outcome(remove(ann, id)) == "ok");
  BOOST_TEST(found("after").empty());
}

BOOST_AUTO_TEST_CASE(search_text_has_no_syntax) {
  new_titled_task("it's a:b c\\d e|f !g (h) <-> 'i' *j & k\xE2\x80\x9D \xF0\x9F\x8D\xB5");
  for (const char* text : {"it's",
                           "'",
                           "''",
                           "\\",
                           "\\'",
                           "a:b",
                           "a:*",
                           "e|f",
                           "!g",
                           "!",
                           "(h",
                           "h)",
                           "<->",
                           "<2>",
                           "&",
                           "|",
                           "*j",
                           "':*",
                           "' | '1",
                           "\xF0\x9F\x8D\xB5",
                           "k\xE2\x80\x9D",
                           "$1",
                           "%",
                           "--",
                           "/*",
                           "a & !a",
                           "\"quoted\""}) {
    // It may find nothing, but it never fails.
    BOOST_TEST(outcome(list(ann, words(text))) == "ok", text);
  }
  BOOST_TEST(found("e|f").starts_with("it's"));
  BOOST_TEST(found("g !h").starts_with("it's"));
  BOOST_TEST(found("!nothere").empty());
  BOOST_TEST(found("a | nothere").empty());
}

BOOST_AUTO_TEST_CASE(search_for_signs_finds_what_contains_them) {
  new_titled_task("tea");
  new_titled_task("cake \U0001F600", "with - cream");
  new_titled_task("milk", "", {"!?"});
  for (const char* text : {".", "---", "+", "\U0001F601"}) BOOST_TEST(found(text).empty(), text);
  for (const char* text : {"\U0001F600", "-", "- \U0001F600"})
    BOOST_TEST(found(text) == "cake \U0001F600", text);
  BOOST_TEST(found("!?") == "milk");
  // Beside a word, signs are ignored.
  BOOST_TEST(found("tea !") == "tea");
  TaskFilter filter = words("-");
  filter.sort = model::TaskSort::title;
  BOOST_TEST(titles(ann, filter) == "cake \U0001F600");
  filter.tags = {"home"};
  BOOST_TEST(titles(ann, filter).empty());
}

BOOST_AUTO_TEST_CASE(word_within_a_text_without_spaces_is_found) {
  new_titled_task("\u6771\u4eac\u90fd\u306e\u5929\u6c17");                          // weather of Tokyo
  new_titled_task("\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a");  // a greeting in Thai
  BOOST_TEST(found("\u5929\u6c17") == "\u6771\u4eac\u90fd\u306e\u5929\u6c17");
  BOOST_TEST(found("\u4eac \u6c17") == "\u6771\u4eac\u90fd\u306e\u5929\u6c17");
  BOOST_TEST(found("\u0e14\u0e35").size() > 0U);
  BOOST_TEST(found("\u5929\u4eac").empty());
}

BOOST_AUTO_TEST_CASE(every_unicode_form_of_a_word_is_found) {
  const std::string composed = "M\u00f6belhaus", decomposed = "Mo\u0308belhaus", wide = "\uff2d\u00f6belhaus";
  for (const std::string& one : {composed, decomposed, wide}) new_titled_task(one);
  for (const std::string& text : {composed, decomposed, wide, std::string("M\u00f6bel")}) {
    TaskFilter filter = words(text);
    filter.sort = model::TaskSort::created_at;
    filter.order = model::SortOrder::ascending;
    // As they were written.
    BOOST_TEST(titles(ann, filter) == composed + ' ' + decomposed + ' ' + wide, text);
  }
  new_titled_task("tagged", "", {decomposed});
  for (const std::string& tag : {composed, decomposed, wide}) {
    TaskFilter filter;
    filter.tags = {tag};
    BOOST_TEST(titles(ann, filter) == "tagged", tag);
  }
}

BOOST_AUTO_TEST_CASE(very_long_words_are_accepted) {
  std::string longest;
  for (int i = 0; i < 10'000; ++i) longest += "\xF0\x90\x90\xA8";  // letters of four bytes
  new_titled_task("long", longest);
  new_titled_task("x" + std::string(199, 'y'));
  BOOST_TEST(found("long") == "long");
  BOOST_TEST(found(std::string(200, 'y')).empty());
  BOOST_TEST(found("x" + std::string(199, 'y')) == "x" + std::string(199, 'y'));
  std::string wide;
  for (std::size_t i = 0; i < model::kSearchMaxCharacters; ++i) wide += "\xF0\x90\x90\xA8";
  BOOST_TEST(outcome(list(ann, words(wide))) == "ok");
}

BOOST_AUTO_TEST_CASE(words_and_tags_of_other_owners_are_not_found) {
  new_task(bob, {"treasure", "hidden", {}, {}, {}, {"secret"}});
  new_titled_task("mine");
  BOOST_TEST(found("treasure").empty());
  BOOST_TEST(found("t").empty());
  TaskFilter filter;
  filter.tags = {"secret"};
  BOOST_TEST(titles(ann, filter).empty());
  BOOST_TEST(titles(bob, filter) == "treasure");
  // Nor by the owner's id, which precedes the words in the index.
  for (const std::string& text :
       {bob.user.text(), bob.user.text() + " treasure", bob.user.text() + "#secret"}) {
    BOOST_TEST(found(text).empty());
    filter.tags = {text};
    BOOST_TEST(titles(ann, filter).empty());
  }
}

BOOST_AUTO_TEST_CASE(tag_matches_only_as_a_whole_and_case_sensitively) {
  new_titled_task("one", "", {"home"});
  new_titled_task("two", "", {"homework", "a 'b' \\c & d"});
  TaskFilter filter;
  const auto of = [&](std::vector<std::string> tags) {
    filter.tags = std::move(tags);
    return titles(ann, filter);
  };
  BOOST_TEST(of({"home"}) == "one");
  BOOST_TEST(of({"homework"}) == "two");
  BOOST_TEST(of({"hom"}).empty());
  BOOST_TEST(of({"Home"}).empty());
  BOOST_TEST(of({"a 'b' \\c & d"}) == "two");
  BOOST_TEST(of({"homework", "a 'b' \\c & d"}) == "two");
  BOOST_TEST(of({"home", "homework"}).empty());
  filter.text = "tw";
  BOOST_TEST(of({"homework"}) == "two");
  filter.text = "on";
  BOOST_TEST(of({"homework"}).empty());
}

BOOST_AUTO_TEST_CASE(search_uses_the_word_index) {
  execute("insert into taskward.tasks (owner_id, id, title, status) select '" + ann.user.text() +
          "', gen_random_uuid(), 'word' || n, 'todo' from generate_series(1, 3000) n");
  execute("analyze taskward.task_index");
  const auto scans = [&] {
    execute("select pg_stat_clear_snapshot()");
    return number("select idx_scan from pg_stat_user_indexes where indexrelname = 'task_index_by_words'");
  };
  const auto before = scans();
  BOOST_TEST(found("word2999") == "word2999");
  service.execute("select pg_stat_force_next_flush()");
  BOOST_TEST(scans() > before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
