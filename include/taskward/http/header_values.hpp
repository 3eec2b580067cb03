// Reading header values and queries, as RFC 9110, RFC 6750 and the URL standard have them, and what nginx
// tells beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/base/clock.hpp"
#include "taskward/base/result.hpp"

namespace taskward::http {

/// Whether a Content-Type is application/json, with no charset or UTF-8.
[[nodiscard]] bool is_json(std::string_view content_type) noexcept;

/// The same for application/merge-patch+json (RFC 7396), and for text/csv (RFC 4180).
[[nodiscard]] bool is_merge_patch(std::string_view content_type) noexcept;
[[nodiscard]] bool is_csv(std::string_view content_type) noexcept;

/// The entity tags of If-Match or If-None-Match (RFC 9110, 13.1.1 and 13.1.2), quotes and weakness taken off.
struct EntityTags {
  struct Tag {
    std::string opaque;
    bool is_weak = false;
  };
  bool any = false;  ///< `*`: whatever there is
  std::vector<Tag> tags;
};
/// Nothing for a value of another form.
[[nodiscard]] std::optional<EntityTags> entity_tags(std::string_view value);

/// How much an Accept (RFC 9110, 12.5.1) wants a media type. No Accept at all wants everything alike.
struct Acceptance {
  /// How it is spoken of: not at all, as part of everything, of a type, or by its own name.
  enum class Named : std::uint8_t { no, everything, type, itself } named = Named::no;
  int quality = 0;  ///< in thousandths
};
[[nodiscard]] Acceptance acceptance(std::string_view accept, std::string_view media_type);

/// Whether an Accept asks for `special` where `usual` is what everybody gets: by its own name, and not less
/// than the usual. Of two that are named alike, the usual wins.
[[nodiscard]] bool asks_for(std::string_view accept, std::string_view special, std::string_view usual);

/// The token of `Authorization: Bearer <token>`: the scheme in any case, then b64token characters
/// (RFC 6750, 2.1). Nothing when the value is of another form.
[[nodiscard]] std::optional<std::string_view> bearer_token(std::string_view authorization) noexcept;

/// Undoes percent-encoding; '+' is a space. Nothing when an escape is broken or the result is not
/// UTF-8 or holds a NUL.
[[nodiscard]] std::optional<std::string> form_decoded(std::string_view text);

using Query = std::vector<std::pair<std::string, std::string>>;

/// The parameters in their order. 400 bad_request when one cannot be decoded.
[[nodiscard]] Result<Query> parse_query(std::string_view text);

/// The parameters as a query again, with everything percent-encoded but unreserved characters (RFC
/// 3986, 2.3).
[[nodiscard]] std::string query_text(const Query& query);

/// nginx's $msec: seconds since 1970 with three decimals, such as 1769860799.123. Nothing for another form.
[[nodiscard]] std::optional<Timestamp> sent_moment(std::string_view msec) noexcept;

}  // namespace taskward::http
