// Truncated, altered and random documents.
#include <boost/test/unit_test.hpp>
#include <charconv>
#include <random>
#include <string>

#include "taskward/base/utf8.hpp"
#include "taskward/json/value.hpp"
#include "tests/unit/support_outcome.hpp"

namespace taskward::json {
namespace {

const std::string kDocument =
    R"({"title":"caf\u00e9 🦊 \ud83e\udd8a","list":[1,-2.5e3,true,false,null,"\"\\\/\b\f\n\r\t"],)"
    R"("nested":{"a":{"b":[[],[{}]]}},"long":123456789012345678901234567890})";

/// The byte offset in the text of an error, or -1.
long offset_in(const std::string& detail) {
  constexpr std::string_view before = "at byte ";
  const std::size_t position = detail.find(before);
  if (position == std::string::npos) return -1;
  long offset = -1;
  std::from_chars(detail.data() + position + before.size(), detail.data() + detail.size(), offset);
  return offset;
}

/// Whether the text is valid JSON; an error must be malformed_json with an offset within the text.
bool is_valid(std::string text) {
  const std::size_t size = text.size();
  const auto value = parse(text);
  if (value) return true;
  BOOST_REQUIRE_EQUAL(testing::outcome(value), "malformed_json");
  const long offset = offset_in(value.error().detail);
  BOOST_REQUIRE_GE(offset, 0);
  BOOST_REQUIRE_LE(offset, static_cast<long>(size));
  BOOST_REQUIRE(code_points(value.error().detail).has_value());
  return false;
}

BOOST_AUTO_TEST_SUITE(json_malformed_input)

BOOST_AUTO_TEST_CASE(every_truncated_document_is_rejected) {
  BOOST_REQUIRE(is_valid(kDocument));
  for (std::size_t length = 0; length < kDocument.size(); ++length) {
    BOOST_REQUIRE(!is_valid(kDocument.substr(0, length)));
  }
}

BOOST_AUTO_TEST_CASE(every_byte_at_every_position_is_parsed_or_rejected) {
  for (std::size_t position = 0; position < kDocument.size(); ++position) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = kDocument;
      text[position] = static_cast<char>(byte);
      static_cast<void>(is_valid(std::move(text)));
    }
  }
}

BOOST_AUTO_TEST_CASE(random_mutations_are_parsed_or_rejected) {
  std::mt19937 generator(20260131);  // NOLINT: fixed seed, so that each run tests the same documents
  const auto random_below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(generator);
  };
  int rejected = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = kDocument;
    for (std::size_t change = 0; change <= random_below(4); ++change) {
      const std::size_t position = random_below(text.size());
      switch (random_below(5)) {
        case 0:
          text[position] = static_cast<char>(random_below(256));
          break;
        case 1:
          text.erase(position, 1 + random_below(8));
          break;
        case 2:
          text.insert(position, 1 + random_below(4), R"({}[]",:\u0)"[random_below(10)]);
          break;
        case 3:
          text.insert(position, kDocument.substr(random_below(kDocument.size()), random_below(30)));
          break;
        default:
          std::swap(text[position], text[random_below(text.size())]);
      }
      if (text.empty()) text = " ";
    }
    if (!is_valid(std::move(text))) ++rejected;
  }
  BOOST_TEST(rejected > 10'000);
}

BOOST_AUTO_TEST_CASE(random_bytes_are_never_a_valid_document) {
  std::mt19937 generator(8);  // NOLINT
  std::uniform_int_distribution<int> byte(1, 255);
  for (int round = 0; round < 2'000; ++round) {
    std::string text(64, '\0');
    for (char& c : text) c = static_cast<char>(byte(generator));
    BOOST_REQUIRE(!is_valid(std::move(text)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::json
