#include "mfa_endpoints.hpp"

#include "contract_samples.hpp"
#include "passkey_bodies.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/domain/second_factors.hpp"
#include "text_rules.hpp"
#include "token_responses.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kTag = "Second factors";

// ---------------------------------------------------------------- bodies

struct MfaBody {
  Secret mfa_token;
  std::optional<Secret> totp;
  std::optional<Secret> recovery_code;
  std::optional<model::SessionKind> session;
  std::optional<domain::GivenPasskey> passkey;
};

/// Exactly one of the members must be there.
Faults exactly_one(const std::set<std::string_view>& given, std::initializer_list<std::string_view> members) {
  Faults faults;
  std::string_view first;
  for (const std::string_view member : members) {
    if (given.count(member) == 0) continue;
    if (first.empty())
      first = member;
    else
      faults.push_back(
          {std::string(member), FaultCode::invalid_value, "must not be combined with " + std::string(first)});
  }
  if (first.empty()) {
    std::string names;
    for (const std::string_view member : members) names += (names.empty() ? "" : ", ") + std::string(member);
    faults.push_back(
        {std::string(*members.begin()), FaultCode::required, "one of these is required: " + names});
  }
  return faults;
}

const Shape<MfaBody>& mfa_shape() {
  static const Shape<MfaBody> shape{
      "MfaLogin",
      {
          text("mfa_token", &MfaBody::mfa_token, Presence::required,
               {1, 128, NullMeans::wrong_type, "", "From the response to the login.", {}}),
          text("totp", &MfaBody::totp, Presence::optional, totp_code()),
          text("recovery_code", &MfaBody::recovery_code, Presence::optional, recovery_code()),
          assertion("webauthn", &MfaBody::passkey, Presence::optional),
          session_kind_field<MfaBody>(),
      },
      [](const std::set<std::string_view>& given, const auto&) {
        return exactly_one(given, {"totp", "recovery_code", "webauthn"});
      }};
  return shape;
}

struct ReauthenticationBody {
  std::optional<Secret> password;
  std::optional<Secret> otp;
  std::optional<Secret> challenge;
  std::optional<Secret> totp;
  std::optional<Secret> recovery_code;
  std::optional<domain::GivenPasskey> passkey;
};

const Shape<ReauthenticationBody>& reauthentication_shape() {
  using Body = ReauthenticationBody;
  static const Shape<Body> shape{
      "Reauthentication",
      {
          text("password", &Body::password, Presence::optional, any_password()),
          text("otp", &Body::otp, Presence::optional, one_time_code()),
          text("challenge", &Body::challenge, Presence::optional, code_challenge()),
          text("totp", &Body::totp, Presence::optional, totp_code()),
          text("recovery_code", &Body::recovery_code, Presence::optional, recovery_code()),
          assertion("webauthn", &Body::passkey, Presence::optional),
      },
      [](const std::set<std::string_view>& given, const auto&) {
        Faults faults = exactly_one(given, {"password", "otp", "totp", "recovery_code", "webauthn"});
        if (given.count("challenge") != 0 && given.count("otp") == 0)
          faults.push_back({"otp", FaultCode::required, "is required with challenge"});
        return faults;
      }};
  return shape;
}

struct TotpConfirmationBody {
  Secret code;
};

const Shape<TotpConfirmationBody>& totp_confirmation_shape() {
  using Body = TotpConfirmationBody;
  static const Shape<Body> shape{
      "TotpConfirmation", {text("code", &Body::code, Presence::required, totp_code())}, {}};
  return shape;
}

const Parts<domain::TotpEnrollment>& totp_enrollment_parts() {
  using domain::TotpEnrollment;
  static const Parts<TotpEnrollment> parts{
      "TotpEnrollment",
      {
          part<&TotpEnrollment::secret>("secret", "In base32, for entering it by hand."),
          part<&TotpEnrollment::otpauth_uri>("otpauth_uri", "For authenticator apps."),
          part<&TotpEnrollment::qr_svg>("qr_svg", "The URI as a QR code, an SVG image."),
          part<&TotpEnrollment::expires_in>("expires_in", "How long it can be confirmed, in seconds."),
      }};
  return parts;
}

std::string_view token_type(const domain::Reauthenticated&) { return "Bearer"; }
const Parts<domain::Reauthenticated>& reauthenticated_parts() {
  using domain::Reauthenticated;
  static const Parts<Reauthenticated> parts{
      "Reauthenticated",
      {
          part<&Reauthenticated::access_token>("access_token",
                                               "Of the same session, with the new authentication."),
          derived_part<Reauthenticated, token_type>("token_type"),
          part<&Reauthenticated::expires_in>("expires_in", "In seconds."),
      }};
  return parts;
}

const Parts<domain::NewFactor>& new_factor_parts() {
  static const Parts<domain::NewFactor> parts{"NewFactor", new_factor_part_list<domain::NewFactor>()};
  return parts;
}

struct RecoveryCodesBody {
  std::vector<Secret> recovery_codes;
};

const Parts<RecoveryCodesBody>& recovery_codes_parts() {
  using Body = RecoveryCodesBody;
  static const Parts<Body> parts{"RecoveryCodes",
                                 {part<&Body::recovery_codes>("recovery_codes", "Shown once.")}};
  return parts;
}

}  // namespace

// ---------------------------------------------------------------- handlers

Result<http::Response> complete_login(const Call& call) {
  auto body = read_body(mfa_shape(), call.request);
  if (!body) return std::move(body).error();
  auto pair = domain::complete_login(
      call.resources, body->mfa_token,
      {std::move(body->totp), std::move(body->recovery_code), std::move(body->passkey)}, call.origin());
  if (!pair) return std::move(pair).error();
  return token_pair_response(std::move(*pair), body->session.value_or(model::SessionKind::token));
}

Result<http::Response> reauthenticate(const Call& call, const OwnProfile& access) {
  auto body = read_body(reauthentication_shape(), call.request);
  if (!body) return std::move(body).error();
  auto done = [&] {
    if (body->password) return domain::reauthenticate(call.resources, access, *body->password, call.origin());
    if (body->otp) {
      return domain::reauthenticate(call.resources, access,
                                    domain::SubmittedCode{std::move(*body->otp), std::move(body->challenge)},
                                    call.origin());
    }
    return domain::reauthenticate(
        call.resources, access,
        domain::GivenFactor{std::move(body->totp), std::move(body->recovery_code), std::move(body->passkey)},
        call.origin());
  }();
  if (!done) return std::move(done).error();
  return secret_response(200, *done, reauthenticated_parts());
}

Result<http::Response> enroll_totp(const Call& call, const OwnProfile& access) {
  auto enrollment = domain::enroll_totp(call.resources, access, call.origin());
  if (!enrollment) return std::move(enrollment).error();
  return secret_response(201, *enrollment, totp_enrollment_parts());
}

Result<http::Response> confirm_totp(const Call& call, const OwnProfile& access) {
  auto body = read_body(totp_confirmation_shape(), call.request);
  if (!body) return std::move(body).error();
  auto added = domain::confirm_totp(call.resources, access, body->code, call.origin());
  if (!added) return std::move(added).error();
  return secret_response(200, *added, new_factor_parts());
}

Result<http::Response> disable_totp(const Call& call, const OwnProfile& access) {
  auto done = domain::disable_totp(call.resources, access, call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

Result<http::Response> renew_recovery_codes(const Call& call, const OwnProfile& access) {
  auto codes = domain::renew_recovery_codes(call.resources, access, call.origin());
  if (!codes) return std::move(codes).error();
  return secret_response(201, RecoveryCodesBody{std::move(*codes)}, recovery_codes_parts());
}

Result<http::Response> reset_factors(const Call& call, const Administer& access) {
  auto done = domain::reset_factors(call.resources, access, call.id_as<UserId>(), call.origin());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

// ---------------------------------------------------------------- contract

namespace {

domain::TotpEnrollment sample_enrollment() {
  domain::TotpEnrollment sample;
  sample.secret = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  sample.otpauth_uri = Secret(
      "otpauth://totp/Taskward:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Taskward");
  sample.qr_svg = Secret("<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
  sample.expires_in = std::chrono::seconds(600);
  return sample;
}

domain::NewFactor sample_factor() {
  domain::NewFactor sample;
  sample.recovery_codes.emplace_back("7K3M-Q2ZD-9XWB-4HTR");
  sample.access_token =
      Secret("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTkzNmI1ZSJ9.c2lnbmF0dXJl");
  sample.expires_in = std::chrono::seconds(900);
  return sample;
}

domain::Reauthenticated sample_reauthenticated() {
  return {Secret("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTkzNmI1ZSJ9.c2lnbmF0dXJl"),
          std::chrono::seconds(900)};
}

RecoveryCodesBody sample_codes() {
  RecoveryCodesBody sample;
  sample.recovery_codes.emplace_back("7K3M-Q2ZD-9XWB-4HTR");
  return sample;
}

}  // namespace

Operations mfa_operations() {
  return {
      {.route = "mfa",
       .tag = kTag,
       .summary = "Complete a login with a second factor",
       .description =
           "Exchanges the `mfa_token` of a login and one second factor for a token pair. A code is "
           "accepted once. After five failures the login must begin again. `webauthn` answers `POST "
           "/auth/mfa/passkey-options`.",
       .body = body_of(mfa_shape(),
                       {R"({"mfa_token":"mB3xq0V9c1R7tY5uZw2kLg","totp":"492817"})",
                        R"({"mfa_token":"mB3xq0V9c1R7tY5uZw2kLg","recovery_code":"7k3m q2zd 9xwb 4htr"})"}),
       .answers = {token_pair_answer("A session was started.")},
       .problems = {E::invalid_mfa_token, E::invalid_mfa_code, E::invalid_passkey, E::totp_locked}},
      {.route = "reauthenticate",
       .tag = kTag,
       .summary = "Authenticate again",
       .description = "Renews the authentication of the session, for routes that require a recent one. An "
                      "account with a second factor must use it; a session that began without it then has "
                      "both.",
       .body = body_of(reauthentication_shape(), {R"({"password":"correct horse battery"})",
                                                  R"({"otp":"492817"})", R"({"totp":"492817"})"}),
       .answers = {answer_of(200, "A new access token of the session.", sample_reauthenticated(),
                             reauthenticated_parts(), {"Cache-Control"})},
       .problems = {E::invalid_credentials, E::invalid_otp, E::invalid_mfa_code, E::invalid_passkey,
                    E::account_locked, E::totp_locked, E::reauthentication_required}},
      {.route = "enroll_totp",
       .tag = kTag,
       .summary = "Create a TOTP secret",
       .description = "The secret replaces one that was not confirmed. It is enabled by `POST "
                      "/auth/totp/confirm`.",
       .answers = {answer_of(201, "The secret.", sample_enrollment(), totp_enrollment_parts(),
                             {"Cache-Control"})},
       .problems = {E::totp_enabled}},
      {.route = "confirm_totp",
       .tag = kTag,
       .summary = "Enable TOTP",
       .description = "Confirms, in the same session, that an authenticator app has the secret. From then on "
                      "logins need a second factor.",
       .body = body_of(totp_confirmation_shape(), {R"({"code":"492817"})"}),
       .answers = {answer_of(200, "TOTP is enabled.", sample_factor(), new_factor_parts(),
                             {"Cache-Control"})},
       .problems = {E::invalid_mfa_code, E::not_found}},
      {.route = "disable_totp",
       .tag = kTag,
       .summary = "Disable TOTP",
       .description = "Recovery codes are deleted with the last second factor.",
       .answers = {no_content("TOTP is disabled.")},
       .problems = {E::not_found}},
      {.route = "renew_recovery_codes",
       .tag = kTag,
       .summary = "Create new recovery codes",
       .description = "Replaces all recovery codes of the account.",
       .answers = {answer_of(201, "The codes.", sample_codes(), recovery_codes_parts(), {"Cache-Control"})},
       .problems = {E::not_found}},
      {.route = "reset_user_mfa",
       .tag = "Administration",
       .summary = "Remove the second factors of an account",
       .description =
           "For a user who has lost them. Ends all sessions of the account and informs its owner by "
           "e-mail.",
       .answers = {no_content("The account has no second factor.")},
       .problems = {E::bad_request}},
  };
}

}  // namespace taskward::api
