#include "passkey_endpoints.hpp"

#include "contract_samples.hpp"
#include "passkey_bodies.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/domain/passkeys.hpp"
#include "taskward/store/passkeys.hpp"
#include "token_responses.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Passkeys";

/// The result as an object that must not be stored, or its error.
template <class T>
Result<http::Response> fresh(int status, Result<T>&& result, const Parts<T>& parts) {
  if (!result) return std::move(result).error();
  return secret_response(status, *result, parts);
}

}  // namespace

// ---------------------------------------------------------------- handlers

Result<http::Response> begin_passkey_registration(const Call& call, const OwnProfile& access) {
  return fresh(200, domain::begin_registration(call.resources, access, call.origin()),
               passkey_creation_parts());
}

Result<http::Response> register_passkey(const Call& call, const OwnProfile& access) {
  auto body = read_body(passkey_registration_shape(), call.request);
  if (!body) return std::move(body).error();
  return fresh(201,
               domain::register_passkey(call.resources, access, body->name, body->credential, call.origin()),
               registered_passkey_parts());
}

Result<http::Response> list_passkeys(const Call& call, const OwnProfile& access) {
  auto passkeys = store::list_passkeys(call.resources.database, access);
  if (!passkeys) return std::move(passkeys).error();
  return object_response(200, PasskeyListBody{std::move(*passkeys)}, passkey_list_parts());
}

Result<http::Response> rename_passkey(const Call& call, const OwnProfile& access) {
  auto body = read_body(passkey_name_shape(), call.request);
  if (!body) return std::move(body).error();
  auto passkey = store::rename_passkey(call.resources.database, access, call.id_as<model::PasskeyId>(),
                                       body->name, call.stamp());
  if (!passkey) return std::move(passkey).error();
  return object_response(200, *passkey, passkey_parts());
}

Result<http::Response> delete_passkey(const Call& call, const OwnProfile& access) {
  auto done = domain::delete_passkey(call.resources, access, call.id_as<model::PasskeyId>(), call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> begin_passkey_login(const Call& call) {
  return fresh(200, domain::begin_login(call.resources, call.origin()), passkey_request_parts());
}

Result<http::Response> log_in_with_passkey(const Call& call) {
  auto body = read_body(passkey_login_shape(), call.request);
  if (!body) return std::move(body).error();
  auto pair = domain::log_in(call.resources, body->credential, call.origin());
  if (!pair) return std::move(pair).error();
  return token_pair_response(std::move(*pair), body->session.value_or(model::SessionKind::token));
}

Result<http::Response> begin_passkey_factor(const Call& call) {
  auto body = read_body(passkey_factor_shape(), call.request);
  if (!body) return std::move(body).error();
  return fresh(200, domain::begin_second_factor(call.resources, body->mfa_token, call.origin()),
               passkey_request_parts());
}

Result<http::Response> begin_passkey_reauthentication(const Call& call, const OwnProfile& access) {
  return fresh(200, domain::begin_reauthentication(call.resources, access, call.origin()),
               passkey_request_parts());
}

// ---------------------------------------------------------------- contract

namespace {

constexpr std::string_view kSampleBytes = "thirty-two random bytes, perhaps";
constexpr std::string_view kCredentialId = "a credential id!";

model::Passkey sample_passkey() {
  model::Passkey sample;
  sample.id = model::PasskeyId::parse("01936b61-2a00-7d63-9f50-8b2e4d0c1f66").value();
  sample.name = "Phone";
  sample.created_at = samples::moment("2026-01-15T09:40:00.000Z");
  sample.is_backup_eligible = true;
  sample.is_backed_up = true;
  sample.transports = {"hybrid", "internal"};
  return sample;
}

domain::RegisteredPasskey sample_registered() {
  domain::RegisteredPasskey sample;
  sample.passkey = sample_passkey();
  sample.recovery_codes.emplace_back("7K3M-Q2ZD-9XWB-4HTR");
  sample.access_token =
      Secret("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTkzNmI1ZSJ9.c2lnbmF0dXJl");
  sample.expires_in = std::chrono::seconds(900);
  return sample;
}

domain::PasskeyCreation sample_creation() {
  const model::User ada = samples::user();
  return {
      "tasks.example.org", std::string(kSampleBytes), ada.id,
      ada.email.value(),   ada.name.value(),          {{std::string(kCredentialId), {"internal", "hybrid"}}}};
}

domain::PasskeyRequest sample_request(std::vector<store::CredentialDescriptor> allow) {
  return {"tasks.example.org", std::string(kSampleBytes), std::move(allow)};
}

AnswerFacts request_answer(std::vector<store::CredentialDescriptor> allow = {
                               {std::string(kCredentialId), {"internal"}}}) {
  return answer_of(200, "For `navigator.credentials.get`.", sample_request(std::move(allow)),
                   passkey_request_parts(), {"Cache-Control"});
}

const std::string& login_example() {
  static const std::string example = R"({"credential":)" + std::string(kAssertionExample) + '}';
  return example;
}

}  // namespace

Operations passkey_operations() {
  return {
      {.route = "passkey_options",
       .tag = kTag,
       .summary = "Begin to register a passkey",
       .description =
           "Returns PublicKeyCredentialCreationOptionsJSON for "
           "`PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create`. "
           "The challenge is valid for five minutes, once, in the same session. Without the "
           "setting PUBLIC_URL the response is 404.",
       .answers = {answer_of(200, "For `navigator.credentials.create`.", sample_creation(),
                             passkey_creation_parts(), {"Cache-Control"})},
       .problems = {E::not_found}},
      {.route = "register_passkey",
       .tag = kTag,
       .summary = "Register a passkey",
       .description = "`credential` is RegistrationResponseJSON, the `toJSON()` of what "
                      "`navigator.credentials.create` returned. An account has at most 20 passkeys.",
       .body = body_of(
           passkey_registration_shape(),
           {R"({"name":"Phone","credential":{"id":"mB3xq0V9c1R7tY5uZw2kLg","rawId":"mB3xq0V9c1R7tY5uZw2kLg",)"
            R"("type":"public-key","response":{"clientDataJSON":"eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",)"
            R"("attestationObject":"o2NmbXRkbm9uZQ","transports":["internal","hybrid"]}}})"}),
       .answers = {answer_of(
           201,
           "The passkey, and a new access token of the session, which now has both factors. "
           "`recovery_codes` are shown once, with the first second factor of the account.",
           sample_registered(), registered_passkey_parts(), {"Cache-Control"})},
       .problems = {E::not_found, E::invalid_passkey_registration}},
      {.route = "passkeys",
       .tag = kTag,
       .summary = "List the passkeys",
       .description = "Those of the caller, oldest first.",
       .answers = {answer_of(200, "The passkeys.", PasskeyListBody{{sample_passkey()}},
                             passkey_list_parts())}},
      {.route = "rename_passkey",
       .tag = kTag,
       .summary = "Rename a passkey",
       .description = "The name is for its owner only.",
       .body = body_of(passkey_name_shape(), {R"({"name":"Security key"})"}),
       .answers = {answer_of(200, "The passkey.", sample_passkey(), passkey_parts())}},
      {.route = "delete_passkey",
       .tag = kTag,
       .summary = "Delete a passkey",
       .description =
           "Recovery codes are deleted with the last second factor. The last passkey of an account "
           "that has neither a password nor an e-mail address cannot be deleted.",
       .answers = {no_content("The passkey is deleted.")},
       .problems = {E::last_login_method}},
      {.route = "passkey_login_options",
       .tag = kTag,
       .summary = "Begin a login with a passkey",
       .description =
           "Returns PublicKeyCredentialRequestOptionsJSON for "
           "`PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`. The "
           "challenge is valid for five minutes, once. Without the setting PUBLIC_URL the "
           "response is 404.",
       .answers = {request_answer({})},
       .problems = {E::not_found}},
      {.route = "passkey_login",
       .tag = kTag,
       .summary = "Log in with a passkey",
       .description = "Needs no name and no other factor. `credential` is AuthenticationResponseJSON, the "
                      "`toJSON()` of what `navigator.credentials.get` returned.",
       .body = body_of(passkey_login_shape(), {login_example()}),
       .answers = {token_pair_answer("A session was started.")},
       .problems = {E::invalid_passkey}},
      {.route = "mfa_passkey_options",
       .tag = kTag,
       .summary = "Begin to use a passkey as second factor",
       .description = "For `webauthn` in `POST /auth/mfa` with the same `mfa_token`.",
       .body = body_of(passkey_factor_shape(), {R"({"mfa_token":"mB3xq0V9c1R7tY5uZw2kLg"})"}),
       .answers = {request_answer()},
       .problems = {E::invalid_mfa_token, E::not_found}},
      {.route = "reauthenticate_passkey_options",
       .tag = kTag,
       .summary = "Begin to authenticate again with a passkey",
       .description = "For `webauthn` in `POST /auth/reauthenticate` in the same session.",
       .answers = {request_answer()},
       .problems = {E::not_found}},
  };
}

}  // namespace taskward::api
