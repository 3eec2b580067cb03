#include "text_rules.hpp"

#include <algorithm>

#include "taskward/base/text.hpp"
#include "taskward/domain/password_policy.hpp"
#include "taskward/model/passkey.hpp"
#include "taskward/model/personal_token.hpp"
#include "taskward/model/user.hpp"

namespace taskward::api {
namespace {

using Fault = std::optional<FieldFault>;

Fault username_fault(std::string_view field, std::string_view text) {
  if (model::is_username(text)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_format,
                    "must contain only letters, digits, '.', '_' and '-', and start with a letter or digit"};
}

Fault new_password_fault(std::string_view field, std::string_view text) {
  return domain::password_fault(field, Secret(text));
}

Fault name_fault(std::string_view field, std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (auto fault = line_fault(field, text)) return fault;
  return blank_fault(field, text);
}

Fault code_fault(std::string_view field, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_format, "must contain only digits"};
}

}  // namespace

TextRule new_username() {
  return {model::kUsernameMinBytes,
          model::kUsernameMaxBytes,
          NullMeans::absent,
          "",
          "Letters, digits, '.', '_' and '-', starting with a letter or digit.",
          username_fault};
}

TextRule new_password() {
  return {0,
          0,
          NullMeans::wrong_type,
          "password",
          "8 to 256 characters, counted in Unicode Normalization Form KC. Common passwords are rejected.",
          new_password_fault};
}

TextRule any_password() { return {1, 1024, NullMeans::wrong_type, "password", "", {}}; }

TextRule one_time_code() { return {1, 16, NullMeans::wrong_type, "", "The one-time code.", code_fault}; }

TextRule code_challenge() {
  return {1, 64, NullMeans::absent, "", "The challenge from the response to the code request.", {}};
}

TextRule totp_code() {
  return {6, 6, NullMeans::wrong_type, "", "The six digits of an authenticator app.", code_fault};
}

TextRule recovery_code() { return {1, 64, NullMeans::wrong_type, "", "An unused recovery code.", {}}; }

TextRule display_name() {
  return {
      0,         model::kNameMaxCharacters, NullMeans::empty, "", "An empty string or null clears the name.",
      name_fault};
}

TextRule token_name() {
  return {1, model::kTokenNameMaxCharacters, NullMeans::wrong_type, "", "One line.", name_fault};
}

TextRule passkey_name() {
  return {1,  model::kPasskeyNameMaxCharacters,    NullMeans::wrong_type,
          "", "By which its owner recognises it.", name_fault};
}

}  // namespace taskward::api
