// Signing keys in the database: created once, and decrypted only with the secret that encrypted them.
#include <mutex>
#include <optional>
#include <thread>

#include "concurrently.hpp"
#include "key_fixture.hpp"
#include "migration_folder.hpp"

namespace taskward::testing {
namespace {

BOOST_FIXTURE_TEST_SUITE(signing_keys, SigningKeyFixture)

BOOST_AUTO_TEST_CASE(first_start_creates_a_key_and_the_next_start_uses_it) {
  const Keys first = load();
  const Keys second = load();
  BOOST_TEST(count_keys() == 1);
  BOOST_TEST(check(second, sign(first)) == "ok");
}

BOOST_AUTO_TEST_CASE(concurrent_first_starts_create_and_use_one_key) {
  db::Connection gate({database.superuser(), "test"}, log);
  std::optional<db::Transaction> closed;
  std::once_flag once;
  std::jthread release;
  const auto loaded = run_concurrently<Keys>(*this, 8, [&](db::Connection& connection, int) {
    // All threads have found no key before the first one can insert one.
    std::call_once(once, [&] {
      closed.emplace(gate);
      gate.execute("lock table taskward.signing_keys in share mode");
      release = std::jthread([&] {
        wait_for_blocked(8);
        closed->commit();
      });
    });
    return load(connection, root, JwsAlgorithm::ES256, none);
  });
  release.join();
  BOOST_TEST(count_keys() == 1);
  for (const Keys& signer : loaded) {
    const Secret token = sign(signer);
    for (const Keys& verifier : loaded) BOOST_TEST(check(verifier, token) == "ok");
  }
}

BOOST_AUTO_TEST_CASE(private_key_is_encrypted) {
  load();
  BOOST_TEST(count_rows("signing_keys where position(public_key in sealed_private_key) > 0"
                        " or position('\\x301306072a8648ce3d0201'::bytea in sealed_private_key) > 0") == 0);
  BOOST_TEST(count_rows("signing_keys"
                        " where position('\\x301306072a8648ce3d0201'::bytea in public_key) > 0") == 1);
}

BOOST_AUTO_TEST_CASE(wrong_root_secret_is_refused_and_the_key_named) {
  load();
  BOOST_CHECK_EXCEPTION(load(service, other_root, JwsAlgorithm::ES256, none), UnusableKeys, names_key(kid()));
  BOOST_TEST(count_keys() == 1);
}

BOOST_AUTO_TEST_CASE(damaged_private_key_is_refused_and_named) {
  load();
  execute(
      "update taskward.signing_keys set sealed_private_key = set_byte(sealed_private_key, 20,"
      " get_byte(sealed_private_key, 20) # 1)");
  BOOST_CHECK_EXCEPTION(load(), UnusableKeys, names_key(kid()));
  execute("update taskward.signing_keys set sealed_private_key = ''");
  BOOST_CHECK_EXCEPTION(load(), UnusableKeys, names_key(kid()));
}

BOOST_AUTO_TEST_CASE(private_key_of_another_key_id_is_refused) {
  load();
  execute("update taskward.signing_keys set kid = 'another'");
  BOOST_CHECK_EXCEPTION(load(), UnusableKeys, names_key("another"));
}

BOOST_AUTO_TEST_CASE(switching_between_hs256_and_a_key_pair_keeps_tokens_valid) {
  const Keys pair = load();
  const Secret by_pair = sign(pair);
  const Keys symmetric = load(service, root, JwsAlgorithm::HS256, hmac);
  const Secret by_secret = sign(symmetric);
  BOOST_TEST(count_keys() == 1);
  BOOST_TEST(check(symmetric, by_pair) == "ok");
  BOOST_TEST(check(load(service, root, JwsAlgorithm::ES256, hmac), by_secret) == "ok");
  BOOST_TEST(check(load(), by_secret) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(hs256_needs_no_key_in_the_database) {
  const Keys symmetric = load(service, root, JwsAlgorithm::HS256, hmac);
  BOOST_TEST(check(symmetric, sign(symmetric)) == "ok");
  BOOST_TEST(count_keys() == 0);
}

BOOST_AUTO_TEST_CASE(hs256_without_its_secret_is_refused) {
  BOOST_CHECK_THROW(load(service, root, JwsAlgorithm::HS256, none), UnusableKeys);
}

BOOST_AUTO_TEST_CASE(revoked_key_verifies_nothing_and_is_replaced) {
  const Secret token = sign(load());
  execute("update taskward.signing_keys set revoked_at = now()");
  const Keys after = load();
  BOOST_TEST(count_keys() == 2);
  BOOST_TEST(check(after, token) == "invalid_token");
  BOOST_TEST(check(after, sign(after)) == "ok");
}

BOOST_AUTO_TEST_CASE(retired_key_verifies_until_its_end_but_does_not_sign) {
  const Secret old_token = sign(load());
  execute("update taskward.signing_keys set revoked_at = now()");
  load();
  execute(
      "update taskward.signing_keys set revoked_at = null, verifies_until = now() + interval '1 hour',"
      " signs_from = now() where revoked_at is not null");
  const Keys both = load();
  BOOST_TEST(count_keys() == 2);
  BOOST_TEST(check(both, old_token) == "ok");
  const Secret new_token = sign(both);
  execute("update taskward.signing_keys set verifies_until = now() where verifies_until is not null");
  BOOST_TEST(check(load(), new_token) == "ok");
  BOOST_TEST(check(load(), old_token) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(published_key_verifies_before_it_signs) {
  const Secret token = sign(load());
  execute("update taskward.signing_keys set revoked_at = now()");
  load();
  execute(
      "update taskward.signing_keys set signs_from = now() + interval '1 hour' where revoked_at is null;"
      "update taskward.signing_keys set revoked_at = null");
  const Keys both = load();
  BOOST_TEST(check(both, token) == "ok");
  const Secret fresh = sign(both);
  execute("delete from taskward.signing_keys where signs_from > now()");
  BOOST_TEST(check(load(), fresh) == "ok");
}

BOOST_AUTO_TEST_CASE(key_with_an_unknown_algorithm_is_skipped) {
  const Keys first = load();
  execute(
      "insert into taskward.signing_keys (kid, alg, public_key, sealed_private_key) values ('x', 'ES512', "
      "'', '')");
  BOOST_TEST(check(load(), sign(first)) == "ok");
}

BOOST_AUTO_TEST_CASE(each_algorithm_has_its_own_key_and_all_keys_verify) {
  std::vector<Secret> tokens;
  for (const auto algorithm : {JwsAlgorithm::ES256, JwsAlgorithm::RS256, JwsAlgorithm::EdDSA}) {
    const Keys keys = load(algorithm);
    BOOST_TEST((keys->verification_keys().front().algorithm() == algorithm));
    tokens.push_back(sign(keys));
    for (const Secret& token : tokens) BOOST_TEST(check(keys, token) == "ok");
  }
  BOOST_TEST(count_keys() == 3);
  for (const Secret& token : tokens) BOOST_TEST(check(load(), token) == "ok");
  BOOST_TEST(count_keys() == 3);
}

BOOST_AUTO_TEST_CASE(retired_key_never_signs_even_as_the_only_key) {
  const Secret old_token = sign(load());
  execute("update taskward.signing_keys set verifies_until = now() + interval '1 hour'");
  const std::string retired = kid();
  const Keys after = load();
  BOOST_TEST(count_keys() == 2);
  BOOST_TEST(after->verification_keys().front().kid() != retired);
  BOOST_TEST(check(after, old_token) == "ok");
}

BOOST_AUTO_TEST_CASE(pending_key_signs_when_no_other_key_exists) {
  load();
  execute("update taskward.signing_keys set signs_from = now() + interval '1 hour'");
  const Keys after = load();
  BOOST_TEST(count_keys() == 1);
  BOOST_TEST(after->verification_keys().front().kid() == kid());
  BOOST_TEST(count_rows("signing_keys where signs_from <= now()") == 1);
}

BOOST_AUTO_TEST_CASE(no_key_is_created_next_to_one_sealed_with_another_secret) {
  load(JwsAlgorithm::RS256);
  BOOST_CHECK_EXCEPTION(load(service, other_root, JwsAlgorithm::ES256, none), UnusableKeys, names_key(kid()));
  BOOST_TEST(count_keys() == 1);
}

BOOST_AUTO_TEST_CASE(stored_public_key_is_not_trusted) {
  const Keys keys = load();
  const auto forger = crypto::SigningKey::generate(JwsAlgorithm::ES256);
  execute("update taskward.signing_keys set public_key = '\\x" + crypto::hex(forger.public_der()) + "'");
  BOOST_TEST(load()->verification_keys().front().public_der() ==
             keys->verification_keys().front().public_der());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
