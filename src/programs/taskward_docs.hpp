// Markdown tables for docs/, derived from the tables in the code. `make generate` writes them into the
// documents.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskward::programs {

/// The table of that name, such as doc-routes.
[[nodiscard]] std::optional<std::string> document_table(std::string_view name);

/// All names, each preceded by a space.
[[nodiscard]] std::string document_table_names();

}  // namespace taskward::programs
