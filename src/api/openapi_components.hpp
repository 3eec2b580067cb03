// The components of the OpenAPI document, and the schemas and references that operations use too.
#pragma once

#include <string_view>

#include "taskward/api/schema.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::api {

/// The names of the security schemes.
inline constexpr std::string_view kAccessScheme = "access_token";
inline constexpr std::string_view kRefreshScheme = "refresh_token";
inline constexpr std::string_view kBasicScheme = "basic";

/// A member whose value is a string.
void write_member(json::Writer& w, std::string_view name, std::string_view text);

/// A reference to a component, such as the one called `name` in "schemas".
void write_reference(json::Writer& w, std::string_view kind, std::string_view name);

/// The schema; for an object, a reference to it.
void write_schema(json::Writer& w, const Schema& schema);

/// The member "components".
void write_components(json::Writer& w);

}  // namespace taskward::api
