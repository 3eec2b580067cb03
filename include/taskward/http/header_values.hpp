// Reading header values and queries, as RFC 9110, RFC 6750 and the URL standard have them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/base/result.hpp"

namespace taskward::http {

/// Whether a Content-Type is application/json, with no charset or UTF-8.
[[nodiscard]] bool is_json(std::string_view content_type) noexcept;

/// The token of `Authorization: Bearer <token>`: the scheme in any case, then b64token characters
/// (RFC 6750, 2.1). Nothing when the value is of another form.
[[nodiscard]] std::optional<std::string_view> bearer_token(std::string_view authorization) noexcept;

/// Undoes percent-encoding; '+' is a space. Nothing when an escape is broken or the result is not
/// UTF-8 or holds a NUL.
[[nodiscard]] std::optional<std::string> form_decoded(std::string_view text);

using Query = std::vector<std::pair<std::string, std::string>>;

/// The parameters in their order. 400 bad_request when one cannot be decoded.
[[nodiscard]] Result<Query> parse_query(std::string_view text);

}  // namespace taskward::http
