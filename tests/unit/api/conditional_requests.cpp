#include "src/api/conditions.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/support_outcome.hpp"
#include "tests/unit/support_resources.hpp"

namespace taskward::api {
namespace {

model::Task task_of_version(std::int64_t version) {
  model::Task task;
  task.version = version;
  return task;
}

http::Request request_with(std::optional<std::string> if_match, std::optional<std::string> if_none_match) {
  http::Request request;
  request.if_match = std::move(if_match);
  request.if_none_match = std::move(if_none_match);
  return request;
}

std::string version_list(const model::Versions& versions) {
  if (versions.any) return "any";
  std::string out = "[";
  for (const std::int64_t version : versions.list)
    out += (out.size() > 1 ? " " : "") + std::to_string(version);
  return out + ']';
}

/// The versions of If-Match, or "any".
std::string match_versions(std::string_view value) {
  const auto read = read_precondition(request_with(std::string(value), {}));
  if (!read) return testing::outcome(read);
  BOOST_TEST(version_list(read->none_match) == "[]");
  return version_list(read->match);
}

/// The versions of If-None-Match.
std::string none_match_versions(std::string_view value) {
  const auto read = read_precondition(request_with({}, std::string(value)));
  if (!read) return testing::outcome(read);
  BOOST_TEST(version_list(read->match) == "any");
  return version_list(read->none_match);
}

/// Whether a client that sends this If-None-Match already has version 3.
std::string client_has_version_3(std::string_view value) {
  const auto read = is_known_to_client(request_with({}, std::string(value)), task_of_version(3));
  return read ? (*read ? "yes" : "no") : testing::outcome(read);
}

BOOST_AUTO_TEST_SUITE(conditional_requests)

BOOST_AUTO_TEST_CASE(etag_of_a_task_is_its_quoted_version) {
  BOOST_TEST(etag_of(task_of_version(1)) == R"("1")");
  BOOST_TEST(etag_of(task_of_version(INT64_MAX)) == R"("9223372036854775807")");
}

BOOST_AUTO_TEST_CASE(etag_matches_only_the_version_it_was_made_from) {
  for (const std::int64_t version : {std::int64_t{1}, std::int64_t{10}, std::int64_t{1} << 40, INT64_MAX}) {
    const std::string tag = etag_of(task_of_version(version));
    BOOST_TEST(match_versions(tag) == version_list({.list = {version}}));
    BOOST_TEST(none_match_versions(tag) == version_list({.list = {version}}));
    BOOST_TEST(*is_known_to_client(request_with({}, tag), task_of_version(version)));
    BOOST_TEST(!*is_known_to_client(request_with({}, tag), task_of_version(version - 1)));
    // If-Match does not affect a read.
    BOOST_TEST(!*is_known_to_client(request_with(tag, {}), task_of_version(version)));
  }
}

BOOST_AUTO_TEST_CASE(request_without_the_headers_is_unconditional) {
  const auto read = read_precondition(http::Request());
  BOOST_REQUIRE(read);
  BOOST_TEST(version_list(read->match) == "any");
  BOOST_TEST(version_list(read->none_match) == "[]");
  BOOST_TEST(!*is_known_to_client(http::Request(), task_of_version(3)));
}

BOOST_AUTO_TEST_CASE(if_match_compares_strong_etags_only) {
  BOOST_TEST(match_versions(R"("1","3", "2")") == "[1 3 2]");
  BOOST_TEST(match_versions(R"("1",W/"2","3")") == "[1 3]");
  BOOST_TEST(match_versions("*") == "any");
  // No version matches, unlike a request without the header.
  BOOST_TEST(match_versions(R"(W/"3")") == "[]");
  BOOST_TEST(match_versions(R"(W/"1",W/"2")") == "[]");
}

BOOST_AUTO_TEST_CASE(if_none_match_compares_weak_etags_too) {
  BOOST_TEST(none_match_versions(R"("1",W/"2")") == "[1 2]");
  BOOST_TEST(none_match_versions("*") == "any");
  BOOST_TEST(client_has_version_3(R"("3")") == "yes");
  BOOST_TEST(client_has_version_3(R"(W/"3")") == "yes");
  BOOST_TEST(client_has_version_3(R"("1","x",W/"3")") == "yes");
  BOOST_TEST(client_has_version_3(R"("1","2","4","33")") == "no");
  BOOST_TEST(client_has_version_3("*") == "yes");
}

BOOST_AUTO_TEST_CASE(foreign_etag_matches_no_version) {
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
    BOOST_TEST(match_versions(tag) == "[]", tag);
    BOOST_TEST(none_match_versions(tag) == "[]", tag);
    BOOST_TEST(client_has_version_3(tag) == "no", tag);
    BOOST_TEST(match_versions(std::string(tag) + ",\"7\"") == "[7]", tag);
  }
}

BOOST_AUTO_TEST_CASE(malformed_precondition_is_400_and_names_the_header) {
  for (const char* bad : {"3", "'3'", "\"3", "3\"", "W/3", "*,\"3\"", "\"3\",*", "\"3\" \"4\"", "", " ", ",",
                          "\"a b\"", "w/\"3\""}) {
    BOOST_TEST(match_versions(bad) == "bad_request", bad);
    BOOST_TEST(none_match_versions(bad) == "bad_request", bad);
    BOOST_TEST(client_has_version_3(bad) == "bad_request", bad);
  }
  BOOST_TEST(read_precondition(request_with("x", {})).error().detail.starts_with("If-Match must be"));
  BOOST_TEST(read_precondition(request_with({}, "x")).error().detail.starts_with("If-None-Match must be"));
  BOOST_TEST(read_precondition(request_with("*", "x")).error().detail.starts_with("If-None-Match must be"));
}

BOOST_AUTO_TEST_CASE(if_match_and_if_none_match_are_parsed_independently) {
  const auto read = read_precondition(request_with(R"("1","2")", R"("2",W/"3")"));
  BOOST_REQUIRE(read);
  BOOST_TEST(version_list(read->match) == "[1 2]");
  BOOST_TEST(version_list(read->none_match) == "[2 3]");
  const auto stars = read_precondition(request_with("*", "*"));
  BOOST_REQUIRE(stars);
  BOOST_TEST(version_list(stars->match) == "any");
  BOOST_TEST(version_list(stars->none_match) == "any");
}

BOOST_AUTO_TEST_SUITE_END()

struct IdempotencyKeyFixture : testing::ResourcesWithoutDatabase {
  IdempotencyKeyFixture() {
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

BOOST_FIXTURE_TEST_SUITE(idempotency_key_headers, IdempotencyKeyFixture)

BOOST_AUTO_TEST_CASE(missing_idempotency_key_header_gives_no_key) {
  const auto none = read_idempotency_key({request, resources, "create_task", {}});
  BOOST_REQUIRE(none);
  BOOST_TEST(!none->has_value());
}

BOOST_AUTO_TEST_CASE(idempotency_key_covers_header_route_content_type_and_body) {
  const auto key = read("8e03978e-40d5-43dd-bc93-6894a57f9324");
  BOOST_REQUIRE(key);
  BOOST_REQUIRE(key->has_value());
  const auto expected = domain::idempotency_key("8e03978e-40d5-43dd-bc93-6894a57f9324", "create_task",
                                                "application/json", "{}");
  BOOST_TEST(((*key)->key == expected.key));
  BOOST_TEST(((*key)->request == expected.request));
  BOOST_TEST(((*read("8e03978e-40d5-43dd-bc93-6894a57f9324", "import_tasks"))->request != expected.request));
  // The body has not been consumed.
  BOOST_TEST(request.body == "{}");
}

BOOST_AUTO_TEST_CASE(idempotency_key_is_1_to_255_visible_ascii_characters) {
  BOOST_TEST((testing::faults_of(read("")) == testing::Lines{"Idempotency-Key invalid_format"}));
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
  // The quoted form of draft-ietf-httpapi-idempotency-key-header is not treated specially.
  BOOST_TEST(((*read("\"x\""))->key != (*read("x"))->key));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
