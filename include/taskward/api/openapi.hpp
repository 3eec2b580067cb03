// The published contract: an OpenAPI 3.1 document, derived from the route table and from the tables that
// read and write bodies and parameters.
#pragma once

#include <string>

namespace taskward::api {

/// JSON in UTF-8. The same for every release's build, whatever the settings.
[[nodiscard]] const std::string& openapi_document();

}  // namespace taskward::api
