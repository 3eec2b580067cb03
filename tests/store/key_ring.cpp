// The key ring of a running process: it picks up changes, and keeps its keys while the database is
// unavailable.
#include <atomic>
#include <thread>
#include <vector>

#include "key_fixture.hpp"
#include "taskward/store/installation.hpp"

namespace taskward::testing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct RingFixture : SigningKeyFixture {
  domain::KeySettings settings{JwsAlgorithm::ES256, root, none, {"issuer", "audience"}};
  /// Checks the database at every use.
  domain::KeyRing ring{settings, random, milliseconds(0)};

  std::string rotate(seconds lead = seconds(0)) {
    return domain::rotate_keys(other_process(), settings, random, {lead, seconds(3600)}, stamp()).kid;
  }
  std::string revoke(const std::string& kid) {
    return outcome(domain::revoke_key(other_process(), settings, random, kid, stamp()));
  }
  static std::string signer_of(const Keys& keys) { return keys->verification_keys().front().kid(); }

 private:
  /// The connection of another process.
  db::Connection& other_process() {
    if (other_ == nullptr) other_ = connect();
    return *other_;
  }
  std::unique_ptr<db::Connection> other_;
};

BOOST_FIXTURE_TEST_SUITE(key_ring, RingFixture)

BOOST_AUTO_TEST_CASE(a_host_whose_clock_is_wrong_has_the_time_of_the_database) {
  for (const seconds wrong : {seconds(-60), seconds(60)}) {
    struct : Clock {
      [[nodiscard]] Timestamp now() const override { return SystemClock().now() + error; }
      Timestamp::duration error{};
    } host;
    host.error = wrong;
    domain::DatabaseClock clock(host);
    domain::KeyRing following{settings, random, milliseconds(0), &clock};
    BOOST_TEST((std::chrono::abs(clock.host_time() - clock.now()) < seconds(1)));
    static_cast<void>(following.current(service));
    const auto apart = [&] { return std::chrono::abs(clock.now() - store::database_time(service)); };
    BOOST_TEST((apart() < seconds(1)));
    BOOST_TEST((std::chrono::abs(clock.host_time() - clock.now()) > seconds(58)));
    // Setting the host's clock has no effect.
    host.error += std::chrono::hours(1);
    BOOST_TEST((apart() < seconds(1)));
  }
}

BOOST_AUTO_TEST_CASE(keys_are_not_reloaded_within_the_interval) {
  domain::KeyRing slow_ring(settings, random, hours(1));
  const Keys first = slow_ring.current(service);
  execute("delete from taskward.signing_keys");
  BOOST_TEST((slow_ring.current(service) == first));
  BOOST_TEST((domain::KeyRing::kReloadInterval <= seconds(2)));
}

BOOST_AUTO_TEST_CASE(unchanged_keys_keep_their_cache) {
  const Keys first = ring.current(service);
  for (int i = 0; i < 3; ++i) BOOST_TEST((ring.current(service) == first));
}

BOOST_AUTO_TEST_CASE(rotation_is_picked_up_and_the_pending_key_signs_when_due) {
  const Keys first = ring.current(service);
  const Secret token = sign(first);
  const std::string next = rotate(seconds(600));
  const Keys published = ring.current(service);
  BOOST_TEST((published != first));
  BOOST_TEST(published->verification_keys().size() == 2U);
  BOOST_TEST(signer_of(published) == signer_of(first));
  execute("update taskward.signing_keys set signs_from = signs_from - interval '601 seconds'");
  const Keys begun = ring.current(service);
  BOOST_TEST(signer_of(begun) == next);
  BOOST_TEST(check(begun, token) == "ok");
  BOOST_TEST((ring.current(service) == begun));
}

BOOST_AUTO_TEST_CASE(revocation_is_picked_up_and_clears_the_token_cache) {
  const Keys first = ring.current(service);
  const Secret token = sign(first);
  BOOST_TEST(check(first, token) == "ok");
  BOOST_TEST(revoke(signer_of(first)) == "ok");
  BOOST_TEST(check(ring.current(service), token) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(revoking_all_keys_in_sql_creates_a_new_key) {
  const Keys first = ring.current(service);
  execute("update taskward.signing_keys set revoked_at = now()");
  const Keys after = ring.current(service);
  BOOST_TEST(signer_of(after) != signer_of(first));
  BOOST_TEST(count_keys() == 2);
}

BOOST_AUTO_TEST_CASE(lost_database_keeps_the_loaded_keys) {
  const Keys first = ring.current(service);
  const Secret nowhere{"postgresql://taskward@127.0.0.1:1/none?connect_timeout=1"};
  db::Connection lost({nowhere, "test"}, log);
  BOOST_TEST((ring.current(lost) == first));
  domain::KeyRing fresh(settings, random);
  BOOST_CHECK_THROW(static_cast<void>(fresh.current(lost)), db::Unavailable);
  BOOST_TEST(check(fresh.current(service), sign(first)) == "ok");
}

BOOST_AUTO_TEST_CASE(unusable_key_is_reported_at_every_use_until_repaired) {
  const Keys first = ring.current(service);
  rotate();
  execute("update taskward.signing_keys set sealed_private_key = '' where verifies_until is not null");
  for (int i = 0; i < 2; ++i)
    BOOST_CHECK_EXCEPTION(static_cast<void>(ring.current(service)), UnusableKeys,
                          names_key(signer_of(first)));
  execute("delete from taskward.signing_keys where sealed_private_key = ''");
  BOOST_TEST(signer_of(ring.current(service)) == kid());
}

BOOST_AUTO_TEST_CASE(concurrent_use_during_rotations_verifies_every_token) {
  static_cast<void>(ring.current(service));
  constexpr int kThreads = 4;
  std::vector<std::unique_ptr<db::Connection>> connections;
  for (int i = 0; i < kThreads; ++i) connections.push_back(connect());
  std::atomic<bool> stop = false;
  std::atomic<int> refused = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        while (!stop) {
          const Keys keys = ring.current(*connections[static_cast<std::size_t>(i)]);
          if (!keys->verify(sign(keys).reveal(), crypto::TokenKind::access, clock.now())) ++refused;
        }
      });
    }
    for (int i = 0; i < 5; ++i) rotate();
    stop = true;
  }
  BOOST_TEST(refused == 0);
  BOOST_TEST(ring.current(service)->verification_keys().size() == 6U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
