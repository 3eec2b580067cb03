// The whole product over TLS: nginx, workers and PostgreSQL, as scripts/run starts them.
#define BOOST_TEST_MODULE http
#include <curl/curl.h>
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "running_stack.hpp"

namespace {

struct Process {
  Process() {
    // A connection that the product closes must be an error of one write, not the end of all tests.
    std::signal(SIGPIPE, SIG_IGN);
    ::curl_global_init(CURL_GLOBAL_DEFAULT);
  }
  ~Process() {
    taskward::test::stop_running_stacks();
    ::curl_global_cleanup();
  }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(Process);
