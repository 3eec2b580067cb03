#define BOOST_TEST_MODULE store
#include <boost/test/unit_test.hpp>
#include <memory>

#include "fixture.hpp"

namespace taskward::testing {
namespace {

std::unique_ptr<ThrowawayServer> running_server;

struct ServerFixture {
  ServerFixture() { running_server = std::make_unique<ThrowawayServer>(); }
  ServerFixture(const ServerFixture&) = delete;
  ServerFixture& operator=(const ServerFixture&) = delete;
  ~ServerFixture() { running_server.reset(); }
};

}  // namespace

ThrowawayServer& server() { return *running_server; }

BOOST_TEST_GLOBAL_FIXTURE(ServerFixture);

}  // namespace taskward::testing
