#include "taskward/crypto/qr_code.hpp"

#include <qrencode.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace taskward::crypto {
namespace {

/// The modules are the text in another form.
struct WipesAndFrees {
  void operator()(QRcode* code) const noexcept {
    wipe(code->data, static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width));
    QRcode_free(code);
  }
};

constexpr int kQuietZone = 4;  // ISO/IEC 18004, section 5.3.8

}  // namespace

Secret qr_svg(const Secret& text) {
  if (text.empty() || text.size() > kQrTextMaxBytes)
    throw std::logic_error("a QR code has 1 to 2331 bytes of text");
  const std::unique_ptr<QRcode, WipesAndFrees> code(
      QRcode_encodeData(static_cast<int>(text.size()),
                        reinterpret_cast<const unsigned char*>(text.reveal().data()), 0, QR_ECLEVEL_M));
  if (code == nullptr) throw std::runtime_error("libqrencode failed: QRcode_encodeData");

  const int width = code->width;
  const std::string side = std::to_string(width + 2 * kQuietZone);
  std::string svg;
  // A run has at most 14 characters and, with the gap after it, at least 2 modules. A string that grows
  // leaves a copy in freed memory.
  svg.reserve(256 + static_cast<std::size_t>(width) * static_cast<std::size_t>(width) * 7);
  svg += R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 )" + side + ' ' + side +
         R"(" shape-rendering="crispEdges"><rect width=")" + side + R"(" height=")" + side +
         R"(" fill="#fff"/><path stroke="#000" d=")";
  for (int y = 0; y < width; ++y) {
    const unsigned char* row = code->data + y * width;
    const auto is_black = [&](int x) { return (row[x] & 1U) != 0; };
    for (int x = 0; x < width;) {
      const int begin = x;
      while (x < width && is_black(x)) ++x;
      if (x == begin) {
        ++x;
        continue;
      }
      // A line through the middle of the modules, 1 unit wide.
      svg += 'M' + std::to_string(begin + kQuietZone) + ' ' + std::to_string(y + kQuietZone) + ".5h" +
             std::to_string(x - begin);
    }
  }
  svg += R"("/></svg>)";
  return Secret::take(svg);
}

}  // namespace taskward::crypto
