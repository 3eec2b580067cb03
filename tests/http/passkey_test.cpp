// Passkeys as browsers use them: registration, login without a name, and as second factor.
#include <boost/test/unit_test.hpp>

#include "../support/webauthn_authenticator.hpp"
#include "expectations.hpp"
#include "mailbox.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace taskward::test {
namespace {

using crypto::base64url;

/// A browser with an authenticator that has one passkey.
struct Browser {
  explicit Browser(const Stack& stack) : origin("https://localhost:" + std::to_string(stack.port())) {
    authenticator.rp_id = "localhost";
    authenticator.sign_count = 0;
    authenticator.credential_id = unique_name() + " credential";
  }

  /// The toJSON() of navigator.credentials.create, with a member that the service does not know.
  std::string created(const Json& options) const {
    const std::string data = client_data("webauthn.create", options["challenge"].text());
    return credential(R"({"clientDataJSON":)" + encoded(data) + R"(,"attestationObject":)" +
                      encoded(authenticator.attestation_object()) +
                      R"(,"transports":["internal"],"publicKeyAlgorithm":-7})");
  }
  /// The toJSON() of navigator.credentials.get.
  std::string used(const Json& options) const {
    const std::string data = client_data("webauthn.get", options["challenge"].text());
    const auto assertion = authenticator.assertion(data);
    return credential(R"({"clientDataJSON":)" + encoded(data) + R"(,"authenticatorData":)" +
                      encoded(assertion.authenticator_data) + R"(,"signature":)" +
                      encoded(assertion.signature) + R"(,"userHandle":)" + json_string(user_handle) + '}');
  }

  std::string origin;
  std::string user_handle;
  testing::Authenticator authenticator;

 private:
  static std::string encoded(const std::string& bytes) { return json_string(base64url(bytes)); }
  std::string client_data(const std::string& type, const std::string& challenge) const {
    return R"({"type":")" + type + R"(","challenge":")" + challenge + R"(","origin":")" + origin +
           R"(","crossOrigin":false})";
  }
  std::string credential(const std::string& response) const {
    const std::string id = encoded(authenticator.credential_id);
    return R"({"id":)" + id + R"(,"rawId":)" + id + R"(,"type":"public-key","response":)" + response +
           R"(,"clientExtensionResults":{},"authenticatorAttachment":"platform"})";
  }
};

struct PasskeyFixture {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  User user = new_user(stack);
  Browser browser{stack};
  std::string access = user.tokens.access;

  Response post(const std::string& path, const std::string& token = {}) {
    return client.send({.method = "POST", .path = path, .token = token});
  }
  Response registered() {
    const Response options = post("/auth/passkeys/options", access);
    require_status(options, 200, "no options");
    browser.user_handle = options.json()["user"]["id"].text();
    return client.post("/auth/passkeys",
                       R"({"name":"Phone","credential":)" + browser.created(options.json()) + '}', access);
  }
  void add_passkey() {
    const Response added = registered();
    require_status(added, 201, "no passkey was registered");
    access = added.json()["access_token"].text();
  }
  Response log_in_with_passkey() {
    const Response options = post("/auth/passkeys/login/options");
    require_status(options, 200, "no options");
    return client.post("/auth/passkeys/login", R"({"credential":)" + browser.used(options.json()) + '}');
  }
};

BOOST_FIXTURE_TEST_SUITE(passkey, PasskeyFixture)

BOOST_AUTO_TEST_CASE(passkey_is_registered_and_logs_in_without_a_name) {
  const Json options = post("/auth/passkeys/options", access).json();
  BOOST_TEST(options["rp"].dump() == R"({"id":"localhost","name":"Taskward"})");
  BOOST_TEST(
      options["pubKeyCredParams"].dump() ==
      R"([{"type":"public-key","alg":-7},{"type":"public-key","alg":-8},{"type":"public-key","alg":-257}])");
  BOOST_TEST(options["authenticatorSelection"].dump() ==
             R"({"residentKey":"required","requireResidentKey":true,"userVerification":"required"})");
  BOOST_TEST(options["timeout"].number() == 300'000);
  BOOST_TEST(options["attestation"].text() == "none");
  BOOST_TEST(options["excludeCredentials"].size() == 0U);
  const Response added = registered();
  BOOST_TEST(added.status == 201);
  BOOST_TEST(added.header("cache-control") == "no-store");
  BOOST_TEST(added.json()["recovery_codes"].size() == 10U);
  access = added.json()["access_token"].text();
  const Json all = client.get("/auth/passkeys", access).json()["items"];
  BOOST_TEST(all.size() == 1U);
  BOOST_TEST(all.at(0)["name"].text() == "Phone");
  BOOST_TEST(!all.at(0)["backup_eligible"].boolean());
  BOOST_TEST(all.at(0)["transports"].dump() == R"(["internal"])");
  BOOST_TEST(client.get("/auth/me", access).json()["second_factors"].dump() ==
             R"({"totp":false,"passkeys":1,"recovery_codes":10})");

  const Response login = log_in_with_passkey();
  BOOST_TEST(login.status == 200);
  BOOST_TEST(login.json()["user"]["id"].text() == user.id);
  const Json session =
      client.get("/auth/sessions", login.json()["access_token"].text()).json()["items"].at(0);
  BOOST_TEST(session["method"].text() == "passkey");
  BOOST_TEST(session["acr"].text() == "aal2");
  BOOST_TEST(session["amr"].dump() == R"(["hwk","mfa"])");
  BOOST_TEST(mail_to(stack, user.email, 1).find("passkey") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(passkey_completes_a_login_and_authenticates_again) {
  add_passkey();
  const Response first = client.post("/auth/login", credentials(user));
  BOOST_TEST(first.status == 403);
  BOOST_TEST(first.json()["methods"].dump() == R"(["webauthn","recovery_code"])");
  const std::string token = R"({"mfa_token":)" + json_string(first.json()["mfa_token"].text());
  const Response options = client.post("/auth/mfa/passkey-options", token + '}');
  BOOST_TEST(options.status == 200);
  BOOST_TEST(options.json()["allowCredentials"].at(0)["id"].text() ==
             base64url(browser.authenticator.credential_id));
  const Response done =
      client.post("/auth/mfa", token + R"(,"webauthn":)" + browser.used(options.json()) + '}');
  BOOST_TEST(done.status == 200);
  const std::string of_both = done.json()["access_token"].text();
  const Response again = post("/auth/reauthenticate/passkey-options", of_both);
  BOOST_TEST(again.status == 200);
  const std::string body = R"({"webauthn":)" + browser.used(again.json()) + '}';
  BOOST_TEST(client.post("/auth/reauthenticate", body, of_both).status == 200);
  const Response twice = client.post("/auth/reauthenticate", body, of_both);
  BOOST_TEST(twice.status == 401);
  BOOST_TEST(twice.json()["code"].text() == "invalid_passkey");
}

BOOST_AUTO_TEST_CASE(wrong_origin_is_refused_with_the_reason) {
  add_passkey();
  browser.origin = "https://evil.example";
  const Response refused = log_in_with_passkey();
  expect_problem(refused, 401, "invalid_passkey");
  BOOST_TEST(refused.json()["detail"].text().find("origin") != std::string::npos);
  const Response registration = registered();
  expect_problem(registration, 422, "invalid_passkey_registration");
}

BOOST_AUTO_TEST_CASE(bodies_of_browsers_are_checked) {
  const auto faults = [&](const std::string& credential) {
    return client.post("/auth/passkeys/login", R"({"credential":)" + credential + '}');
  };
  expect_faults(faults("1"), {"credential:wrong_type"});
  expect_faults(faults(R"({"id":"YQ","rawId":"YQ","type":"public-key"})"), {"credential.response:required"});
  const std::string response =
      R"("response":{"clientDataJSON":"YQ","authenticatorData":"YQ","signature":"YQ"})";
  expect_faults(faults(R"({"id":"YQ","rawId":"Yg","type":"public-key",)" + response + '}'),
                {"credential.rawId:invalid_value"});
  expect_faults(faults(R"({"id":"YQ==","rawId":"YQ","type":"public-key",)" + response + '}'),
                {"credential.id:invalid_format"});
  expect_faults(faults(R"({"id":"YQ","rawId":"YQ","type":"password",)" + response + '}'),
                {"credential.type:invalid_value"});
  expect_problem(faults(R"({"id":"YQ","rawId":"YQ","type":"public-key","more":1,)" + response + '}'), 401,
                 "invalid_passkey");
}

BOOST_AUTO_TEST_CASE(passkey_is_renamed_and_deleted) {
  add_passkey();
  const std::string id = client.get("/auth/passkeys", access).json()["items"].at(0)["id"].text();
  const Response renamed = client.send(
      {.method = "PATCH", .path = "/auth/passkeys/" + id, .body = R"({"name":"Key"})", .token = access});
  BOOST_TEST(renamed.status == 200);
  BOOST_TEST(renamed.json()["name"].text() == "Key");
  const auto remove = [&](const std::string& token) {
    return client.send({.method = "DELETE", .path = "/auth/passkeys/" + id, .token = token}).status;
  };
  BOOST_TEST(remove(user.tokens.access) == 403);  // with one factor
  BOOST_TEST(remove(access) == 204);
  BOOST_TEST(remove(access) == 404);
  BOOST_TEST(log_in_with_passkey().status == 401);
  BOOST_TEST(client.post("/auth/login", credentials(user)).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::test
