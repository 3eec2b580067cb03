#include "taskward/api/token_bodies.hpp"

#include <algorithm>

#include "text_rules.hpp"

namespace taskward::api {
namespace {

using model::PersonalToken;
using model::Scope;

std::vector<Scope> scopes_of(const PersonalToken& token) { return token.scopes.list(); }

template <class T>
std::vector<Part<T>> token_part_list() {
  return {
      part<&PersonalToken::id, T>("id"),
      part<&PersonalToken::name, T>("name"),
      derived_part<T, &scopes_of>("scopes"),
      part<&PersonalToken::created_at, T>("created_at"),
      part<&PersonalToken::expires_at, T>("expires_at"),
      part<&PersonalToken::revoked_at, T>("revoked_at"),
      part<&PersonalToken::last_used_at, T>("last_used_at", "To the minute."),
      part<&PersonalToken::last_used_address, T>("last_used_address"),
  };
}

std::string allowed_scopes() {
  std::string allowed = "must be one of";
  for (const Scope one : model::kScopes)
    allowed += std::string(allowed.back() == 'f' ? " " : ", ") + std::string(name(one));
  return allowed;
}

void read_scope(json::Value& value, const std::string& at, std::vector<Scope>& into, Faults& faults) {
  const auto* given = value.get_if<std::string>();
  if (given == nullptr) return add_wrong_type(at, "a string", faults);
  const auto scope = model::scope(*given);
  if (!scope)
    faults.push_back({at, FaultCode::invalid_value, allowed_scopes()});
  else if (std::find(into.begin(), into.end(), *scope) != into.end())
    faults.push_back({at, FaultCode::duplicate, "must not be repeated"});
  else
    into.push_back(*scope);
}

/// At least one.
Field<TokenOrderBody> scopes_field() {
  Schema items = schema_of<Scope>();
  Field<TokenOrderBody> field =
      array("scopes", &TokenOrderBody::scopes, Presence::required, model::kScopes.size(),
            NullMeans::wrong_type, std::move(items), read_scope);
  field.schema.least = 1;
  field.schema.note = "Without repetition. No scope contains another.";
  field.read = [read = std::move(field.read)](TokenOrderBody& into, json::Value& value, const std::string& at,
                                              Faults& faults) {
    const auto* given = value.get_if<json::Array>();
    if (given != nullptr && given->empty())
      faults.push_back({at, FaultCode::too_short, "must contain at least one scope"});
    else
      read(into, value, at, faults);
  };
  return field;
}

}  // namespace

const Shape<TokenOrderBody>& token_order_shape() {
  using Body = TokenOrderBody;
  static const auto shape = [] {
    Shape<Body> all{
        "TokenOrder",
        {
            text("name", &Body::name, Presence::required, token_name()),
            scopes_field(),
            number("expires_in", &Body::expires_in, Presence::optional, model::kTokenLifetimeLeast.count(),
                   std::chrono::seconds(model::kTokenLifetimeMost).count()),
        },
        {}};
    all.fields.back().schema.note =
        "The lifetime in seconds, at most TOKEN_MAX_LIFETIME. The default is 90 days.";
    return all;
  }();
  return shape;
}

const Shape<TokenChangeBody>& token_change_shape() {
  using Body = TokenChangeBody;
  static const Shape<Body> shape{
      "TokenChange", {text("name", &Body::name, Presence::required, token_name())}, {}};
  return shape;
}

const Parts<PersonalToken>& personal_token_parts() {
  static const Parts<PersonalToken> parts{"PersonalToken", token_part_list<PersonalToken>()};
  return parts;
}

const Parts<domain::CreatedToken>& created_token_parts() {
  using domain::CreatedToken;
  static const auto parts = [] {
    Parts<CreatedToken> all{"CreatedToken", token_part_list<CreatedToken>()};
    all.list.push_back(
        part<&CreatedToken::secret>("token", "The token itself, which is shown only in this response."));
    return all;
  }();
  return parts;
}

const Parts<TokenListBody>& token_list_parts() {
  static const Parts<TokenListBody> parts{
      "TokenList", {objects_part<&TokenListBody::items, &personal_token_parts>("items")}};
  return parts;
}

const Parts<RevokedTokensBody>& revoked_tokens_parts() {
  static const Parts<RevokedTokensBody> parts{
      "RevokedTokens",
      {part<&RevokedTokensBody::revoked>("revoked", "How many of the revoked tokens had not expired.")}};
  return parts;
}

}  // namespace taskward::api
