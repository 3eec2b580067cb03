#include "passkey_bodies.hpp"

#include <algorithm>

#include "taskward/base/text.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/webauthn.hpp"
#include "text_rules.hpp"
#include "token_responses.hpp"

namespace taskward::api {
namespace {

using crypto::base64url;

constexpr std::size_t kTransportsMost = 10;
constexpr std::size_t kTransportMaxCharacters = 32;
constexpr std::size_t kUserHandleMaxBytes = 64;  // WebAuthn, section 5.4.3
constexpr std::string_view kBase64url = "Base64url without padding.";

// ---------------------------------------------------------------- reading

/// Characters of base64url for that many bytes.
constexpr std::size_t encoded_size(std::size_t bytes) { return (bytes * 4 + 2) / 3; }

/// Binary data in base64url, read as raw bytes: std::string or an optional of it.
template <class T, class Member>
Field<T> bytes(std::string_view name, Member T::*member, Presence presence, std::size_t most,
               NullMeans null = NullMeans::wrong_type) {
  TextRule rule{1, encoded_size(most), null, "", kBase64url, {}};
  Field<T> field{name, presence, null, {}, {}};
  field.schema.least = static_cast<std::int64_t>(rule.least);
  field.schema.most = static_cast<std::int64_t>(rule.most);
  field.schema.note = rule.note;
  field.read = [member, rule = std::move(rule)](T& into, json::Value& value, const std::string& at,
                                                Faults& faults) {
    const auto* given = value.get_if<std::string>();
    if (given == nullptr) return add_wrong_type(at, "a string", faults);
    if (auto fault = text_fault(at, *given, rule)) {
      faults.push_back(std::move(*fault));
    } else if (auto decoded = crypto::from_base64url(*given)) {
      into.*member = std::move(*decoded);
    } else {
      faults.push_back({at, FaultCode::invalid_format, "must be base64url without padding"});
    }
  };
  return field;
}

/// Reads an object of a browser. Unlike elsewhere, members that are not in the shape are ignored: browsers
/// add some, and the authenticator's data is signed or attested without them.
template <class T>
void read_from_browser(const Shape<T>& shape, T& into, json::Value& value, const std::string& at,
                       Faults& faults) {
  auto* object = value.get_if<json::Object>();
  if (object == nullptr) return add_wrong_type(at, "an object", faults);
  json::Object known;
  for (json::Member& member : *object) {
    if (std::any_of(shape.fields.begin(), shape.fields.end(),
                    [&](const Field<T>& field) { return field.name == member.first; }))
      known.push_back(std::move(member));
  }
  read_members(shape, known, at + '.', into, faults);
}

template <class T>
Schema schema_from_browser(const Shape<T>& shape) {
  ObjectFacts facts = facts_of(shape);
  facts.additional = AdditionalMembers::allowed;
  return object_schema(std::move(facts), "Other members are ignored.");
}

template <class T, class Member>
Field<T> from_browser(std::string_view name, Member T::*member, const Shape<Member>& shape) {
  Field<T> field{name, Presence::required, NullMeans::wrong_type, schema_from_browser(shape), {}};
  field.read = [member, &shape](T& into, json::Value& value, const std::string& at, Faults& faults) {
    read_from_browser(shape, into.*member, value, at, faults);
  };
  return field;
}

/// A credential with its response: RegistrationResponseJSON or AuthenticationResponseJSON.
template <class Response>
struct Credential {
  std::string id;
  std::string raw_id;
  std::string type;
  Response response;
};

template <class Response>
Shape<Credential<Response>> credential_shape(std::string_view name, const Shape<Response>& response) {
  using Body = Credential<Response>;
  const TextRule type{1,
                      32,
                      NullMeans::wrong_type,
                      "",
                      "`public-key`.",
                      [](std::string_view field, std::string_view text) -> std::optional<FieldFault> {
                        if (text == "public-key") return std::nullopt;
                        return FieldFault{std::string(field), FaultCode::invalid_value, "must be public-key"};
                      }};
  return {name,
          {
              bytes("id", &Body::id, Presence::required, crypto::kCredentialIdMaxBytes),
              bytes("rawId", &Body::raw_id, Presence::required, crypto::kCredentialIdMaxBytes),
              text("type", &Body::type, Presence::required, type),
              from_browser("response", &Body::response, response),
          },
          [](const std::set<std::string_view>&, const Body& read) -> Faults {
            if (read.id.empty() || read.raw_id.empty() || read.id == read.raw_id) return {};
            return {{"rawId", FaultCode::invalid_value, "must be the same as id"}};
          }};
}

struct AttestationResponse {
  std::string client_data_json;
  std::string attestation_object;
  std::vector<std::string> transports;
};

std::optional<FieldFault> transport_fault(std::string_view field, std::string_view text) {
  if (std::all_of(text.begin(), text.end(),
                  [](char c) { return is_digit(c) || is_alpha(c) || c == '-' || c == '_'; }))
    return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_character,
                    "must contain only letters, digits and dashes"};
}

const Shape<AttestationResponse>& attestation_response_shape() {
  using Body = AttestationResponse;
  static const Shape<Body> shape{
      "AuthenticatorAttestationResponse",
      {
          bytes("clientDataJSON", &Body::client_data_json, Presence::required, crypto::kClientDataMaxBytes),
          bytes("attestationObject", &Body::attestation_object, Presence::required,
                crypto::kAttestationObjectMaxBytes),
          texts("transports", &Body::transports, Presence::optional, kTransportsMost, NullMeans::absent,
                {1, kTransportMaxCharacters, NullMeans::wrong_type, "", "Such as `internal` or `usb`.",
                 transport_fault}),
      },
      {}};
  return shape;
}

struct AssertionResponse {
  std::string client_data_json;
  std::string authenticator_data;
  std::string signature;
  std::optional<std::string> user_handle;
};

const Shape<AssertionResponse>& assertion_response_shape() {
  using Body = AssertionResponse;
  static const Shape<Body> shape{
      "AuthenticatorAssertionResponse",
      {
          bytes("clientDataJSON", &Body::client_data_json, Presence::required, crypto::kClientDataMaxBytes),
          bytes("authenticatorData", &Body::authenticator_data, Presence::required,
                crypto::kAuthenticatorDataMaxBytes),
          bytes("signature", &Body::signature, Presence::required, crypto::kPasskeySignatureMaxBytes),
          bytes("userHandle", &Body::user_handle, Presence::optional, kUserHandleMaxBytes, NullMeans::absent),
      },
      {}};
  return shape;
}

const Shape<Credential<AttestationResponse>>& registration_response_shape() {
  static const auto shape = credential_shape("RegistrationResponse", attestation_response_shape());
  return shape;
}

const Shape<Credential<AssertionResponse>>& authentication_response_shape() {
  static const auto shape = credential_shape("AuthenticationResponse", assertion_response_shape());
  return shape;
}

// ---------------------------------------------------------------- writing

/// An array of objects that are not a member of T.
template <class T, class Item, std::vector<Item> (*Get)(const T&), const Parts<Item>& (*PartsOf)()>
Part<T> derived_objects(std::string_view name) {
  return {name, array_schema(object_schema(facts_of(PartsOf()))),
          [](json::Writer& w, const T& value) { write_array(w, Get(value), PartsOf()); }};
}

struct Algorithm {
  std::string_view type = "public-key";
  std::int64_t alg = 0;
};

const Parts<Algorithm>& algorithm_parts() {
  static const Parts<Algorithm> parts{
      "PublicKeyCredentialParameters",
      {
          part<&Algorithm::type>("type"),
          part<&Algorithm::alg>("alg", "In the IANA registry \"COSE Algorithms\"."),
      }};
  return parts;
}

template <class T>
std::vector<Algorithm> algorithms(const T&) {
  std::vector<Algorithm> all;
  for (const auto one : crypto::kCoseAlgorithms)
    all.push_back({"public-key", static_cast<std::int64_t>(one)});
  return all;
}

using store::CredentialDescriptor;
std::string credential_id_of(const CredentialDescriptor& one) { return base64url(one.credential_id); }
template <class T>
std::string_view public_key_type(const T&) {
  return "public-key";
}

const Parts<CredentialDescriptor>& descriptor_parts() {
  static const Parts<CredentialDescriptor> parts{
      "PublicKeyCredentialDescriptor",
      {
          derived_part<CredentialDescriptor, credential_id_of>("id", kBase64url),
          derived_part<CredentialDescriptor, public_key_type<CredentialDescriptor>>("type"),
          part<&CredentialDescriptor::transports>("transports"),
      }};
  return parts;
}

template <class T>
std::string_view relying_party_name(const T&) {
  return "Taskward";
}
template <class T>
std::string encoded_challenge(const T& options) {
  return base64url(options.challenge);
}
template <class T>
std::chrono::milliseconds timeout(const T&) {
  return model::kChallengeLifetime;
}
template <class T>
std::string_view required(const T&) {
  return "required";
}
template <class T>
std::string_view none(const T&) {
  return "none";
}
template <class T>
bool yes(const T&) {
  return true;
}

using domain::PasskeyCreation;
using domain::PasskeyRequest;

std::string user_handle_of(const PasskeyCreation& creation) { return base64url(creation.user.uuid.view()); }

const Parts<PasskeyCreation>& relying_party_parts() {
  static const Parts<PasskeyCreation> parts{
      "PublicKeyCredentialRpEntity",
      {
          part<&PasskeyCreation::rp_id>("id"),
          derived_part<PasskeyCreation, relying_party_name<PasskeyCreation>>("name"),
      }};
  return parts;
}

const Parts<PasskeyCreation>& user_entity_parts() {
  static const Parts<PasskeyCreation> parts{
      "PublicKeyCredentialUserEntity",
      {
          derived_part<PasskeyCreation, user_handle_of>("id", "The bytes of the user's id, in base64url."),
          part<&PasskeyCreation::name>("name"),
          part<&PasskeyCreation::display_name>("displayName"),
      }};
  return parts;
}

const Parts<PasskeyCreation>& selection_parts() {
  static const Parts<PasskeyCreation> parts{
      "AuthenticatorSelectionCriteria",
      {
          derived_part<PasskeyCreation, required<PasskeyCreation>>("residentKey"),
          derived_part<PasskeyCreation, yes<PasskeyCreation>>("requireResidentKey"),
          derived_part<PasskeyCreation, required<PasskeyCreation>>("userVerification"),
      }};
  return parts;
}

using domain::RegisteredPasskey;
using model::Passkey;

}  // namespace

const Shape<PasskeyRegistrationBody>& passkey_registration_shape() {
  using Body = PasskeyRegistrationBody;
  static const Shape<Body> shape = [] {
    Field<Body> credential{"credential",
                           Presence::required,
                           NullMeans::wrong_type,
                           schema_from_browser(registration_response_shape()),
                           {}};
    credential.read = [](Body& into, json::Value& value, const std::string& at, Faults& faults) {
      Credential<AttestationResponse> read;
      read_from_browser(registration_response_shape(), read, value, at, faults);
      into.credential = {std::move(read.id), std::move(read.response.client_data_json),
                         std::move(read.response.attestation_object), std::move(read.response.transports)};
    };
    return Shape<Body>{"PasskeyRegistration",
                       {text("name", &Body::name, Presence::required, passkey_name()), std::move(credential)},
                       {}};
  }();
  return shape;
}

const Shape<PasskeyNameBody>& passkey_name_shape() {
  using Body = PasskeyNameBody;
  static const Shape<Body> shape{
      "PasskeyName", {text("name", &Body::name, Presence::required, passkey_name())}, {}};
  return shape;
}

const Shape<PasskeyLoginBody>& passkey_login_shape() {
  using Body = PasskeyLoginBody;
  static const Shape<Body> shape{
      "PasskeyLogin",
      {assertion("credential", &Body::credential, Presence::required), session_kind_field<Body>()},
      {}};
  return shape;
}

const Shape<PasskeyFactorBody>& passkey_factor_shape() {
  using Body = PasskeyFactorBody;
  static const Shape<Body> shape{
      "PasskeyFactor",
      {text("mfa_token", &Body::mfa_token, Presence::required,
            {1, 128, NullMeans::wrong_type, "", "From the response to the login.", {}})},
      {}};
  return shape;
}

Schema assertion_schema() { return schema_from_browser(authentication_response_shape()); }

void read_assertion(domain::GivenPasskey& into, json::Value& value, const std::string& at, Faults& faults) {
  Credential<AssertionResponse> read;
  read_from_browser(authentication_response_shape(), read, value, at, faults);
  into = {std::move(read.id),
          {std::move(read.response.client_data_json), std::move(read.response.authenticator_data),
           std::move(read.response.signature)},
          std::move(read.response.user_handle)};
}

const Parts<PasskeyCreation>& passkey_creation_parts() {
  static const Parts<PasskeyCreation> parts{
      "PublicKeyCredentialCreationOptions",
      {
          group_part<PasskeyCreation, &relying_party_parts>("rp"),
          group_part<PasskeyCreation, &user_entity_parts>("user"),
          derived_part<PasskeyCreation, encoded_challenge<PasskeyCreation>>("challenge", kBase64url),
          derived_objects<PasskeyCreation, Algorithm, &algorithms<PasskeyCreation>, &algorithm_parts>(
              "pubKeyCredParams"),
          derived_part<PasskeyCreation, timeout<PasskeyCreation>>("timeout", "In milliseconds."),
          objects_part<&PasskeyCreation::exclude, &descriptor_parts>("excludeCredentials"),
          group_part<PasskeyCreation, &selection_parts>("authenticatorSelection"),
          derived_part<PasskeyCreation, none<PasskeyCreation>>("attestation"),
      }};
  return parts;
}

const Parts<PasskeyRequest>& passkey_request_parts() {
  static const Parts<PasskeyRequest> parts{
      "PublicKeyCredentialRequestOptions",
      {
          derived_part<PasskeyRequest, encoded_challenge<PasskeyRequest>>("challenge", kBase64url),
          derived_part<PasskeyRequest, timeout<PasskeyRequest>>("timeout", "In milliseconds."),
          part<&PasskeyRequest::rp_id>("rpId"),
          objects_part<&PasskeyRequest::allow, &descriptor_parts>("allowCredentials",
                                                                  "Empty: any passkey for this service."),
          derived_part<PasskeyRequest, required<PasskeyRequest>>("userVerification"),
      }};
  return parts;
}

const Parts<Passkey>& passkey_parts() {
  static const Parts<Passkey> parts{
      "Passkey",
      {
          part<&Passkey::id>("id"),
          part<&Passkey::name>("name"),
          part<&Passkey::created_at>("created_at"),
          part<&Passkey::last_used_at>("last_used_at"),
          part<&Passkey::is_backup_eligible>("backup_eligible",
                                             "Whether it can be synchronised between devices."),
          part<&Passkey::is_backed_up>("backed_up", "Whether it was synchronised at the last use."),
          part<&Passkey::transports>("transports", "How a browser reaches it."),
          part<&Passkey::aaguid>("aaguid", "The make of the authenticator, as it says; zeros if unknown."),
      }};
  return parts;
}

const Parts<PasskeyListBody>& passkey_list_parts() {
  static const Parts<PasskeyListBody> parts{"PasskeyList",
                                            {objects_part<&PasskeyListBody::items, &passkey_parts>("items")}};
  return parts;
}

const Parts<RegisteredPasskey>& registered_passkey_parts() {
  static const auto parts = [] {
    Parts<RegisteredPasskey> all{"RegisteredPasskey", new_factor_part_list<RegisteredPasskey>()};
    all.list.insert(all.list.begin(), object_part<&RegisteredPasskey::passkey, &passkey_parts>("passkey"));
    return all;
  }();
  return parts;
}

}  // namespace taskward::api
