// Bodies about passkeys: what browsers get and send, in the JSON forms of WebAuthn Level 3 (section 5.1), and
// passkeys as shown to their owner.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "taskward/api/parts.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/domain/passkeys.hpp"
#include "taskward/model/passkey.hpp"
#include "taskward/model/session.hpp"

namespace taskward::api {

struct PasskeyRegistrationBody {
  std::string name;
  domain::GivenRegistration credential;
};
[[nodiscard]] const Shape<PasskeyRegistrationBody>& passkey_registration_shape();

struct PasskeyNameBody {
  std::string name;
};
[[nodiscard]] const Shape<PasskeyNameBody>& passkey_name_shape();

struct PasskeyLoginBody {
  domain::GivenPasskey credential;
  std::optional<model::SessionKind> session;
};
[[nodiscard]] const Shape<PasskeyLoginBody>& passkey_login_shape();

struct PasskeyFactorBody {
  Secret mfa_token;
};
[[nodiscard]] const Shape<PasskeyFactorBody>& passkey_factor_shape();

/// AuthenticationResponseJSON.
[[nodiscard]] Schema assertion_schema();
void read_assertion(domain::GivenPasskey& into, json::Value& value, const std::string& at, Faults& faults);

/// A member with an AuthenticationResponseJSON: domain::GivenPasskey or an optional of it.
template <class T, class Member>
[[nodiscard]] Field<T> assertion(std::string_view name, Member T::*member, Presence presence) {
  Field<T> field{name, presence, NullMeans::wrong_type, assertion_schema(), {}};
  field.read = [member](T& into, json::Value& value, const std::string& at, Faults& faults) {
    domain::GivenPasskey given;
    read_assertion(given, value, at, faults);
    into.*member = std::move(given);
  };
  return field;
}

[[nodiscard]] constexpr std::string_view bearer_token_type(const domain::NewFactor&) noexcept {
  return "Bearer";
}

/// PublicKeyCredentialCreationOptionsJSON and PublicKeyCredentialRequestOptionsJSON.
[[nodiscard]] const Parts<domain::PasskeyCreation>& passkey_creation_parts();
[[nodiscard]] const Parts<domain::PasskeyRequest>& passkey_request_parts();

[[nodiscard]] const Parts<model::Passkey>& passkey_parts();
struct PasskeyListBody {
  std::vector<model::Passkey> items;
};
[[nodiscard]] const Parts<PasskeyListBody>& passkey_list_parts();
[[nodiscard]] const Parts<domain::RegisteredPasskey>& registered_passkey_parts();

/// The members of NewFactor, for T derived from it.
template <class T>
[[nodiscard]] std::vector<Part<T>> new_factor_part_list() {
  using domain::NewFactor;
  return {
      part<&NewFactor::recovery_codes, T>(
          "recovery_codes",
          "Shown once. Each replaces a second factor once. Empty unless it is the first factor."),
      part<&NewFactor::access_token, T>("access_token", "Of the same session, which now has both factors."),
      derived_part<T, bearer_token_type>("token_type"),
      part<&NewFactor::expires_in, T>("expires_in", "In seconds."),
  };
}

/// AuthenticationResponseJSON that is well-formed, for examples.
inline constexpr std::string_view kAssertionExample =
    R"({"id":"mB3xq0V9c1R7tY5uZw2kLg","rawId":"mB3xq0V9c1R7tY5uZw2kLg","type":"public-key","response":{)"
    R"("clientDataJSON":"eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0","authenticatorData":"SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAA",)"
    R"("signature":"MEUCIQDd","userHandle":"AZNrXowAejGdPlsMbxotRA"}})";

}  // namespace taskward::api
