#include "taskward/domain/password_policy.hpp"

#include <algorithm>

#include "taskward/base/text.hpp"
#include "taskward/base/unicode.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/model/user.hpp"

namespace taskward::domain {
namespace {

constexpr std::string_view kServiceName = "taskward";

std::size_t length_of(std::string_view text) { return code_points(text).value_or(0); }

bool is_name_of(const AccountNames& names, std::string_view text) {
  const std::string_view local_part = names.email.substr(0, names.email.rfind('@'));
  for (const std::string_view name : {names.email, local_part, names.username, kServiceName}) {
    if (equal_ignoring_case(text, name)) return true;
  }
  return false;
}

/// password_fault() of a password in Form KC.
std::optional<FieldFault> form_fault(std::string_view field, std::string_view text) {
  const std::string name(field);
  const std::size_t length = length_of(text);
  if (length < model::kPasswordMinCharacters) {
    return FieldFault{name, FaultCode::too_short,
                      "must have at least " + std::to_string(model::kPasswordMinCharacters) + " characters"};
  }
  if (length > model::kPasswordMaxCharacters) {
    return FieldFault{name, FaultCode::too_long,
                      "must have at most " + std::to_string(model::kPasswordMaxCharacters) + " characters"};
  }
  if (text.find('\0') != std::string_view::npos)
    return FieldFault{name, FaultCode::invalid_character, "must not contain NUL characters"};
  return std::nullopt;
}

}  // namespace

std::optional<FieldFault> password_fault(std::string_view field, const Secret& password) {
  return form_fault(field, nfkc(password).reveal());
}

PasswordPolicy::PasswordPolicy(std::string_view list) {
  std::size_t lines = 0;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find('\n'), list.size());
    std::string_view line = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    ++lines;
    if (!code_points(line)) throw BadPasswordList("line " + std::to_string(lines) + " is not UTF-8");
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::string normalised = nfkc(line);
    if (length_of(normalised) >= model::kPasswordMinCharacters) common_.push_back(lower(normalised));
  }
  if (lines < kCommonPasswordsMin) {
    throw BadPasswordList("has only " + std::to_string(lines) +
                          " lines; a list of common passwords must have at least " +
                          std::to_string(kCommonPasswordsMin));
  }
  std::sort(common_.begin(), common_.end());
  common_.shrink_to_fit();
}

std::optional<FieldFault> PasswordPolicy::fault(std::string_view field, const Secret& password,
                                                const AccountNames& names) const {
  const Secret normalised = nfkc(password);
  if (auto fault = form_fault(field, normalised.reveal())) return fault;
  if (is_name_of(names, normalised.reveal())) {
    return FieldFault{std::string(field), FaultCode::too_common,
                      "must not be the account's user name or e-mail address, or the name of the service"};
  }
  std::string small = lower(normalised.reveal());
  const bool is_common = std::binary_search(common_.begin(), common_.end(), small);
  wipe(small);
  if (!is_common) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::too_common,
                    "is a commonly used password; choose another one"};
}

}  // namespace taskward::domain
