// Rotation and revocation: one key signs at every moment, and nobody is logged out but by a revocation.
#include <algorithm>
#include <optional>
#include <vector>

#include "key_fixture.hpp"
#include "together.hpp"

namespace taskward::testing {
namespace {

using model::KeyState;
using model::SigningKeyInfo;
using std::chrono::seconds;

constexpr seconds kRefresh{3600};

struct ChangesFixture : KeysFixture {
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
  /// "next signing verifying", the newest first.
  std::string states() {
    std::string all;
    for (const SigningKeyInfo& one : list())
      all += (all.empty() ? "" : " ") + std::string(model::name(one.state));
    return all;
  }
  /// As if so much time had gone by for every key.
  void pass(seconds time) {
    const std::string interval = "interval '" + std::to_string(time.count()) + " seconds'";
    execute("update taskward.signing_keys set created_at = created_at - " + interval +
            ", signs_from = signs_from - " + interval + ", verifies_until = verifies_until - " + interval +
            ", revoked_at = revoked_at - " + interval);
  }
  /// What must hold whatever has happened.
  void check_ring() {
    const auto keys = list();
    BOOST_TEST(std::count_if(keys.begin(), keys.end(),
                             [](const auto& key) { return key.state == KeyState::signing; }) == 1);
    BOOST_TEST(
        number(
            "select count(*) from taskward.signing_keys where verifies_until is null and revoked_at is null"
            " and alg = 'ES256'") == 1);
  }
};

BOOST_FIXTURE_TEST_SUITE(key_changes, ChangesFixture)

BOOST_AUTO_TEST_CASE(new_key_is_published_then_signs_and_the_old_one_verifies_until_its_last_token_is_dead) {
  const Secret old_token = sign(load());
  const std::string old_kid = signer();
  const auto made = rotate(seconds(10));
  BOOST_TEST(states() == "next signing");
  BOOST_TEST(signer() == old_kid);
  BOOST_TEST(load()->verification_keys().size() == 2U);
  BOOST_TEST((*info(old_kid).verifies_until == made.signs_from + kRefresh + seconds(60)));
  check_ring();

  pass(seconds(9));
  BOOST_TEST(signer() == old_kid);
  const Secret last_token = sign(load());
  pass(seconds(1));
  BOOST_TEST(signer() == made.kid);
  BOOST_TEST(states() == "signing verifying");
  for (const Secret* token : {&old_token, &last_token}) BOOST_TEST(check(load(), *token) == "ok");
  check_ring();

  pass(kRefresh + seconds(59));
  BOOST_TEST(states() == "signing verifying");
  pass(seconds(1));
  BOOST_TEST(states() == "signing ended");
  BOOST_TEST(check(load(), last_token) == "invalid_token");
  BOOST_TEST(rows() == 2);
}

BOOST_AUTO_TEST_CASE(rotation_without_a_lead_signs_at_once) {
  load();
  const auto made = rotate(seconds(0));
  BOOST_TEST(signer() == made.kid);
  BOOST_TEST(states() == "signing verifying");
}

BOOST_AUTO_TEST_CASE(rotation_before_the_first_start_makes_the_key_that_signs) {
  const auto made = rotate(seconds(10));
  BOOST_TEST(signer() == made.kid);
  BOOST_TEST(rows() == 1);
  check_ring();
}

BOOST_AUTO_TEST_CASE(second_rotation_follows_the_first_one_however_short_its_lead) {
  load();
  const std::string old_kid = signer();
  const auto second = rotate(seconds(100));
  const auto third = rotate(seconds(10));
  BOOST_TEST((third.signs_from > second.signs_from));
  BOOST_TEST(states() == "next next signing");
  BOOST_TEST(signer() == old_kid);
  check_ring();
  pass(seconds(99));
  BOOST_TEST(signer() == old_kid);
  pass(seconds(2));
  BOOST_TEST(signer() == third.kid);
  check_ring();
}

BOOST_AUTO_TEST_CASE(between_two_pending_rotations_the_first_ones_key_signs) {
  load();
  const auto second = rotate(seconds(10));
  const auto third = rotate(seconds(20));
  pass(seconds(11));
  BOOST_TEST(signer() == second.kid);
  BOOST_TEST(states() == "next signing verifying");
  check_ring();
  pass(seconds(10));
  BOOST_TEST(signer() == third.kid);
  check_ring();
}

BOOST_AUTO_TEST_CASE(many_rotations_and_first_starts_at_once_end_in_one_signer) {
  together<int>(*this, 8, [&](db::Connection& connection, int which) {
    if (which % 2 == 0)
      rotate(connection, seconds(which % 4 == 0 ? 0 : 5));
    else
      load(connection, root, JwsAlgorithm::ES256, none);
    return 0;
  });
  check_ring();
  const std::string now_signs = signer();
  const Secret token = sign(load());
  pass(seconds(30));
  check_ring();
  BOOST_TEST(check(load(), token) == "ok");
  BOOST_TEST(deeds().size() == 4U);
}

BOOST_AUTO_TEST_CASE(revoked_signer_verifies_nothing_and_a_new_key_signs_at_once) {
  const Secret token = sign(load());
  const std::string old_kid = signer();
  const auto done = revoke(old_kid);
  BOOST_TEST_REQUIRE(outcome(done) == "ok");
  BOOST_TEST((done->before == KeyState::signing));
  BOOST_TEST(check(load(), token) == "invalid_token");
  BOOST_TEST(states() == "signing revoked");
  BOOST_TEST(done->signer.value() == signer());
  BOOST_TEST(rows() == 2);
  check_ring();
}

BOOST_AUTO_TEST_CASE(when_the_signer_is_revoked_the_next_key_begins_at_once) {
  load();
  const std::string old_kid = signer();
  const auto made = rotate(seconds(100));
  BOOST_TEST(revoke(old_kid)->signer.value() == made.kid);
  BOOST_TEST(states() == "signing revoked");
  check_ring();
}

BOOST_AUTO_TEST_CASE(when_the_next_key_is_revoked_the_one_that_signs_goes_on_as_before) {
  load();
  const std::string old_kid = signer();
  const auto made = rotate(seconds(10));
  BOOST_TEST(revoke(made.kid)->signer.value() == old_kid);
  BOOST_TEST(!info(old_kid).verifies_until.has_value());
  check_ring();
  pass(seconds(30));
  BOOST_TEST(signer() == old_kid);
  BOOST_TEST(rows() == 2);
}

BOOST_AUTO_TEST_CASE(when_one_of_two_pending_keys_is_revoked_the_key_before_it_takes_over_its_time) {
  load();
  const std::string old_kid = signer();
  const auto second = rotate(seconds(10));
  const auto third = rotate(seconds(20));
  const auto end = *info(second.kid).verifies_until;
  BOOST_TEST((revoke(second.kid)->before == KeyState::next));
  BOOST_TEST((*info(old_kid).verifies_until == end));
  pass(seconds(15));
  BOOST_TEST(signer() == old_kid);
  check_ring();
  pass(seconds(10));
  BOOST_TEST(signer() == third.kid);
}

BOOST_AUTO_TEST_CASE(revoked_while_an_older_key_still_verifies_that_one_does_not_sign_again) {
  const Secret old_token = sign(load());
  const std::string old_kid = signer();
  const auto made = rotate(seconds(0));
  const auto done = revoke(made.kid);
  BOOST_TEST(done->signer.value() != old_kid);
  BOOST_TEST(state(old_kid) == "verifying");
  BOOST_TEST(check(load(), old_token) == "ok");
  BOOST_TEST(rows() == 3);
  check_ring();
}

BOOST_AUTO_TEST_CASE(revoked_by_hand_an_older_key_does_not_sign_again_either) {
  load();
  const std::string old_kid = signer();
  rotate(seconds(0));
  execute("update taskward.signing_keys set revoked_at = now() where verifies_until is null");
  BOOST_TEST(signer() != old_kid);
  check_ring();
}

BOOST_AUTO_TEST_CASE(retired_key_is_revoked_without_touching_the_others) {
  load();
  const std::string old_kid = signer();
  const auto made = rotate(seconds(0));
  BOOST_TEST(revoke(old_kid)->signer.value() == made.kid);
  BOOST_TEST(states() == "signing revoked");
  BOOST_TEST(rows() == 2);
}

BOOST_AUTO_TEST_CASE(revoking_twice_does_nothing_the_second_time_and_an_unknown_key_is_not_found) {
  load();
  const std::string old_kid = signer();
  BOOST_TEST(outcome(revoke(old_kid)) == "ok");
  BOOST_TEST((revoke(old_kid)->before == KeyState::revoked));
  BOOST_TEST(outcome(revoke("no such key")) == "not_found");
  BOOST_TEST(rows() == 2);
  BOOST_TEST(deeds() == (Lines{"key.revoke success " + old_kid}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(key_of_another_algorithm_is_revoked_without_a_successor_and_left_alone_by_a_rotation) {
  const Secret token = sign(load(JwsAlgorithm::EdDSA));
  const std::string other = kid();
  load();
  rotate(seconds(0));
  BOOST_TEST(!info(other).verifies_until.has_value());
  BOOST_TEST(state(other) == "verifying");
  BOOST_TEST(check(load(), token) == "ok");
  BOOST_TEST(outcome(revoke(other)) == "ok");
  BOOST_TEST(check(load(), token) == "invalid_token");
  BOOST_TEST(rows() == 3);
  check_ring();
}

BOOST_AUTO_TEST_CASE(with_hs256_a_pair_is_revoked_and_none_is_made) {
  load();
  const std::string pair = kid();
  const domain::KeySettings shared{JwsAlgorithm::HS256, root, hmac, {"issuer", "audience"}};
  const auto done = domain::revoke_key(service, shared, random, pair, stamp());
  BOOST_TEST_REQUIRE(outcome(done) == "ok");
  BOOST_TEST(!done->signer.has_value());
  BOOST_TEST(rows() == 1);
  const auto keys = domain::list_keys(service, shared);
  BOOST_TEST_REQUIRE(keys.size() == 2U);
  BOOST_TEST((keys[0].algorithm == JwsAlgorithm::HS256 && keys[0].state == KeyState::signing));
  BOOST_TEST(!keys[0].created_at.has_value());
}

BOOST_AUTO_TEST_CASE(with_another_secret_key_nothing_is_changed) {
  load();
  const domain::KeySettings wrong{JwsAlgorithm::ES256, other_root, none, {"issuer", "audience"}};
  BOOST_CHECK_EXCEPTION(
      static_cast<void>(domain::rotate_keys(service, wrong, random, {seconds(0), kRefresh}, stamp())),
      UnusableKeys, names(kid()));
  BOOST_CHECK_EXCEPTION(static_cast<void>(domain::revoke_key(service, wrong, random, kid(), stamp())),
                        UnusableKeys, names(kid()));
  BOOST_TEST(states() == "signing");
  BOOST_TEST(deeds().empty());
}

BOOST_AUTO_TEST_CASE(both_are_recorded_with_the_name_of_the_key) {
  const auto made = rotate(seconds(0));
  BOOST_TEST(outcome(revoke(made.kid)) == "ok");
  BOOST_TEST(deeds() == (Lines{"key.rotate success " + made.kid, "key.revoke success " + made.kid}),
             boost::test_tools::per_element());
  BOOST_TEST(audit().front().object_type == "signing_key");
  BOOST_TEST(audit().front().actor == "-");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
