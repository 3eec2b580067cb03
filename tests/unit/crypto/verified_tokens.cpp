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

BOOST_AUTO_TEST_CASE(what_is_remembered_is_found_by_its_whole_hash_only) {
  VerifiedTokens<int> memory;
  BOOST_TEST(!memory.find(Sha256{}));
  memory.remember(hash(1, 2, 3), 7);
  BOOST_TEST((memory.find(hash(1, 2, 3)) == 7));
  BOOST_TEST(!memory.find(hash(1, 2, 4)));
  BOOST_TEST(!memory.find(hash(1, 3, 3)));
}

BOOST_AUTO_TEST_CASE(a_newcomer_takes_the_place_over) {
  VerifiedTokens<int> memory;
  memory.remember(hash(1, 2, 3), 7);
  memory.remember(hash(1, 2, 4), 8);
  BOOST_TEST(!memory.find(hash(1, 2, 3)));
  BOOST_TEST((memory.find(hash(1, 2, 4)) == 8));
}

BOOST_AUTO_TEST_CASE(threads_find_nothing_or_what_belongs_to_the_hash) {
  VerifiedTokens<int> memory;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5000; ++i) {
        // All of them in a few places.
        const auto last = static_cast<std::uint8_t>((t + i) % 7);
        const auto token = hash(0, static_cast<std::uint8_t>(i % 3), last);
        memory.remember(token, last);
        const auto found = memory.find(token);
        if (found && *found != last) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
