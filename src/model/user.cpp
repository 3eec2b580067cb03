#include "taskward/model/user.hpp"

#include <algorithm>
#include <utility>

#include "taskward/base/text.hpp"
#include "taskward/model/email_address.hpp"

namespace taskward::model {
namespace {

constexpr bool is_alnum(char c) noexcept { return is_alpha(c) || is_digit(c); }

// RFC 5322, section 3.2.3.
constexpr bool is_atext(char c) noexcept {
  return is_alnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_dot_string(std::string_view text) noexcept {
  if (text.empty() || text.size() > 64 || text.front() == '.' || text.back() == '.') return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || is_atext(c); });
}

bool is_label(std::string_view text) noexcept {
  if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '-' || is_alnum(c); });
}

bool is_host_name(std::string_view text) noexcept {
  std::size_t labels = 0;
  std::string_view last;
  while (true) {
    const std::size_t dot = text.find('.');
    last = text.substr(0, dot);
    if (!is_label(last)) return false;
    ++labels;
    if (dot == std::string_view::npos) break;
    text.remove_prefix(dot + 1);
  }
  // A numeric last label would make it an IPv4 address.
  return labels >= 2 && !std::all_of(last.begin(), last.end(), is_digit);
}

}  // namespace

bool is_email_address(std::string_view text) noexcept {
  if (text.size() > kEmailMaxBytes) return false;
  const std::size_t at = text.rfind('@');
  return at != std::string_view::npos && is_dot_string(text.substr(0, at)) &&
         is_host_name(text.substr(at + 1));
}

bool is_username(std::string_view text) noexcept {
  return text.size() >= kUsernameMinBytes && text.size() <= kUsernameMaxBytes && is_alnum(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alnum(c) || c == '.' || c == '_' || c == '-'; });
}

AccountName AccountName::of(std::string text) {
  if (text.find('@') == std::string::npos) return {Kind::username, std::move(text)};
  auto address = with_ascii_domain(text);
  return {Kind::email, address ? *std::move(address) : std::move(text)};
}

}  // namespace taskward::model
