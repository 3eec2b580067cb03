#define BOOST_TEST_MODULE store
#include <boost/test/unit_test.hpp>
#include <memory>

#include "fixture.hpp"

namespace taskward::testing {
namespace {

std::unique_ptr<ThrowawayServer> running;

struct OneServerForAll {
  OneServerForAll() { running = std::make_unique<ThrowawayServer>(); }
  OneServerForAll(const OneServerForAll&) = delete;
  OneServerForAll& operator=(const OneServerForAll&) = delete;
  ~OneServerForAll() { running.reset(); }
};

}  // namespace

ThrowawayServer& server() { return *running; }

BOOST_TEST_GLOBAL_FIXTURE(OneServerForAll);

}  // namespace taskward::testing
