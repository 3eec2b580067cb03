// Rotation and revocation: exactly one key signs at any time, and only revocation invalidates tokens.
#include <algorithm>
#include <optional>
#include <vector>

#include "concurrently.hpp"
#include "key_fixture.hpp"

namespace taskward::testing {
namespace {

using model::KeyState;
using model::SigningKeyInfo;
using std::chrono::seconds;

constexpr seconds kRefresh{3600};

struct RotationFixture : SigningKeyFixture {
  domain::KeySettings settings(JwsAlgorithm algorithm = JwsAlgorithm::ES256) const {
    return {algorithm, root, none, {"issuer", "audience"}};
  }
  domain::RotatedKey rotate(db::Connection& connection, seconds lead) {
    return domain::rotate_keys(connection, settings(), random, {lead, kRefresh}, stamp());
  }
  domain::RotatedKey rotate(seconds lead) { return rotate(service, lead); }
  Result<domain::Revocation> revoke(const std::string& kid, JwsAlgorithm algorithm = JwsAlgorithm::ES256) {
    return domain::revoke_key(service, settings(algorithm), random, kid, stamp());
  }
  std::string signer() { return load()->verification_keys().front().kid(); }

  std::vector<SigningKeyInfo> list() { return domain::list_keys(service, settings()); }
  SigningKeyInfo info(const std::string& kid) {
    for (const SigningKeyInfo& one : list())
      if (one.kid == kid) return one;
    throw std::runtime_error("no key " + kid);
  }
  std::string state(const std::string& kid) { return std::string(model::name(info(kid).state)); }
  /// The states of all keys, newest first, such as "next signing verifying".
  std::string states() {
    std::string all;
    for (const SigningKeyInfo& one : list())
      all += (all.empty() ? "" : " ") + std::string(model::name(one.state));
    return all;
  }
  /// Simulates the passage of time for every key.
  void advance_time(seconds time) {
    const std::string interval = "interval '" + std::to_string(time.count()) + " seconds'";
    execute("update taskward.signing_keys set created_at = created_at - " + interval +
            ", signs_from = signs_from - " + interval + ", verifies_until = verifies_until - " + interval +
            ", revoked_at = revoked_at - " + interval);
  }
  /// The invariants of the key ring.
  void check_ring() {
    const auto keys = list();
    BOOST_TEST(std::count_if(keys.begin(), keys.end(),
                             [](const auto& key) { return key.state == KeyState::signing; }) == 1);
    BOOST_TEST(count_rows("signing_keys where verifies_until is null and revoked_at is null"
                          " and alg = 'ES256'") == 1);
  }
};

BOOST_FIXTURE_TEST_SUITE(key_rotation, RotationFixture)

BOOST_AUTO_TEST_CASE(rotated_key_is_published_then_signs_while_the_old_key_verifies) {
  const Secret old_token = sign(load());
  const std::string old_kid = signer();
  const auto made = rotate(seconds(10));
  BOOST_TEST(states() == "next signing");
  BOOST_TEST(signer() == old_kid);
  BOOST_TEST(load()->verification_keys().size() == 2U);
  BOOST_TEST((*info(old_kid).verifies_until == made.signs_from + kRefresh + seconds(60)));
  check_ring();

  advance_time(seconds(9));
  BOOST_TEST(signer() == old_kid);
  const Secret last_token = sign(load());
  advance_time(seconds(1));
  BOOST_TEST(signer() == made.kid);
  BOOST_TEST(states() == "signing verifying");
  for (const Secret* token : {&old_token, &last_token}) BOOST_TEST(check(load(), *token) == "ok");
  check_ring();

  advance_time(kRefresh + seconds(59));
  BOOST_TEST(states() == "signing verifying");
  advance_time(seconds(1));
  BOOST_TEST(states() == "signing ended");
  BOOST_TEST(check(load(), last_token) == "invalid_token");
  BOOST_TEST(count_keys() == 2);
}

BOOST_AUTO_TEST_CASE(key_of_refresh_tokens_is_rotated_ended_and_revoked_with_its_signing_key) {
  using crypto::TokenKind;
  const auto is_valid = [&](const Secret& token) { return check(load(), token, TokenKind::refresh) == "ok"; };
  const Secret first = sign(load(), TokenKind::refresh);
  const auto second_key = rotate(seconds(0));
  const Secret second = sign(load(), TokenKind::refresh);
  BOOST_TEST(is_valid(first));
  BOOST_TEST(is_valid(second));
  advance_time(kRefresh + seconds(61));
  BOOST_TEST(!is_valid(first));
  BOOST_TEST(is_valid(second));
  BOOST_TEST(outcome(revoke(second_key.kid)) == "ok");
  BOOST_TEST(!is_valid(second));
  BOOST_TEST(is_valid(sign(load(), TokenKind::refresh)));
  BOOST_TEST(load()->verification_keys().size() == 1U);
}

BOOST_AUTO_TEST_CASE(key_of_refresh_tokens_depends_on_the_root_secret) {
  const auto load_shared = [&](const Secret& secret) {
    return load(service, secret, JwsAlgorithm::HS256, hmac);
  };
  const Secret token = sign(load_shared(root), crypto::TokenKind::refresh);
  BOOST_TEST(check(load_shared(root), token, crypto::TokenKind::refresh) == "ok");
  BOOST_TEST(check(load_shared(other_root), token, crypto::TokenKind::refresh) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(rotation_without_lead_time_signs_immediately) {
  load();
  const auto made = rotate(seconds(0));
  BOOST_TEST(signer() == made.kid);
  BOOST_TEST(states() == "signing verifying");
}

BOOST_AUTO_TEST_CASE(rotation_before_the_first_start_creates_the_signing_key) {
  const auto made = rotate(seconds(10));
  BOOST_TEST(signer() == made.kid);
  BOOST_TEST(count_keys() == 1);
  check_ring();
}

BOOST_AUTO_TEST_CASE(second_rotation_starts_after_the_first_despite_a_shorter_lead) {
  load();
  const std::string old_kid = signer();
  const auto second = rotate(seconds(100));
  const auto third = rotate(seconds(10));
  BOOST_TEST((third.signs_from > second.signs_from));
  BOOST_TEST(states() == "next next signing");
  BOOST_TEST(signer() == old_kid);
  check_ring();
  advance_time(seconds(99));
  BOOST_TEST(signer() == old_kid);
  advance_time(seconds(2));
  BOOST_TEST(signer() == third.kid);
  check_ring();
}

BOOST_AUTO_TEST_CASE(key_of_the_first_pending_rotation_signs_between_two) {
  load();
  const auto second = rotate(seconds(10));
  const auto third = rotate(seconds(20));
  advance_time(seconds(11));
  BOOST_TEST(signer() == second.kid);
  BOOST_TEST(states() == "next signing verifying");
  check_ring();
  advance_time(seconds(10));
  BOOST_TEST(signer() == third.kid);
  check_ring();
}

BOOST_AUTO_TEST_CASE(concurrent_rotations_and_first_starts_leave_one_signing_key) {
  run_concurrently<int>(*this, 8, [&](db::Connection& connection, int which) {
    if (which % 2 == 0)
      rotate(connection, seconds(which % 4 == 0 ? 0 : 5));
    else
      load(connection, root, JwsAlgorithm::ES256, none);
    return 0;
  });
  check_ring();
  const std::string now_signs = signer();
  const Secret token = sign(load());
  advance_time(seconds(30));
  check_ring();
  BOOST_TEST(check(load(), token) == "ok");
  BOOST_TEST(audit_lines().size() == 4U);
}

BOOST_AUTO_TEST_CASE(revoked_signing_key_is_replaced_immediately) {
  const Secret token = sign(load());
  const std::string old_kid = signer();
  const auto done = revoke(old_kid);
  BOOST_TEST_REQUIRE(outcome(done) == "ok");
  BOOST_TEST((done->before == KeyState::signing));
  BOOST_TEST(check(load(), token) == "invalid_token");
  BOOST_TEST(states() == "signing revoked");
  BOOST_TEST(done->signer.value() == signer());
  BOOST_TEST(count_keys() == 2);
  check_ring();
}

BOOST_AUTO_TEST_CASE(pending_key_signs_immediately_when_the_signing_key_is_revoked) {
  load();
  const std::string old_kid = signer();
  const auto made = rotate(seconds(100));
  BOOST_TEST(revoke(old_kid)->signer.value() == made.kid);
  BOOST_TEST(states() == "signing revoked");
  check_ring();
}

BOOST_AUTO_TEST_CASE(signing_key_continues_when_the_pending_key_is_revoked) {
  load();
  const std::string old_kid = signer();
  const auto made = rotate(seconds(10));
  BOOST_TEST(revoke(made.kid)->signer.value() == old_kid);
  BOOST_TEST(!info(old_kid).verifies_until.has_value());
  check_ring();
  advance_time(seconds(30));
  BOOST_TEST(signer() == old_kid);
  BOOST_TEST(count_keys() == 2);
}

BOOST_AUTO_TEST_CASE(key_before_a_revoked_pending_key_takes_over_its_time) {
  load();
  const std::string old_kid = signer();
  const auto second = rotate(seconds(10));
  const auto third = rotate(seconds(20));
  const auto end = *info(second.kid).verifies_until;
  BOOST_TEST((revoke(second.kid)->before == KeyState::next));
  BOOST_TEST((*info(old_kid).verifies_until == end));
  advance_time(seconds(15));
  BOOST_TEST(signer() == old_kid);
  check_ring();
  advance_time(seconds(10));
  BOOST_TEST(signer() == third.kid);
}

BOOST_AUTO_TEST_CASE(retired_key_does_not_sign_again_when_its_successor_is_revoked) {
  const Secret old_token = sign(load());
  const std::string old_kid = signer();
  const auto made = rotate(seconds(0));
  const auto done = revoke(made.kid);
  BOOST_TEST(done->signer.value() != old_kid);
  BOOST_TEST(state(old_kid) == "verifying");
  BOOST_TEST(check(load(), old_token) == "ok");
  BOOST_TEST(count_keys() == 3);
  check_ring();
}

BOOST_AUTO_TEST_CASE(retired_key_does_not_sign_again_when_revocation_is_done_in_sql) {
  load();
  const std::string old_kid = signer();
  rotate(seconds(0));
  execute("update taskward.signing_keys set revoked_at = now() where verifies_until is null");
  BOOST_TEST(signer() != old_kid);
  check_ring();
}

BOOST_AUTO_TEST_CASE(revoking_a_retired_key_leaves_the_others_unchanged) {
  load();
  const std::string old_kid = signer();
  const auto made = rotate(seconds(0));
  BOOST_TEST(revoke(old_kid)->signer.value() == made.kid);
  BOOST_TEST(states() == "signing revoked");
  BOOST_TEST(count_keys() == 2);
}

BOOST_AUTO_TEST_CASE(second_revocation_has_no_effect_and_an_unknown_key_is_not_found) {
  load();
  const std::string old_kid = signer();
  BOOST_TEST(outcome(revoke(old_kid)) == "ok");
  BOOST_TEST((revoke(old_kid)->before == KeyState::revoked));
  BOOST_TEST(outcome(revoke("unknown key")) == "not_found");
  BOOST_TEST(count_keys() == 2);
  BOOST_TEST(audit_lines() == (Lines{"key.revoke success " + old_kid}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(key_of_another_algorithm_has_no_successor_and_is_not_rotated) {
  const Secret token = sign(load(JwsAlgorithm::EdDSA));
  const std::string other = kid();
  load();
  rotate(seconds(0));
  BOOST_TEST(!info(other).verifies_until.has_value());
  BOOST_TEST(state(other) == "verifying");
  BOOST_TEST(check(load(), token) == "ok");
  BOOST_TEST(outcome(revoke(other)) == "ok");
  BOOST_TEST(check(load(), token) == "invalid_token");
  BOOST_TEST(count_keys() == 3);
  check_ring();
}

BOOST_AUTO_TEST_CASE(revoking_a_key_pair_under_hs256_creates_no_key) {
  load();
  const std::string pair = kid();
  const domain::KeySettings shared{JwsAlgorithm::HS256, root, hmac, {"issuer", "audience"}};
  const auto done = domain::revoke_key(service, shared, random, pair, stamp());
  BOOST_TEST_REQUIRE(outcome(done) == "ok");
  BOOST_TEST(!done->signer.has_value());
  BOOST_TEST(count_keys() == 1);
  const auto keys = domain::list_keys(service, shared);
  BOOST_TEST_REQUIRE(keys.size() == 2U);
  BOOST_TEST((keys[0].algorithm == JwsAlgorithm::HS256 && keys[0].state == KeyState::signing));
  BOOST_TEST(!keys[0].created_at.has_value());
}

BOOST_AUTO_TEST_CASE(wrong_root_secret_changes_nothing) {
  load();
  const domain::KeySettings wrong{JwsAlgorithm::ES256, other_root, none, {"issuer", "audience"}};
  BOOST_CHECK_EXCEPTION(
      static_cast<void>(domain::rotate_keys(service, wrong, random, {seconds(0), kRefresh}, stamp())),
      UnusableKeys, names_key(kid()));
  BOOST_CHECK_EXCEPTION(static_cast<void>(domain::revoke_key(service, wrong, random, kid(), stamp())),
                        UnusableKeys, names_key(kid()));
  BOOST_TEST(states() == "signing");
  BOOST_TEST(audit_lines().empty());
}

BOOST_AUTO_TEST_CASE(rotation_and_revocation_record_the_key_id) {
  const auto made = rotate(seconds(0));
  BOOST_TEST(outcome(revoke(made.kid)) == "ok");
  BOOST_TEST(audit_lines() == (Lines{"key.rotate success " + made.kid, "key.revoke success " + made.kid}),
             boost::test_tools::per_element());
  BOOST_TEST(audit().front().object_type == "signing_key");
  BOOST_TEST(audit().front().actor == "-");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
