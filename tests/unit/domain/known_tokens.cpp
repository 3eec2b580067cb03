#include "taskward/domain/known_tokens.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "taskward/model/personal_token.hpp"

namespace taskward::domain {
namespace {

using std::chrono::seconds;

crypto::Sha256 hash(std::uint8_t first, std::uint8_t last) {
  crypto::Sha256 out{};
  out[0] = first;
  out[31] = last;
  return out;
}

store::TokenIdentity token(std::uint8_t number) {
  store::TokenIdentity one;
  one.id.uuid.bytes[15] = number;
  return one;
}

BOOST_AUTO_TEST_SUITE(known_tokens)

BOOST_AUTO_TEST_CASE(token_is_found_only_by_its_full_hash) {
  KnownTokens known;
  BOOST_TEST(!known.find(crypto::Sha256{}));
  known.remember(hash(1, 2), token(7));
  BOOST_TEST((known.find(hash(1, 2))->id == token(7).id));
  BOOST_TEST(!known.find(hash(1, 3)));
}

BOOST_AUTO_TEST_CASE(newer_token_replaces_one_in_the_same_slot) {
  KnownTokens known;
  known.remember(hash(1, 2), token(7));
  known.remember(hash(1, 3), token(8));
  BOOST_TEST(!known.find(hash(1, 2)));
  BOOST_TEST((known.find(hash(1, 3))->id == token(8).id));
}

BOOST_AUTO_TEST_CASE(use_is_due_once_a_minute) {
  KnownTokens known;
  const KnownTokens::Steady::time_point start{};
  BOOST_TEST(!known.is_use_due(hash(1, 2), start));
  known.remember(hash(1, 2), token(7));
  BOOST_TEST(known.is_use_due(hash(1, 2), start));
  BOOST_TEST(!known.is_use_due(hash(1, 2), start + seconds(59)));
  BOOST_TEST(known.is_use_due(hash(1, 2), start + seconds(60)));
  BOOST_TEST(!known.is_use_due(hash(1, 2), start + seconds(61)));
  BOOST_TEST(!known.is_use_due(hash(1, 3), start + seconds(600)));
}

BOOST_AUTO_TEST_CASE(of_concurrent_threads_one_stores_the_use) {
  KnownTokens known;
  known.remember(hash(1, 2), token(7));
  std::atomic<int> due{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        if (known.is_use_due(hash(1, 2), KnownTokens::Steady::time_point{} + seconds(i % 60))) ++due;
        if (known.find(hash(1, 2))->id != token(7).id) ++due;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(due == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
