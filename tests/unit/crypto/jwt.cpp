#include "taskward/crypto/jwt.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/crypto/support_tokens.hpp"
#include "tests/unit/support_json.hpp"

namespace taskward::crypto {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using testing::object_in;
using testing::text_of;

/// A part of the token, decoded.
std::string decoded_part(std::string_view token, int which) {
  for (; which > 0; --which) token.remove_prefix(token.find('.') + 1);
  return from_base64url(token.substr(0, token.find('.'))).value();
}

struct JwtFixture : testing::TokenFixture {
  SigningKey refresh_key = refresh_key_of(key);
};

BOOST_FIXTURE_TEST_SUITE(jwt, JwtFixture)

BOOST_AUTO_TEST_CASE(verified_claims_equal_the_signed_claims) {
  for (const auto kind : {TokenKind::access, TokenKind::refresh}) {
    const auto signed_claims = claims(kind);
    const Secret token = keys.sign(signed_claims);
    for (int use = 0; use < 2; ++use) {  // the second result is cached
      const auto read_claims = keys.verify(token.reveal(), kind, clock.now());
      BOOST_REQUIRE(read_claims);
      BOOST_TEST((read_claims->kind == kind));
      BOOST_TEST((read_claims->subject == signed_claims.subject));
      BOOST_TEST((read_claims->session == signed_claims.session));
      BOOST_TEST((read_claims->id == signed_claims.id));
      BOOST_TEST((read_claims->issued_at == signed_claims.issued_at));
      BOOST_TEST((read_claims->expires_at == signed_claims.expires_at));
      BOOST_TEST((read_claims->role == (kind == TokenKind::access ? model::Role::user : model::Role::guest)));
    }
  }
}

BOOST_AUTO_TEST_CASE(access_token_has_the_form_of_rfc_9068) {
  const Secret token = keys.sign(claims());
  const auto head = object_in(decoded_part(token.reveal(), 0));
  BOOST_TEST(head.size() == 3U);
  BOOST_TEST(text_of(head, "alg") == "ES256");
  BOOST_TEST(text_of(head, "kid") == key.kid());
  BOOST_TEST(text_of(head, "typ") == "at+jwt");
  BOOST_TEST(decoded_part(token.reveal(), 1) == payload());
  BOOST_TEST(token.size() < 700U);
}

BOOST_AUTO_TEST_CASE(refresh_token_has_its_own_type_and_no_role) {
  const Secret token = keys.sign(claims(TokenKind::refresh));
  BOOST_TEST(decoded_part(token.reveal(), 0) == header_of(refresh_key, {}, "rt+jwt"));
  BOOST_TEST(decoded_part(token.reveal(), 1) == payload("role"));
  BOOST_TEST(token.reveal() == signed_by(refresh_key, header_of(refresh_key, {}, "rt+jwt"), payload("role")));
}

BOOST_AUTO_TEST_CASE(refresh_keys_are_not_among_the_published_keys) {
  const auto both = keys_of(es256(), hs256());
  for (const auto& one : both.verification_keys())
    BOOST_TEST((one.kid() == key.kid() || one.kid() == hs256().kid()));
  BOOST_TEST(both.verification_keys().size() == 2U);
}

BOOST_AUTO_TEST_CASE(refresh_key_never_verifies_an_access_token) {
  for (const std::string_view type : {"at+jwt", "rt+jwt"})
    for (const auto kind : {TokenKind::access, TokenKind::refresh})
      for (const std::string& claims : {payload(), payload("role")})
        BOOST_TEST((read(signed_by(refresh_key, header_of(refresh_key, {}, type), claims), kind) == "ok") ==
                   (type == "rt+jwt" && kind == TokenKind::refresh));
}

BOOST_AUTO_TEST_CASE(refresh_token_needs_the_algorithm_and_the_id_of_the_key_that_signed_it) {
  for (const SigningKey* signer : {&key, &refresh_key})
    for (const SigningKey* named : {&key, &refresh_key})
      for (const char* alg : {"ES256", "HS256", "none"}) {
        const std::string head =
            R"({"alg":")" + std::string(alg) + R"(","kid":")" + named->kid() + R"(","typ":"rt+jwt"})";
        BOOST_TEST((read(signed_by(*signer, head, payload("role")), TokenKind::refresh) == "ok") ==
                   (signer == named && alg == name(named->algorithm())));
      }
  const std::string head = header_of(refresh_key, {}, "rt+jwt");
  const auto forger = SigningKey::hs256(Secret(key.public_der()));
  BOOST_TEST(read(signed_by(forger, head, payload("role")), TokenKind::refresh) == "invalid_token");
  BOOST_TEST(read(signed_by(forger, header_of(forger, {}, "rt+jwt"), payload("role")), TokenKind::refresh) ==
             "invalid_token");
}

BOOST_AUTO_TEST_CASE(refresh_token_of_an_older_release_is_valid_and_recognized) {
  const std::string former = signed_by(key, header_of(key, {}, "rt+jwt"), payload("role"));
  const auto old_claims = keys.verify(former, TokenKind::refresh, clock.now());
  BOOST_REQUIRE(old_claims);
  BOOST_TEST(old_claims->is_former);
  const auto new_claims =
      keys.verify(keys.sign(claims(TokenKind::refresh)).reveal(), TokenKind::refresh, clock.now());
  BOOST_REQUIRE(new_claims);
  BOOST_TEST(!new_claims->is_former);
  BOOST_TEST(read(former) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(refresh_token_is_valid_as_long_as_the_key_it_belongs_to) {
  const Secret token = keys.sign(claims(TokenKind::refresh));
  const auto is_valid = [&](const TokenKeys& with) {
    return static_cast<bool>(with.verify(token.reveal(), TokenKind::refresh, clock.now()));
  };
  BOOST_TEST(is_valid(keys_of(hs256(), es256())));
  BOOST_TEST(!is_valid(keys_of(hs256())));
}

BOOST_AUTO_TEST_CASE(refresh_token_is_made_again_by_the_key_that_signed_it) {
  const Secret token = keys.sign(claims(TokenKind::refresh));
  const Sha256 hash = sha256(token.reveal());
  const auto rotated = keys_of(hs256(), es256());
  BOOST_TEST(rotated.sign(claims(TokenKind::refresh)).reveal() != token.reveal());
  for (const TokenKeys* known : std::initializer_list<const TokenKeys*>{&keys, &rotated}) {
    const auto again = known->sign_again(claims(TokenKind::refresh), hash);
    BOOST_REQUIRE(again);
    BOOST_TEST(again->reveal() == token.reveal());
  }
  auto other_claims = claims(TokenKind::refresh);
  other_claims.issued_at += seconds(1);
  BOOST_TEST(!keys.sign_again(other_claims, hash));
  BOOST_TEST(!keys_of(hs256()).sign_again(claims(TokenKind::refresh), hash));
}

BOOST_AUTO_TEST_CASE(access_and_refresh_tokens_are_not_interchangeable) {
  BOOST_TEST(read(keys.sign(claims(TokenKind::access)).reveal(), TokenKind::refresh) == "invalid_token");
  BOOST_TEST(read(keys.sign(claims(TokenKind::refresh)).reveal(), TokenKind::access) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(cached_access_token_is_not_accepted_as_a_refresh_token) {
  const Secret token = keys.sign(claims());
  BOOST_TEST(read(token.reveal()) == "ok");
  BOOST_TEST(read(token.reveal(), TokenKind::refresh) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(token_expires_exactly_at_exp) {
  for (const auto kind : {TokenKind::access, TokenKind::refresh}) {
    const auto signed_claims = claims(kind);
    const Secret token = keys.sign(signed_claims);
    clock.set(signed_claims.expires_at - microseconds(1));
    BOOST_TEST(read(token.reveal(), kind) == "ok");
    clock.set(signed_claims.expires_at);
    BOOST_TEST(read(token.reveal(), kind) == "token_expired");
    clock.advance(std::chrono::hours(24 * 365));
    BOOST_TEST(read(token.reveal(), kind) == "token_expired");
    clock.set(signed_claims.issued_at);
  }
}

BOOST_AUTO_TEST_CASE(token_first_verified_at_exp_is_expired) {
  const Secret token = keys.sign(claims());
  clock.set(claims().expires_at);
  BOOST_TEST(read(token.reveal()) == "token_expired");
}

BOOST_AUTO_TEST_CASE(expired_token_with_a_wrong_signature_is_invalid) {
  clock.advance(std::chrono::hours(1));
  const auto other = SigningKey::generate(JwsAlgorithm::ES256);
  BOOST_TEST(read(signed_by(other, header(), payload("exp", "1"))) == "invalid_token");
  BOOST_TEST(read(token(header(), payload("exp", "1"))) == "token_expired");
}

BOOST_AUTO_TEST_CASE(token_from_the_future_is_accepted_within_30_seconds) {
  for (const char* claim : {"nbf", "iat"}) {
    BOOST_TEST(read(token(header(), payload(claim, std::to_string(now() + 30)))) == "ok");
    BOOST_TEST(read(token(header(), payload(claim, std::to_string(now() + 31)))) == "invalid_token");
  }
}

BOOST_AUTO_TEST_CASE(leeway_is_that_of_the_verifier_and_only_for_access_tokens) {
  std::vector<SigningKey> refresh_keys;
  refresh_keys.push_back(refresh_key_of(key));
  const TokenKeys strict(SigningKey::from_pkcs8(JwsAlgorithm::ES256, key.pkcs8()).value(), {},
                         std::move(refresh_keys), {"taskward", "tasks", seconds(5)});
  for (const auto kind : {TokenKind::access, TokenKind::refresh}) {
    auto ahead = claims(kind);
    ahead.issued_at = clock.now() + seconds(5);
    BOOST_TEST(bool(strict.verify(strict.sign(ahead).reveal(), kind, clock.now())));
    ahead.issued_at = clock.now() + seconds(6);
    BOOST_TEST(bool(strict.verify(strict.sign(ahead).reveal(), kind, clock.now())) ==
               (kind == TokenKind::refresh));
  }
}

BOOST_AUTO_TEST_CASE(timestamps_beyond_32_bits_are_accepted) {
  BOOST_TEST(read(token(header(), payload("exp", "4294967296"))) == "ok");
  BOOST_TEST(read(token(header(), payload("exp", "253402300799"))) == "ok");
}

BOOST_AUTO_TEST_CASE(first_key_signs_and_every_key_verifies) {
  const auto old_keys = keys_of(hs256());
  const auto new_keys = keys_of(es256(), hs256());
  const Secret old_token = old_keys.sign(claims());
  BOOST_TEST(static_cast<bool>(new_keys.verify(old_token.reveal(), TokenKind::access, clock.now())));
  BOOST_TEST(text_of(object_in(decoded_part(new_keys.sign(claims()).reveal(), 0)), "alg") == "ES256");
}

BOOST_AUTO_TEST_CASE(removed_key_invalidates_cached_tokens) {
  const auto both = keys_of(hs256(), es256());
  const Secret token = both.sign(claims());
  BOOST_TEST(static_cast<bool>(both.verify(token.reveal(), TokenKind::access, clock.now())));
  const auto remaining = keys_of(es256());
  BOOST_TEST(!remaining.verify(token.reveal(), TokenKind::access, clock.now()));
}

BOOST_AUTO_TEST_CASE(token_rejection_reason_is_internal_and_contains_no_token) {
  const std::string bad = token(header(), payload("aud", "\"others\""));
  const auto rejected = keys.verify(bad, TokenKind::access, clock.now());
  BOOST_REQUIRE(!rejected);
  BOOST_TEST(rejected.error().detail == "");
  BOOST_TEST(rejected.error().internal == "token rejected: wrong audience");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
