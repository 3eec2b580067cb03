#include "taskward/model/mailbox.hpp"

#include <algorithm>
#include <utility>

#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/model/email_address.hpp"
#include "taskward/model/user.hpp"

namespace taskward::model {
namespace {

constexpr std::size_t kNameMaxBytes = 128;

bool is_address(std::string_view text) {
  // An appended label makes a single-label host name acceptable.
  return is_email_address(text) || is_email_address(std::string(text) + ".home");
}

bool is_display_name(std::string_view text) {
  return text.size() <= kNameMaxBytes && code_points(text) &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
                  std::string_view("\"\\<>").find(c) != std::string_view::npos;
         });
}

}  // namespace

std::optional<Mailbox> Mailbox::parse(std::string_view text) {
  Mailbox box;
  text = trimmed(text);
  if (text.ends_with('>')) {
    const std::size_t open = text.find('<');
    if (open == std::string_view::npos) return std::nullopt;
    box.name = trimmed(text.substr(0, open));
    text = text.substr(open + 1, text.size() - open - 2);
  }
  auto address = with_ascii_domain(text);
  if (!address) return std::nullopt;
  box.address = *std::move(address);
  if (!is_address(box.address) || !is_display_name(box.name)) return std::nullopt;
  return box;
}

}  // namespace taskward::model
