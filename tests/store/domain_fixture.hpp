// The use cases with real keys, a cheap bcrypt cost and the system clock.
#pragma once

#include "fixture.hpp"
#include "taskward/crypto/jwt.hpp"
#include "taskward/crypto/password_hash.hpp"
#include "taskward/domain/accounts.hpp"
#include "taskward/domain/authenticate.hpp"
#include "taskward/domain/log_in.hpp"
#include "taskward/domain/profile.hpp"
#include "taskward/domain/sessions.hpp"
#include "taskward/domain/signing_keys.hpp"
#include "tests/support/common_passwords.hpp"

namespace taskward::testing {

/// The token pair of a login that needs no second factor; otherwise mfa_required.
inline Result<model::TokenPair> pair_of(Result<domain::LoginOutcome>&& login) {
  if (!login) return std::move(login).error();
  if (auto* pair = std::get_if<model::TokenPair>(&*login)) return std::move(*pair);
  return ErrorCode::mfa_required;
}

struct DomainFixture : StoreFixture {
  const Secret secret_key{kRootSecret};
  const Secret jwt_secret_key{};
  const Secret password{"correct horse battery"};
  domain::KeyRing keys{{model::JwsAlgorithm::ES256, secret_key, jwt_secret_key, {"issuer", "audience"}},
                       random};
  crypto::PasswordHasher passwords{model::kBcryptCostLeast, random};
  domain::PasswordPolicy password_policy{common_passwords({"password1"})};
  domain::HashingGate hashing{2, std::chrono::seconds(10)};
  domain::DerivedKeys derived_keys{secret_key};
  // The tests' address is exempt from rate limits unless a test changes this.
  domain::Rules rules{{std::chrono::seconds(900), std::chrono::seconds(604800)},
                      6,
                      {model::IpNetwork::parse("192.0.2.0/24").value()}};
  model::NoMeter meter;
  domain::DatabaseHealth health;
  domain::KnownTokens known_tokens;
  domain::Resources resources{service,      clock, random, keys,   passwords, hashing,     password_policy,
                              derived_keys, rules, meter,  health, hints,     known_tokens};

  model::User register_account(const char* email, const char* username) {
    domain::Registration registration{std::nullopt, std::nullopt, password.clone(), model::Role::user};
    if (email != nullptr) registration.email = email;
    if (username != nullptr) registration.username = username;
    auto made = domain::register_account(resources, registration, std::nullopt, origin);
    BOOST_TEST_REQUIRE(outcome(made) == "ok");
    return std::move(*made);
  }
  Result<model::TokenPair> log_in(const char* name, std::string_view with = "correct horse battery") {
    return pair_of(domain::log_in(resources, model::AccountName::of(name), Secret(with), origin));
  }
  Result<crypto::TokenClaims> claims(const Secret& token, crypto::TokenKind kind) {
    return resources.tokens()->verify(token.reveal(), kind, clock.now());
  }
};

}  // namespace taskward::testing
