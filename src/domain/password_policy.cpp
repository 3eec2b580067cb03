#include "taskward/domain/password_policy.hpp"

#include <string>

#include "taskward/base/utf8.hpp"
#include "taskward/model/user.hpp"

namespace taskward::domain {

std::optional<FieldFault> password_fault(std::string_view field, const Secret& password) {
  const std::string_view text = password.reveal();
  const std::string name(field);
  // Characters for the lower limit, bytes for the upper one, which is bcrypt's.
  if (code_points(text).value_or(0) < model::kPasswordMinCharacters) {
    return FieldFault{name, FaultCode::too_short,
                      "must have at least " + std::to_string(model::kPasswordMinCharacters) + " characters"};
  }
  if (text.size() > model::kPasswordMaxBytes) {
    return FieldFault{name, FaultCode::too_long,
                      "must have at most " + std::to_string(model::kPasswordMaxBytes) + " bytes"};
  }
  if (text.find('\0') != std::string_view::npos) {
    return FieldFault{name, FaultCode::invalid_character, "must not hold a NUL"};
  }
  return std::nullopt;
}

}  // namespace taskward::domain
