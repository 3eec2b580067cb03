#include "taskward/crypto/verified_tokens.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

namespace taskward::crypto {
namespace {

Sha256 hash(std::uint8_t first, std::uint8_t second, std::uint8_t last) {
  Sha256 out{};
  out[0] = first;
  out[1] = second;
  out[31] = last;
  return out;
}

BOOST_AUTO_TEST_SUITE(verified_tokens)

BOOST_AUTO_TEST_CASE(cached_token_is_found_only_by_its_full_hash) {
  VerifiedTokens<int> cache;
  BOOST_TEST(!cache.find(Sha256{}));
  cache.remember(hash(1, 2, 3), 7);
  BOOST_TEST((cache.find(hash(1, 2, 3)) == 7));
  BOOST_TEST(!cache.find(hash(1, 2, 4)));
  BOOST_TEST(!cache.find(hash(1, 3, 3)));
}

BOOST_AUTO_TEST_CASE(newer_token_replaces_one_in_the_same_slot) {
  VerifiedTokens<int> cache;
  cache.remember(hash(1, 2, 3), 7);
  cache.remember(hash(1, 2, 4), 8);
  BOOST_TEST(!cache.find(hash(1, 2, 3)));
  BOOST_TEST((cache.find(hash(1, 2, 4)) == 8));
}

BOOST_AUTO_TEST_CASE(concurrent_threads_find_only_the_value_of_their_hash) {
  VerifiedTokens<int> cache;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5000; ++i) {
        // Few hashes, so that the threads collide.
        const auto last = static_cast<std::uint8_t>((t + i) % 7);
        const auto token = hash(0, static_cast<std::uint8_t>(i % 3), last);
        cache.remember(token, last);
        const auto cached = cache.find(token);
        if (cached && *cached != last) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
