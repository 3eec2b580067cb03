#include "taskward/model/authentication.hpp"

namespace taskward::model {

std::string_view name(AuthenticationMethod method) noexcept {
  switch (method) {
    case AuthenticationMethod::pwd:
      return "pwd";
    case AuthenticationMethod::otp:
      return "otp";
    case AuthenticationMethod::hwk:
      return "hwk";
    case AuthenticationMethod::swk:
      return "swk";
    case AuthenticationMethod::mfa:
      return "mfa";
  }
  return "";
}

std::optional<AuthenticationMethod> authentication_method(std::string_view text) noexcept {
  for (const AuthenticationMethod method : kAuthenticationMethods) {
    if (name(method) == text) return method;
  }
  return std::nullopt;
}

std::string_view name(Assurance assurance) noexcept {
  switch (assurance) {
    case Assurance::session:
      return "session";
    case Assurance::enrollment:
      return "enrollment";
    case Assurance::usual:
      return "usual";
    case Assurance::confirmed:
      return "confirmed";
    case Assurance::recent:
      return "recent";
  }
  return "";
}

std::vector<std::string_view> AuthenticationMethods::names() const {
  std::vector<std::string_view> out;
  for (const AuthenticationMethod method : kAuthenticationMethods) {
    if (has(method)) out.push_back(name(method));
  }
  return out;
}

}  // namespace taskward::model
