// What names and passwords must be, wherever a body has them.
#pragma once

#include "taskward/api/shape.hpp"

namespace taskward::api {

[[nodiscard]] TextRule new_email();
[[nodiscard]] TextRule new_username();
[[nodiscard]] TextRule new_password();
/// What a person wants to be called; an empty one takes the name away.
[[nodiscard]] TextRule display_name();

/// An account keeps its names: they are changed, not taken away.
[[nodiscard]] inline TextRule not_null(TextRule rule) {
  rule.null = NullMeans::wrong_type;
  return rule;
}

}  // namespace taskward::api
