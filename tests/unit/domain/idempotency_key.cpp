#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

#include "taskward/domain/tasks.hpp"

namespace taskward::domain {
namespace {

BOOST_AUTO_TEST_SUITE(idempotency_keys)

BOOST_AUTO_TEST_CASE(same_request_and_key_have_the_same_hashes) {
  const auto one = idempotency_key("key", "create_task", "application/json", "{}");
  const auto again = idempotency_key("key", "create_task", "application/json", "{}");
  BOOST_TEST((one.key == again.key));
  BOOST_TEST((one.request == again.request));
}

BOOST_AUTO_TEST_CASE(key_hash_is_independent_of_the_request) {
  const auto one = idempotency_key("key", "create_task", "application/json", "{}");
  const auto other = idempotency_key("Key", "create_task", "application/json", "{}");
  BOOST_TEST((one.key != other.key));
  BOOST_TEST((one.request == other.request));
  BOOST_TEST((one.key == idempotency_key("key", "import_tasks", "text/csv", "title").key));
  // The hash of the key differs from the hash of the request.
  BOOST_TEST((one.key != one.request));
}

BOOST_AUTO_TEST_CASE(requests_that_differ_in_any_part_have_different_hashes) {
  struct Parts {
    std::string route, content_type, body;
  };
  const std::string nul(1, '\0');
  const std::vector<Parts> requests{
      {"create_task", "application/json", "{}"},
      {"create_tasks", "application/json", "{}"},
      {"create_task", "application/json; charset=utf-8", "{}"},
      {"create_task", "application/json", "{} "},
      {"create_task", "application/json", ""},
      {"create_task", "", "application/json{}"},
      {"create_taskapplication/json", "", "{}"},
      {"create_task", "application/json{}", ""},
      {"create_taskapplication/json", "{}", ""},
      {"", "create_task", "application/json{}"},
      {"", "", "create_taskapplication/json{}"},
      {"create_task", "application/json", nul + "{}"},
      {"create_task", "application/json", "{}" + nul},
      {"create_task", "", "application/json" + nul + "{}"},
      {"", "", "create_task" + nul + "application/json" + nul + "{}"},
  };
  std::set<crypto::Sha256> seen;
  for (const Parts& one : requests)
    BOOST_TEST(seen.insert(idempotency_key("key", one.route, one.content_type, one.body).request).second,
               one.route << '|' << one.content_type << '|' << one.body);
}

BOOST_AUTO_TEST_CASE(keys_of_any_length_and_large_bodies_have_different_hashes) {
  std::set<crypto::Sha256> keys;
  for (std::size_t length = 1; length <= 255; ++length)
    keys.insert(idempotency_key(std::string(length, 'x'), "r", "t", "b").key);
  BOOST_TEST(keys.size() == 255U);
  std::string body(1024UL * 1024, 'x');
  const auto one = idempotency_key("k", "r", "t", body);
  body.back() = 'y';
  BOOST_TEST((idempotency_key("k", "r", "t", body).request != one.request));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
