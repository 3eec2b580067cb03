// What the reader does with documents that are cut off or altered.
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

/// The offset in a refusal's text, or -1.
long offset_in(const std::string& detail) {
  constexpr std::string_view before = "at byte ";
  const std::size_t place = detail.find(before);
  if (place == std::string::npos) return -1;
  long offset = -1;
  std::from_chars(detail.data() + place + before.size(), detail.data() + detail.size(), offset);
  return offset;
}

/// Reads the text; a refusal must be the client's fault and point into the text.
bool reads(std::string text) {
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

BOOST_AUTO_TEST_SUITE(json_hostile)

BOOST_AUTO_TEST_CASE(every_truncation_is_refused_at_a_byte_of_the_text) {
  BOOST_REQUIRE(reads(kDocument));
  for (std::size_t length = 0; length < kDocument.size(); ++length) {
    BOOST_REQUIRE(!reads(kDocument.substr(0, length)));
  }
}

BOOST_AUTO_TEST_CASE(every_byte_at_every_place_is_read_or_refused) {
  for (std::size_t place = 0; place < kDocument.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = kDocument;
      text[place] = static_cast<char>(byte);
      static_cast<void>(reads(std::move(text)));
    }
  }
}

BOOST_AUTO_TEST_CASE(random_mutations_are_read_or_refused) {
  std::mt19937 dice(20260131);  // NOLINT: the same documents at each run
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(dice);
  };
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = kDocument;
    for (std::size_t change = 0; change <= below(4); ++change) {
      const std::size_t place = below(text.size());
      switch (below(5)) {
        case 0:
          text[place] = static_cast<char>(below(256));
          break;
        case 1:
          text.erase(place, 1 + below(8));
          break;
        case 2:
          text.insert(place, 1 + below(4), R"({}[]",:\u0)"[below(10)]);
          break;
        case 3:
          text.insert(place, kDocument.substr(below(kDocument.size()), below(30)));
          break;
        default:
          std::swap(text[place], text[below(text.size())]);
      }
      if (text.empty()) text = " ";
    }
    if (!reads(std::move(text))) ++refused;
  }
  BOOST_TEST(refused > 10'000);
}

BOOST_AUTO_TEST_CASE(random_noise_is_never_taken_for_a_document) {
  std::mt19937 dice(8);  // NOLINT
  std::uniform_int_distribution<int> byte(1, 255);
  for (int round = 0; round < 2'000; ++round) {
    std::string text(64, '\0');
    for (char& c : text) c = static_cast<char>(byte(dice));
    BOOST_REQUIRE(!reads(std::move(text)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::json
