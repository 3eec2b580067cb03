#include "text_rules.hpp"

#include "taskward/domain/password_policy.hpp"
#include "taskward/model/user.hpp"

namespace taskward::api {
namespace {

using Fault = std::optional<FieldFault>;

Fault email_fault(std::string_view field, std::string_view text) {
  if (model::is_email_address(text)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_format,
                    "must be an e-mail address such as ada@example.org"};
}

Fault username_fault(std::string_view field, std::string_view text) {
  if (model::is_username(text)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_format,
                    "must hold only letters, digits, '.', '_' and '-', and begin with a letter or digit"};
}

Fault new_password_fault(std::string_view field, std::string_view text) {
  return domain::password_fault(field, Secret(text));
}

Fault name_fault(std::string_view field, std::string_view text) {
  if (text.find_first_of("\t\n") == std::string_view::npos) return control_character_fault(field, text);
  return FieldFault{std::string(field), FaultCode::invalid_character, "must be one line without tabs"};
}

}  // namespace

TextRule new_email() { return {3, model::kEmailMaxBytes, NullMeans::absent, "email", "", email_fault}; }

TextRule new_username() {
  return {model::kUsernameMinBytes,
          model::kUsernameMaxBytes,
          NullMeans::absent,
          "",
          "Letters, digits, '.', '_' and '-'; first a letter or digit.",
          username_fault};
}

TextRule new_password() {
  return {0,
          0,
          NullMeans::wrong_type,
          "password",
          "8 characters to 72 bytes, and none that many people use.",
          new_password_fault};
}

TextRule display_name() {
  return {0,  model::kNameMaxCharacters,           NullMeans::empty,
          "", "An empty one takes the name away.", name_fault};
}

}  // namespace taskward::api
