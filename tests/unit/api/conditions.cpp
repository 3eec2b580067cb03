#include "src/api/conditions.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_resources.hpp"

namespace taskward::api {
namespace {

model::Task of_version(std::int64_t version) {
  model::Task task;
  task.version = version;
  return task;
}

http::Request with(std::string_view if_match, std::string_view if_none_match) {
  http::Request request;
  request.if_match = if_match;
  request.if_none_match = if_none_match;
  return request;
}

std::string listed(const model::Versions& versions) {
  if (versions.any) return "any";
  std::string out = "[";
  for (const std::int64_t version : versions.list)
    out += (out.size() > 1 ? " " : "") + std::to_string(version);
  return out + ']';
}

/// The versions of If-Match, or "any".
std::string matches(std::string_view value) {
  const auto read = read_precondition(with(value, ""));
  if (!read) return testing::outcome(read);
  BOOST_TEST(listed(read->none_match) == "[]");
  return listed(read->match);
}

/// The versions of If-None-Match.
std::string excludes(std::string_view value) {
  const auto read = read_precondition(with("", value));
  if (!read) return testing::outcome(read);
  BOOST_TEST(listed(read->match) == "any");
  return listed(read->none_match);
}

/// Whether a client with that If-None-Match knows version 3.
std::string knows(std::string_view value) {
  const auto read = is_known_to_client(with("", value), of_version(3));
  return read ? (*read ? "yes" : "no") : testing::outcome(read);
}

BOOST_AUTO_TEST_SUITE(conditions)

BOOST_AUTO_TEST_CASE(the_tag_of_a_task_is_its_version_in_quotes) {
  BOOST_TEST(etag_of(of_version(1)) == R"("1")");
  BOOST_TEST(etag_of(of_version(INT64_MAX)) == R"("9223372036854775807")");
}

BOOST_AUTO_TEST_CASE(a_tag_that_was_given_is_taken_back_for_its_version_only) {
  for (const std::int64_t version : {std::int64_t{1}, std::int64_t{10}, std::int64_t{1} << 40, INT64_MAX}) {
    const std::string tag = etag_of(of_version(version));
    BOOST_TEST(matches(tag) == listed({.list = {version}}));
    BOOST_TEST(excludes(tag) == listed({.list = {version}}));
    BOOST_TEST(*is_known_to_client(with("", tag), of_version(version)));
    BOOST_TEST(!*is_known_to_client(with("", tag), of_version(version - 1)));
    // If-Match asks nothing of a request that reads.
    BOOST_TEST(!*is_known_to_client(with(tag, ""), of_version(version)));
  }
}

BOOST_AUTO_TEST_CASE(without_the_headers_nothing_is_asked) {
  const auto read = read_precondition(http::Request());
  BOOST_REQUIRE(read);
  BOOST_TEST(listed(read->match) == "any");
  BOOST_TEST(listed(read->none_match) == "[]");
  BOOST_TEST(knows("") == "no");
}

BOOST_AUTO_TEST_CASE(if_match_takes_strong_tags_of_a_list) {
  BOOST_TEST(matches(R"("1","3", "2")") == "[1 3 2]");
  BOOST_TEST(matches(R"("1",W/"2","3")") == "[1 3]");
  BOOST_TEST(matches("*") == "any");
  // Nothing matches then, which is not the same as no header.
  BOOST_TEST(matches(R"(W/"3")") == "[]");
  BOOST_TEST(matches(R"(W/"1",W/"2")") == "[]");
}

BOOST_AUTO_TEST_CASE(if_none_match_takes_weak_tags_too) {
  BOOST_TEST(excludes(R"("1",W/"2")") == "[1 2]");
  BOOST_TEST(excludes("*") == "any");
  BOOST_TEST(knows(R"("3")") == "yes");
  BOOST_TEST(knows(R"(W/"3")") == "yes");
  BOOST_TEST(knows(R"("1","x",W/"3")") == "yes");
  BOOST_TEST(knows(R"("1","2","4","33")") == "no");
  BOOST_TEST(knows("*") == "yes");
}

BOOST_AUTO_TEST_CASE(a_tag_that_is_none_of_ours_matches_no_version) {
  for (const char* tag : {R"("")",
                          R"("x")",
                          R"("03")",
                          R"("3x")",
                          R"("x3")",
                          R"("+3")",
                          R"("-3")",
                          R"("3.0")",
                          R"("3e0")",
                          R"("0x3")",
                          R"("0")",
                          R"("-1")",
                          R"("00")",
                          R"("9223372036854775808")",
                          R"("18446744073709551619")",
                          R"("'3'")",
                          R"("\3")",
                          R"("*")",
                          R"("W/3")",
                          "\"\xd9\xa3\""}) {
    BOOST_TEST(matches(tag) == "[]", tag);
    BOOST_TEST(excludes(tag) == "[]", tag);
    BOOST_TEST(knows(tag) == "no", tag);
    BOOST_TEST(matches(std::string(tag) + ",\"7\"") == "[7]", tag);
  }
}

BOOST_AUTO_TEST_CASE(a_header_that_cannot_be_read_is_400_with_its_name) {
  for (const char* bad : {"3", "'3'", "\"3", "3\"", "W/3", "*,\"3\"", "\"3\",*", "\"3\" \"4\"", " ", ",",
                          "\"a b\"", "w/\"3\""}) {
    BOOST_TEST(matches(bad) == "bad_request", bad);
    BOOST_TEST(excludes(bad) == "bad_request", bad);
    BOOST_TEST(knows(bad) == "bad_request", bad);
  }
  BOOST_TEST(read_precondition(with("x", "")).error().detail.starts_with("If-Match must be"));
  BOOST_TEST(read_precondition(with("", "x")).error().detail.starts_with("If-None-Match must be"));
  BOOST_TEST(read_precondition(with("*", "x")).error().detail.starts_with("If-None-Match must be"));
}

BOOST_AUTO_TEST_CASE(both_headers_are_read_each_for_itself) {
  const auto read = read_precondition(with(R"("1","2")", R"("2",W/"3")"));
  BOOST_REQUIRE(read);
  BOOST_TEST(listed(read->match) == "[1 2]");
  BOOST_TEST(listed(read->none_match) == "[2 3]");
  const auto stars = read_precondition(with("*", "*"));
  BOOST_REQUIRE(stars);
  BOOST_TEST(listed(stars->match) == "any");
  BOOST_TEST(listed(stars->none_match) == "any");
}

BOOST_AUTO_TEST_SUITE_END()

struct KeyFixture : testing::ResourcesWithoutDatabase {
  KeyFixture() {
    request.content_type = "application/json";
    request.body = "{}";
  }
  Result<std::optional<domain::IdempotencyKey>> read(std::string_view key,
                                                     std::string_view route = "create_task") {
    request.idempotency_key = key;
    return read_idempotency_key({request, resources, route, {}});
  }
  http::Request request;
};

BOOST_FIXTURE_TEST_SUITE(idempotency_key_headers, KeyFixture)

BOOST_AUTO_TEST_CASE(without_one_there_is_none) {
  const auto none = read("");
  BOOST_REQUIRE(none);
  BOOST_TEST(!none->has_value());
}

BOOST_AUTO_TEST_CASE(it_is_what_the_header_the_route_the_type_and_the_body_make) {
  const auto key = read("8e03978e-40d5-43dd-bc93-6894a57f9324");
  BOOST_REQUIRE(key);
  BOOST_REQUIRE(key->has_value());
  const auto same = domain::idempotency_key("8e03978e-40d5-43dd-bc93-6894a57f9324", "create_task",
                                            "application/json", "{}");
  BOOST_TEST(((*key)->key == same.key));
  BOOST_TEST(((*key)->request == same.request));
  BOOST_TEST(((*read("8e03978e-40d5-43dd-bc93-6894a57f9324", "import_tasks"))->request != same.request));
  // The body stays to be read.
  BOOST_TEST(request.body == "{}");
}

BOOST_AUTO_TEST_CASE(it_has_1_to_255_visible_ascii_characters) {
  BOOST_TEST(testing::outcome(read("x")) == "ok");
  BOOST_TEST(testing::outcome(read(std::string(255, 'x'))) == "ok");
  BOOST_TEST(
      (testing::faults_of(read(std::string(256, 'x'))) == testing::Lines{"Idempotency-Key invalid_format"}));
  BOOST_TEST((testing::faults_of(read(std::string(100'000, 'x'))) ==
              testing::Lines{"Idempotency-Key invalid_format"}));
  for (int byte = 0; byte < 256; ++byte) {
    const std::string key = "a" + std::string(1, static_cast<char>(byte)) + "b";
    BOOST_TEST((testing::outcome(read(key)) == (byte > 0x20 && byte < 0x7f ? "ok" : "validation_failed")),
               byte);
  }
  BOOST_TEST(testing::outcome(read(" ")) == "validation_failed");
  // A quoted string, which a draft of the IETF has, is a key like any other.
  BOOST_TEST(((*read("\"x\""))->key != (*read("x"))->key));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
