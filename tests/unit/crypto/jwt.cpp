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
std::string part(std::string_view token, int which) {
  for (; which > 0; --which) token.remove_prefix(token.find('.') + 1);
  return from_base64url(token.substr(0, token.find('.'))).value();
}

BOOST_FIXTURE_TEST_SUITE(jwt, testing::TokenFixture)

BOOST_AUTO_TEST_CASE(claims_come_back_as_they_were_signed) {
  for (const auto kind : {TokenKind::access, TokenKind::refresh}) {
    const auto signed_claims = claims(kind);
    const Secret token = keys.sign(signed_claims);
    for (int use = 0; use < 2; ++use) {  // the second is answered from memory
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

BOOST_AUTO_TEST_CASE(an_access_token_is_spelled_as_rfc_9068_has_it) {
  const Secret token = keys.sign(claims());
  const auto head = object_in(part(token.reveal(), 0));
  BOOST_TEST(head.size() == 3U);
  BOOST_TEST(text_of(head, "alg") == "ES256");
  BOOST_TEST(text_of(head, "kid") == key.kid());
  BOOST_TEST(text_of(head, "typ") == "at+jwt");
  BOOST_TEST(part(token.reveal(), 1) == payload());
  BOOST_TEST(token.size() < 700U);
}

BOOST_AUTO_TEST_CASE(a_refresh_token_has_a_type_of_its_own_and_no_role) {
  const Secret token = keys.sign(claims(TokenKind::refresh));
  BOOST_TEST(text_of(object_in(part(token.reveal(), 0)), "typ") == "rt+jwt");
  BOOST_TEST(part(token.reveal(), 1) == payload("role"));
}

BOOST_AUTO_TEST_CASE(neither_type_is_taken_for_the_other) {
  BOOST_TEST(read(keys.sign(claims(TokenKind::access)).reveal(), TokenKind::refresh) == "invalid_token");
  BOOST_TEST(read(keys.sign(claims(TokenKind::refresh)).reveal(), TokenKind::access) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(an_access_token_that_is_remembered_is_still_no_refresh_token) {
  const Secret token = keys.sign(claims());
  BOOST_TEST(read(token.reveal()) == "ok");
  BOOST_TEST(read(token.reveal(), TokenKind::refresh) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(it_expires_at_its_second_and_not_before) {
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

BOOST_AUTO_TEST_CASE(a_token_first_seen_when_it_expires_is_expired) {
  const Secret token = keys.sign(claims());
  clock.set(claims().expires_at);
  BOOST_TEST(read(token.reveal()) == "token_expired");
}

BOOST_AUTO_TEST_CASE(an_expired_token_with_a_wrong_signature_is_only_invalid) {
  clock.advance(std::chrono::hours(1));
  const auto other = SigningKey::generate(JwsAlgorithm::ES256);
  BOOST_TEST(read(signed_by(other, header(), payload("exp", "1"))) == "invalid_token");
  BOOST_TEST(read(token(header(), payload("exp", "1"))) == "token_expired");
}

BOOST_AUTO_TEST_CASE(a_token_of_the_future_is_taken_within_the_skew_of_30_seconds_only) {
  for (const char* claim : {"nbf", "iat"}) {
    BOOST_TEST(read(token(header(), payload(claim, std::to_string(now() + 30)))) == "ok");
    BOOST_TEST(read(token(header(), payload(claim, std::to_string(now() + 31)))) == "invalid_token");
  }
}

BOOST_AUTO_TEST_CASE(times_beyond_32_bits_are_read) {
  BOOST_TEST(read(token(header(), payload("exp", "4294967296"))) == "ok");
  BOOST_TEST(read(token(header(), payload("exp", "253402300799"))) == "ok");
}

BOOST_AUTO_TEST_CASE(each_key_verifies_what_it_signed_and_the_first_one_signs) {
  const auto before = keys_of(hs256());
  const auto after = keys_of(es256(), hs256());
  const Secret old_token = before.sign(claims());
  BOOST_TEST(static_cast<bool>(after.verify(old_token.reveal(), TokenKind::access, clock.now())));
  BOOST_TEST(text_of(object_in(part(after.sign(claims()).reveal(), 0)), "alg") == "ES256");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_gone_takes_what_was_remembered_along) {
  const auto both = keys_of(hs256(), es256());
  const Secret token = both.sign(claims());
  BOOST_TEST(static_cast<bool>(both.verify(token.reveal(), TokenKind::access, clock.now())));
  const auto left = keys_of(es256());
  BOOST_TEST(!left.verify(token.reveal(), TokenKind::access, clock.now()));
}

BOOST_AUTO_TEST_CASE(the_reason_of_a_refusal_is_for_the_journal_and_holds_no_token) {
  const std::string bad = token(header(), payload("aud", "\"others\""));
  const auto refused = keys.verify(bad, TokenKind::access, clock.now());
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().detail == "");
  BOOST_TEST(refused.error().internal == "token refused: another audience");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
