// A client that lost the answer to a refresh receives the same refresh token again.
#include "concurrently.hpp"
#include "domain_fixture.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "tests/support/fixed_clock.hpp"

namespace taskward::testing {
namespace {

using crypto::TokenKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct LostRefreshFixture : DomainFixture {
  const Secret hmac{"an HS256 secret of the tests, thirty-two bytes"};
  FixedClock worker_clock{std::chrono::floor<seconds>(clock.now())};
  domain::KeySettings key_settings{model::JwsAlgorithm::ES256, secret_key, hmac, {"issuer", "audience"}};
  domain::KeyRing ring{key_settings, random, milliseconds(0)};
  domain::Rules worker_rules = rules;
  domain::Resources worker = worker_on(service);

  /// A worker with a clock of its own, which loads the keys at every use.
  domain::Resources worker_on(db::Connection& connection) {
    return {connection,   worker_clock, random, ring,   passwords, hashing,     password_policy,
            derived_keys, worker_rules, meter,  health, hints,     known_tokens};
  }

  LostRefreshFixture() { register_account("ann@example.com", nullptr); }

  /// The refresh token of a new session.
  Secret begin() {
    auto pair = pair_of(domain::log_in(worker, model::AccountName::of("ann@example.com"), password, origin));
    BOOST_TEST_REQUIRE(outcome(pair) == "ok");
    clear_audit();
    return std::move(pair->refresh_token);
  }
  Result<model::TokenPair> refresh(const Secret& token) {
    return domain::rotate_tokens(worker, token.reveal(), origin);
  }
  /// The new refresh token.
  Secret refreshed(const Secret& token) {
    auto pair = refresh(token);
    BOOST_TEST_REQUIRE(outcome(pair) == "ok");
    BOOST_TEST(outcome(worker.tokens()->verify(pair->access_token.reveal(), TokenKind::access,
                                               worker_clock.now())) == "ok");
    return std::move(pair->refresh_token);
  }
  crypto::TokenClaims claims_of(const Secret& token) {
    auto claims = worker.tokens()->verify(token.reveal(), TokenKind::refresh, worker_clock.now());
    BOOST_TEST_REQUIRE(outcome(claims) == "ok");
    return *claims;
  }
  domain::RotatedKey rotate_key() {
    return domain::rotate_keys(service, key_settings, random, {seconds(0), seconds(604800)}, stamp());
  }
  std::string revoke_key(const std::string& kid) {
    return outcome(domain::revoke_key(service, key_settings, random, kid, stamp()));
  }
  std::string signer() { return worker.tokens()->verification_keys().front().kid(); }

  /// A refresh token of a session that an older release began, signed by a key of access tokens.
  Secret begin_former() {
    const Secret current = begin();
    const crypto::TokenClaims claims = claims_of(current);
    const auto key = crypto::SigningKey::hs256(hmac);
    const auto time = [](Timestamp moment) {
      return std::to_string(std::chrono::floor<seconds>(moment).time_since_epoch().count());
    };
    const std::string input =
        crypto::base64url(R"({"alg":"HS256","kid":")" + key.kid() + R"(","typ":"rt+jwt"})") + '.' +
        crypto::base64url(R"({"iss":"issuer","aud":"audience","sub":")" + claims.subject.text() +
                          R"(","sid":")" + claims.session.text() + R"(","jti":")" + claims.id.text() +
                          R"(","iat":)" + time(claims.issued_at) + R"(,"nbf":)" + time(claims.issued_at) +
                          R"(,"exp":)" + time(claims.expires_at) + '}');
    Secret token(input + '.' + crypto::base64url(key.sign(input)));
    execute("update taskward.sessions set token_hash = null where id = '" + claims.session.text() + "'");
    owner.query(
        "insert into taskward.refresh_tokens (user_id, token_hash, session_id, expires_at)"
        " values ($1::uuid, sha256($2::bytea), $3::uuid, now() + interval '7 days')",
        db::Params().id(claims.subject).bytes(token.reveal()).id(claims.session));
    return token;
  }
};

BOOST_FIXTURE_TEST_SUITE(lost_refreshes, LostRefreshFixture)

BOOST_AUTO_TEST_CASE(same_client_receives_the_same_refresh_token_in_the_same_and_in_later_seconds) {
  const Secret token = begin();
  const Secret next = refreshed(token);
  const auto first = claims_of(next);
  for (const int wait : {0, 1, 8}) {
    worker_clock.advance(seconds(wait));
    BOOST_TEST(refreshed(token).reveal() == next.reveal());
  }
  BOOST_TEST((first.expires_at - first.issued_at == rules.lifetimes.refresh));
  BOOST_TEST(audit_lines() == (Lines{"session.refresh success -", "session.refresh success successor_resent",
                                     "session.refresh success successor_resent",
                                     "session.refresh success successor_resent"}),
             boost::test_tools::per_element());
  BOOST_TEST(refreshed(next).reveal() != next.reveal());
}

BOOST_AUTO_TEST_CASE(answer_sent_again_has_a_new_access_token) {
  const Secret token = begin();
  const auto first = refresh(token);
  const auto second = refresh(token);
  BOOST_TEST_REQUIRE(outcome(second) == "ok");
  BOOST_TEST(first->access_token.reveal() != second->access_token.reveal());
  BOOST_TEST((first->user.id == second->user.id));
}

BOOST_AUTO_TEST_CASE(successor_ids_differ_and_are_of_version_8) {
  const Secret first = begin();
  const Secret second = refreshed(first);
  const Secret third = refreshed(second);
  const auto id = claims_of(second).id.text();
  BOOST_TEST(id != claims_of(third).id.text());
  BOOST_TEST(id[14] == '8');
  BOOST_TEST(std::string("89ab").find(id[19]) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(many_refreshes_at_once_receive_one_refresh_token, *boost::unit_test::label("slow")) {
  static_cast<void>(worker.tokens());  // loaded before threads need them
  for (const bool is_former : {false, true}) {
    const Secret token = is_former ? begin_former() : begin();
    clear_audit();
    const auto received = run_concurrently<std::string>(*this, 16, [&](db::Connection& connection, int) {
      auto pair = domain::rotate_tokens(worker_on(connection), token.reveal(), origin);
      return pair ? std::string(pair->refresh_token.reveal()) : outcome(pair);
    });
    BOOST_TEST(count_of(received, received.front()) == 16);
    BOOST_TEST(count_of(audit_lines(), "session.refresh success -") == 1);
    BOOST_TEST(count_of(audit_lines(), "session.refresh success successor_resent") == 15);
    static_cast<void>(refreshed(Secret(received.front())));
  }
}

BOOST_AUTO_TEST_CASE(successor_is_made_again_by_the_key_that_signed_it) {
  const std::string old_signer = signer();
  const Secret token = begin();
  const Secret next = refreshed(token);
  const auto fresh = rotate_key();
  BOOST_TEST_REQUIRE(signer() == fresh.kid);
  BOOST_TEST(refreshed(token).reveal() == next.reveal());
  worker_clock.advance(seconds(3));
  BOOST_TEST(refreshed(token).reveal() == next.reveal());
  BOOST_TEST(revoke_key(old_signer) == "ok");
  BOOST_TEST(outcome(refresh(next)) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(successor_of_a_revoked_key_is_refused_and_the_session_survives) {
  const Secret token = begin();
  const auto fresh = rotate_key();
  static_cast<void>(refreshed(token));
  BOOST_TEST(revoke_key(fresh.kid) == "ok");
  clear_audit();
  BOOST_TEST(outcome(refresh(token)) == "refresh_token_reused");
  BOOST_TEST(audit_lines() == Lines{"session.refresh failure refresh_race"},
             boost::test_tools::per_element());
  BOOST_TEST(count_rows("sessions where revoked_at is null") == 1);
}

BOOST_AUTO_TEST_CASE(successor_is_refused_after_a_change_of_the_lifetime) {
  const Secret token = begin();
  static_cast<void>(refreshed(token));
  worker_rules.lifetimes.refresh += seconds(1);
  BOOST_TEST(outcome(refresh(token)) == "refresh_token_reused");
  BOOST_TEST(audit_lines().back() == "session.refresh failure refresh_race");
  BOOST_TEST(count_rows("sessions where revoked_at is null") == 1);
}

BOOST_AUTO_TEST_CASE(former_token_is_exchanged_once_and_for_the_same_successor) {
  const Secret token = begin_former();
  const Secret next = refreshed(token);
  BOOST_TEST(!claims_of(next).is_former);
  worker_clock.advance(seconds(2));
  BOOST_TEST(refreshed(token).reveal() == next.reveal());
  const Secret later = refreshed(next);
  execute("update taskward.refresh_tokens set used_at = used_at - interval '11 seconds'");
  BOOST_TEST(outcome(refresh(token)) == "refresh_token_reused");
  BOOST_TEST(outcome(refresh(later)) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(former_token_ends_its_session) {
  const Secret token = begin_former();
  BOOST_TEST(outcome(domain::log_out(worker, token.reveal(), model::LogoutScope::session, origin)) == "ok");
  BOOST_TEST(outcome(refresh(token)) == "invalid_token");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
