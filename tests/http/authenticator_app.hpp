// An authenticator app, whose codes are computed by oathtool.
#pragma once

#include <string>
#include <vector>

#include "users.hpp"

namespace taskward::test {

class AuthenticatorApp {
 public:
  /// Enables TOTP for the account in the session of the access token. Throws std::runtime_error on failure.
  AuthenticatorApp(const Stack& stack, const std::string& access_token);

  /// A code that was not used before. Waits if all codes that are accepted now have been used.
  [[nodiscard]] std::string code();
  /// The code of the present, used or not.
  [[nodiscard]] std::string used_code() const { return last_; }

  std::string secret;                       ///< base32
  std::string access_token;                 ///< of the same session, with both factors
  std::vector<std::string> recovery_codes;  ///< unused

 private:
  [[nodiscard]] std::string code_at(long long step) const;

  long long last_step_ = 0;
  std::string last_;
};

}  // namespace taskward::test
