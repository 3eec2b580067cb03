// Tests of the complete product over TLS: nginx, workers and PostgreSQL, started by scripts/run.
#define BOOST_TEST_MODULE http
#include <curl/curl.h>
#include <boost/test/unit_test.hpp>
#include <csignal>

#include "running_stack.hpp"

namespace {

struct Process {
  Process() {
    // Writing to a closed connection must fail with EPIPE, not terminate the test program.
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
