#include "taskward/http/header_values.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>

#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::http {
namespace {

int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char small = to_lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string_view unquoted(std::string_view text) noexcept {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

namespace {

bool is_utf8_name(std::string_view charset) noexcept {
  return equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "utf8") ||
         equal_ignoring_case(charset, "us-ascii");
}

/// Whether a Content-Type is of that type, with any parameters.
bool is_of(std::string_view type, std::string_view content_type) noexcept {
  return equal_ignoring_case(trimmed(content_type.substr(0, content_type.find(';'))), type);
}

/// Whether it is of that type, without a charset or with UTF-8 or its subset US-ASCII.
bool is_utf8_of(std::string_view type, std::string_view content_type) noexcept {
  if (!is_of(type, content_type)) return false;
  const std::size_t semicolon = std::min(content_type.find(';'), content_type.size());
  for (std::string_view rest = content_type.substr(semicolon); !rest.empty();) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view parameter = trimmed(rest.substr(0, end));
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos && equal_ignoring_case(parameter.substr(0, equals), "charset") &&
        !is_utf8_name(unquoted(parameter.substr(equals + 1)))) {
      return false;
    }
    rest.remove_prefix(end);
  }
  return true;
}

}  // namespace

bool is_json(std::string_view content_type) noexcept { return is_of("application/json", content_type); }

bool is_merge_patch(std::string_view content_type) noexcept {
  return is_of("application/merge-patch+json", content_type);
}

bool is_csv(std::string_view content_type) noexcept { return is_utf8_of("text/csv", content_type); }

bool is_calendar(std::string_view content_type) noexcept { return is_utf8_of("text/calendar", content_type); }

std::optional<EntityTags> entity_tags(std::string_view value) {
  EntityTags read;
  value = trimmed(value);
  if (value == "*") {
    read.any = true;
    return read;
  }
  while (true) {
    value = trimmed(value);
    // Empty list elements are ignored (RFC 9110, section 5.6.1.2).
    if (value.starts_with(',')) {
      value.remove_prefix(1);
      continue;
    }
    if (value.empty()) break;
    EntityTags::Tag tag;
    tag.is_weak = value.starts_with("W/");
    if (tag.is_weak) value.remove_prefix(2);
    if (!value.starts_with('"')) return std::nullopt;
    const std::size_t end = value.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    tag.opaque = value.substr(1, end - 1);
    const auto is_etagc = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; };
    if (!std::all_of(tag.opaque.begin(), tag.opaque.end(), is_etagc)) return std::nullopt;
    value = trimmed(value.substr(end + 1));
    if (!value.empty() && value.front() != ',') return std::nullopt;
    read.tags.push_back(std::move(tag));
  }
  if (read.tags.empty()) return std::nullopt;
  return read;
}

namespace {

/// The pieces between separators outside of quotes.
std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && is_quoted) {
      ++i;
    } else if (text[i] == '"') {
      is_quoted = !is_quoted;
    } else if (text[i] == separator && !is_quoted) {
      parts.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(trimmed(text.substr(std::min(begin, text.size()))));
  return parts;
}

/// A qvalue (RFC 9110, section 12.4.2) in thousandths.
std::optional<int> quality(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || (text.front() != '0' && text.front() != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int thousandths = text.front() - '0';
  for (std::size_t i = 2; i < 5; ++i) {
    if (i < text.size() && !is_digit(text[i])) return std::nullopt;
    thousandths = thousandths * 10 + (i < text.size() ? text[i] - '0' : 0);
  }
  return thousandths <= 1000 ? std::optional(thousandths) : std::nullopt;
}

/// The weight of a media range: 1 by default.
std::optional<int> weight(const std::vector<std::string_view>& range) noexcept {
  for (std::size_t i = 1; i < range.size(); ++i) {
    const std::size_t equals = range[i].find('=');
    if (equals != std::string_view::npos && equal_ignoring_case(range[i].substr(0, equals), "q"))
      return quality(range[i].substr(equals + 1));
  }
  return 1000;
}

Acceptance::Named named_by(std::string_view range, std::string_view media_type) noexcept {
  if (equal_ignoring_case(range, media_type)) return Acceptance::Named::itself;
  if (range == "*/*") return Acceptance::Named::everything;
  const std::string_view type = media_type.substr(0, media_type.find('/') + 1);
  const bool is_of_type = range.size() == type.size() + 1 && range.back() == '*' &&
                          equal_ignoring_case(range.substr(0, type.size()), type);
  return is_of_type ? Acceptance::Named::type : Acceptance::Named::no;
}

}  // namespace

Acceptance acceptance(std::string_view accept, std::string_view media_type) {
  if (trimmed(accept).empty()) return {Acceptance::Named::everything, 1000};
  Acceptance found;
  for (const std::string_view element : parts_of(accept, ',')) {
    const auto range = parts_of(element, ';');
    const auto named = named_by(range.front(), media_type);
    const auto wanted = weight(range);
    // The most specific range applies; ranges with an invalid weight are ignored.
    if (named == Acceptance::Named::no || !wanted) continue;
    if (std::tie(named, *wanted) > std::tie(found.named, found.quality)) found = {named, *wanted};
  }
  return found;
}

bool asks_for(std::string_view accept, std::string_view special, std::string_view usual) {
  const Acceptance wanted = acceptance(accept, special);
  if (wanted.named != Acceptance::Named::itself || wanted.quality == 0) return false;
  const Acceptance other = acceptance(accept, usual);
  return wanted.quality > other.quality ||
         (wanted.quality == other.quality && other.named != Acceptance::Named::itself);
}

std::optional<std::string_view> bearer_token(std::string_view authorization) noexcept {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size() ||
      !equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  std::string_view token = authorization.substr(scheme.size());
  while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
  static constexpr auto is_allowed = [] {
    std::array<bool, 256> all{};
    for (std::size_t c = 0; c < all.size(); ++c) {
      const char one = static_cast<char>(c);
      all[c] =
          is_alpha(one) || is_digit(one) || std::string_view("-._~+/").find(one) != std::string_view::npos;
    }
    return all;
  }();
  const auto allowed = [](char c) { return is_allowed[static_cast<unsigned char>(c)]; };
  // '=' is padding, at the end only.
  const std::string_view core = token.substr(0, token.find('='));
  const std::string_view padding = token.substr(core.size());
  if (core.empty() || !std::all_of(core.begin(), core.end(), allowed) ||
      padding.find_first_not_of('=') != std::string_view::npos) {
    return std::nullopt;
  }
  return token;
}

std::optional<std::string_view> cookie_value(std::string_view cookies, std::string_view name) noexcept {
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view one = cookies.substr(0, end);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.starts_with(name) && one.size() > name.size() && one[name.size()] == '=')
      return one.substr(name.size() + 1);
  }
  return std::nullopt;
}

namespace {

constexpr std::string_view kBasic = "basic ";

}  // namespace

bool is_basic(std::string_view authorization) noexcept {
  return equal_ignoring_case(authorization.substr(0, kBasic.size()), kBasic);
}

std::optional<std::string_view> basic_credentials(std::string_view authorization) noexcept {
  if (!is_basic(authorization)) return std::nullopt;
  std::string_view encoded = authorization.substr(kBasic.size());
  while (encoded.starts_with(' ')) encoded.remove_prefix(1);
  return encoded;
}

std::optional<std::string> form_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (out.find('\0') != std::string::npos || !code_points(out)) return std::nullopt;
  return out;
}

Result<Query> parse_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto key = form_decoded(pair.substr(0, equals));
    auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!key || !value) {
      return Error(ErrorCode::bad_request,
                   "The query contains an invalid percent-encoding, a NUL or invalid UTF-8.");
    }
    query.emplace_back(std::move(*key), std::move(*value));
  }
  return query;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alpha(c) || is_digit(c) || std::string_view("-._~").find(c) != std::string_view::npos)
      out += c;
    else
      out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
  }
  return out;
}

std::string query_text(const Query& query) {
  std::string out;
  for (const auto& [name, value] : query) {
    if (!out.empty()) out += '&';
    out += percent_encoded(name) + '=' + percent_encoded(value);
  }
  return out;
}

std::optional<Timestamp> parse_sent_at(std::string_view msec) noexcept {
  constexpr std::size_t most_digits = 12;  // of the seconds, to prevent overflow
  const std::size_t point = msec.find('.');
  if (point == 0 || point > most_digits || msec.size() != point + 4) return std::nullopt;
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < msec.size(); ++i) {
    if (i == point) continue;
    if (!is_digit(msec[i])) return std::nullopt;
    milliseconds = milliseconds * 10 + (msec[i] - '0');
  }
  return Timestamp(std::chrono::milliseconds(milliseconds));
}

}  // namespace taskward::http
