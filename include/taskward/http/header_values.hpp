// Parsing of header values and queries (RFC 9110, RFC 6750, RFC 7617, URL Standard) and of values from nginx.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/result.hpp"
#include "taskward/base/secret.hpp"

namespace taskward::http {

/// Whether a Content-Type is application/json or application/merge-patch+json (RFC 7396). Parameters have no
/// effect (RFC 8259, section 11): JSON is UTF-8.
[[nodiscard]] bool is_json(std::string_view content_type) noexcept;
[[nodiscard]] bool is_merge_patch(std::string_view content_type) noexcept;

/// Whether a Content-Type is text/csv (RFC 4180) or text/calendar (RFC 5545), without a charset or with UTF-8
/// or US-ASCII.
[[nodiscard]] bool is_csv(std::string_view content_type) noexcept;
[[nodiscard]] bool is_calendar(std::string_view content_type) noexcept;

/// The entity tags of If-Match or If-None-Match (RFC 9110, sections 13.1.1 and 13.1.2), without quotes.
struct EntityTags {
  struct Tag {
    std::string opaque;
    bool is_weak = false;
  };
  bool any = false;  ///< `*`
  std::vector<Tag> tags;
};
/// Nothing if the value is malformed.
[[nodiscard]] std::optional<EntityTags> entity_tags(std::string_view value);

/// The preference of an Accept header (RFC 9110, section 12.5.1) for a media type. Without Accept all are
/// equal.
struct Acceptance {
  /// The most specific matching range: none, */*, type/* or type/subtype.
  enum class Named : std::uint8_t { no, everything, type, itself } named = Named::no;
  int quality = 0;  ///< in thousandths
};
[[nodiscard]] Acceptance acceptance(std::string_view accept, std::string_view media_type);

/// Whether an Accept header prefers `special` to the default `usual`: it must name `special` with at least
/// the quality of `usual`. If it names both with equal quality, `usual` wins.
[[nodiscard]] bool asks_for(std::string_view accept, std::string_view special, std::string_view usual);

/// The token of `Authorization: Bearer <token>`: the scheme in any case, then b64token characters
/// (RFC 6750, section 2.1). Nothing if the value is malformed.
[[nodiscard]] std::optional<std::string_view> bearer_token(std::string_view authorization) noexcept;

/// The value of the first cookie of that name in a Cookie header (RFC 6265, section 5.4). Nothing if there is
/// none.
[[nodiscard]] std::optional<std::string_view> cookie_value(std::string_view cookies,
                                                           std::string_view name) noexcept;

/// Whether the scheme of an Authorization header is Basic (RFC 7617), in any case.
[[nodiscard]] bool is_basic(std::string_view authorization) noexcept;
/// The user name and password of `Authorization: Basic <base64 of user:password>`, still encoded. Nothing for
/// another scheme.
[[nodiscard]] std::optional<std::string_view> basic_credentials(std::string_view authorization) noexcept;

/// Decodes application/x-www-form-urlencoded text. Nothing if an escape is invalid or the result is not UTF-8
/// or contains a NUL.
[[nodiscard]] std::optional<std::string> form_decoded(std::string_view text);

using Query = std::vector<std::pair<std::string, std::string>>;

/// The parameters in order. 400 bad_request if one cannot be decoded.
[[nodiscard]] Result<Query> parse_query(std::string_view text);

/// Percent-encodes all but unreserved characters (RFC 3986, section 2.3).
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// Formats a query, with percent_encoded() names and values.
[[nodiscard]] std::string query_text(const Query& query);

/// nginx's $msec: seconds since 1970 with three decimals, such as 1769860799.123.
[[nodiscard]] std::optional<Timestamp> parse_sent_at(std::string_view msec) noexcept;

}  // namespace taskward::http
