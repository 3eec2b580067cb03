// The OpenAPI 3.1 document, derived from the route table and from the tables that read and write bodies and
// parameters.
#pragma once

#include <string>

namespace taskward::api {

/// JSON in UTF-8. Depends only on the release, not on settings.
[[nodiscard]] const std::string& openapi_document();

}  // namespace taskward::api
