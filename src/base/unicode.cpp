#include "taskward/base/unicode.hpp"

#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "taskward/base/printable.hpp"

namespace taskward {
namespace {

struct Free {
  void operator()(std::uint8_t* bytes) const noexcept { std::free(bytes); }
};

const std::uint8_t* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// Calls use(normalised text), which is wiped afterwards.
template <class Use>
auto with_nfkc(std::string_view text, const Use& use) {
  const bool is_ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii || u8_check(bytes_of(text), text.size()) != nullptr) return use(text);
  // Large enough, so that libunistring does not leave smaller buffers behind: no code point grows more than
  // 11 times.
  std::string buffer(text.size() * 11, '\0');
  std::size_t size = buffer.size();
  auto* into = reinterpret_cast<std::uint8_t*>(buffer.data());
  std::uint8_t* normalised = u8_normalize(UNINORM_NFKC, bytes_of(text), text.size(), into, &size);
  const std::unique_ptr<std::uint8_t, Free> other(normalised == into ? nullptr : normalised);
  if (normalised == nullptr) throw std::bad_alloc();
  auto result = use(std::string_view(reinterpret_cast<const char*>(normalised), size));
  wipe(normalised, size);
  return result;
}

/// Calls until(code point, its text) for each, and returns whether it returned true for one.
template <class Until>
bool any_code_point(std::string_view text, const Until& until) {
  while (!text.empty()) {
    ucs4_t code_point = 0;
    const int length = u8_mbtouc(&code_point, bytes_of(text), text.size());
    if (until(code_point, text.substr(0, static_cast<std::size_t>(length)))) return true;
    text.remove_prefix(static_cast<std::size_t>(length));
  }
  return false;
}

bool is_of_a_script_without_spaces(ucs4_t c) {
  constexpr std::array scripts{"Han",  "Hiragana", "Katakana", "Hangul",  "Bopomofo", "Yi",
                               "Thai", "Lao",      "Khmer",    "Myanmar", "Tibetan"};
  const uc_script_t* script = uc_script(c);
  return script != nullptr && std::any_of(scripts.begin(), scripts.end(),
                                          [&](std::string_view one) { return one == script->name; });
}

}  // namespace

std::string nfkc(std::string_view text) {
  return with_nfkc(text, [](std::string_view normalised) { return std::string(normalised); });
}

Secret nfkc(const Secret& text) {
  return with_nfkc(text.reveal(), [](std::string_view normalised) { return Secret(normalised); });
}

bool has_visible_character(std::string_view text) {
  return any_code_point(text, [](ucs4_t c, std::string_view) {
    return !is_c0_or_c1(c) && !uc_is_property_white_space(c) &&
           !uc_is_property_default_ignorable_code_point(c);
  });
}

bool has_many_combining_marks(std::string_view text) {
  constexpr int most = 30;
  int marks = 0;
  return any_code_point(text, [&](ucs4_t c, std::string_view) {
    marks = uc_combining_class(c) == 0 ? 0 : marks + 1;
    return marks > most;
  });
}

bool has_control_character(std::string_view text) {
  return any_code_point(
      text, [](ucs4_t c, std::string_view) { return is_c0_or_c1(c) && c != U'\t' && c != U'\n'; });
}

bool is_one_line(std::string_view text) {
  return !any_code_point(
      text, [](ucs4_t c, std::string_view) { return is_c0_or_c1(c) || c == 0x2028 || c == 0x2029; });
}

std::vector<std::string_view> parts_between_white_space(std::string_view text) {
  std::vector<std::string_view> parts;
  bool is_in_part = false;
  any_code_point(text, [&](ucs4_t c, std::string_view bytes) {
    if (uc_is_property_white_space(c)) {
      is_in_part = false;
    } else if (!is_in_part) {
      parts.push_back(bytes);
      is_in_part = true;
    } else {
      parts.back() = {parts.back().data(), parts.back().size() + bytes.size()};
    }
    return false;
  });
  return parts;
}

bool has_words(std::string_view text) {
  const auto is_word_character = [](ucs4_t c, std::string_view) {
    return uc_is_property_alphabetic(c) || uc_is_property_decimal_digit(c);
  };
  const auto has_no_spaces = [](ucs4_t c, std::string_view) { return is_of_a_script_without_spaces(c); };
  return any_code_point(text, is_word_character) && !any_code_point(text, has_no_spaces);
}

}  // namespace taskward
