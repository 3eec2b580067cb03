#include "authenticator_app.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <thread>

#include "../support/process.hpp"
#include "expectations.hpp"

namespace taskward::test {

AuthenticatorApp::AuthenticatorApp(const Stack& stack, const std::string& access_token_of_session) {
  HttpClient client = stack.client();
  const Response created =
      client.send({.method = "POST", .path = "/auth/totp", .token = access_token_of_session});
  require_status(created, 201, "no TOTP secret was created");
  secret = created.json()["secret"].text();
  // The step before the present one, so that the next codes can be used without waiting.
  last_step_ = std::time(nullptr) / 30 - 2;
  const Response confirmed =
      client.post("/auth/totp/confirm", R"({"code":")" + code() + "\"}", access_token_of_session);
  require_status(confirmed, 200, "TOTP was not enabled");
  const Json body = confirmed.json();
  access_token = body["access_token"].text();
  for (std::size_t i = 0; i < body["recovery_codes"].size(); ++i)
    recovery_codes.push_back(body["recovery_codes"].at(i).text());
}

std::string AuthenticatorApp::code_at(long long step) const {
  const CommandResult shown = run_command(
      {.words = {"oathtool", "--totp", "--base32", "--now", '@' + std::to_string(step * 30), secret}});
  if (shown.status != 0) throw std::runtime_error("oathtool: " + shown.err);
  return shown.out.substr(0, 6);
}

std::string AuthenticatorApp::code() {
  const long long step = std::max<long long>(last_step_ + 1, std::time(nullptr) / 30 - 1);
  while (std::time(nullptr) / 30 + 1 < step) std::this_thread::sleep_for(std::chrono::milliseconds(200));
  last_step_ = step;
  last_ = code_at(step);
  return last_;
}

}  // namespace taskward::test
