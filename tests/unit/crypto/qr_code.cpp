#include "taskward/crypto/qr_code.hpp"

#include <qrencode.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "taskward/crypto/random.hpp"
#include "taskward/crypto/totp.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

const std::string kUri =
    "otpauth://totp/Taskward:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Taskward&"
    "algorithm=SHA1&digits=6&period=30";

std::string svg_of(std::string_view text) { return std::string(qr_svg(Secret(text)).reveal()); }

std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before) + before.size();
  const std::size_t end = text.find(after, begin);
  if (end == std::string::npos) throw std::runtime_error("no " + before + " … " + after);
  return text.substr(begin, end - begin);
}

int side_of(const std::string& svg) { return std::stoi(between(svg, "<rect width=\"", "\"")); }

/// The black modules (x, y) that the path draws. Throws if it has anything but rows of modules, each once.
std::set<std::pair<int, int>> drawn(const std::string& svg) {
  std::set<std::pair<int, int>> black;
  const std::string path = between(svg, "<path stroke=\"#000\" d=\"", "\"");
  const char* at = path.c_str();
  const auto expect = [&](std::string_view word) {
    if (std::string_view(at).substr(0, word.size()) != word) throw std::runtime_error(at);
    at += word.size();
  };
  const auto number = [&] {
    char* end = nullptr;
    const long read = std::strtol(at, &end, 10);
    if (end == at) throw std::runtime_error(at);
    at = end;
    return static_cast<int>(read);
  };
  while (*at != '\0') {
    expect("M");
    const int x = number();
    expect(" ");
    const int y = number();
    expect(".5h");
    const int length = number();
    for (int i = 0; i < length; ++i)
      if (!black.emplace(x + i, y).second) throw std::runtime_error("a module is drawn twice");
  }
  return black;
}

/// The black modules as libqrencode has them, moved by the quiet zone.
std::set<std::pair<int, int>> encoded(const std::string& text) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0,
                        QR_ECLEVEL_M),
      QRcode_free);
  std::set<std::pair<int, int>> black;
  for (int i = 0; i < code->width * code->width; ++i)
    if ((code->data[i] & 1) != 0) black.emplace(i % code->width + 4, i / code->width + 4);
  return black;
}

BOOST_AUTO_TEST_SUITE(qr_code)

BOOST_AUTO_TEST_CASE(svg_draws_exactly_the_modules_of_the_code) {
  for (const std::string& text :
       {kUri, std::string("a"), std::string("caf\u00e9"), std::string("a\0b\0", 4), std::string(300, '\xff')})
    BOOST_TEST((drawn(svg_of(text)) == encoded(text)));
}

BOOST_AUTO_TEST_CASE(side_is_that_of_the_smallest_version_with_the_quiet_zone) {
  // Bytes of versions 1, 2 and 40 with level M (ISO/IEC 18004, table 7).
  BOOST_TEST(side_of(svg_of(std::string(14, 'x'))) == 21 + 8);
  BOOST_TEST(side_of(svg_of(std::string(15, 'x'))) == 25 + 8);
  BOOST_TEST(side_of(svg_of(std::string(26, 'x'))) == 25 + 8);
  BOOST_TEST(side_of(svg_of(std::string(27, 'x'))) == 29 + 8);
  BOOST_TEST(side_of(svg_of(std::string(kQrTextMaxBytes, 'x'))) == 177 + 8);
}

BOOST_AUTO_TEST_CASE(quiet_zone_of_four_modules_is_white) {
  const std::string svg = svg_of(kUri);
  const int side = side_of(svg);
  for (const auto& [x, y] : drawn(svg)) BOOST_REQUIRE(x >= 4 && y >= 4 && x < side - 4 && y < side - 4);
  // The finder patterns touch it.
  for (const auto& corner : {std::pair(4, 4), std::pair(side - 5, 4), std::pair(4, side - 5)})
    BOOST_TEST(drawn(svg).contains(corner));
}

BOOST_AUTO_TEST_CASE(svg_is_small_and_refers_to_nothing) {
  const std::string svg = svg_of(kUri);
  const std::string side = std::to_string(side_of(svg));
  BOOST_TEST(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + ' ' + side +
                             "\" "));
  BOOST_TEST(testing::contains(svg, "<rect width=\"" + side + "\" height=\"" + side + "\" fill=\"#fff\"/>"));
  BOOST_TEST(svg.ends_with("\"/></svg>"));
  for (const char* part : {"script", "href", "style", "url", "<?", "<!", "GEZDGNBV"})
    BOOST_TEST(!testing::contains(svg, part), part);
  BOOST_TEST(svg.size() < 8'000U);
}

BOOST_AUTO_TEST_CASE(text_that_no_code_holds_throws) {
  BOOST_CHECK_THROW(static_cast<void>(qr_svg(Secret())), std::logic_error);
  BOOST_CHECK_THROW(static_cast<void>(qr_svg(Secret(std::string(kQrTextMaxBytes + 1, 'x')))),
                    std::logic_error);
}

BOOST_AUTO_TEST_CASE(uri_of_a_long_issuer_and_account_fits) {
  SystemRandom random;
  const Secret uri = otpauth_uri(std::string(64, '%'), std::string(254, '@'), new_totp_secret(random));
  BOOST_TEST(side_of(std::string(qr_svg(uri).reveal())) < 185);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
