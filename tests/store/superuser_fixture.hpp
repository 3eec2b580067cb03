// A superuser that can interrupt the connection under test.
#pragma once

#include "fixture.hpp"

namespace taskward::testing {

/// The connection under test has the application name test-subject.
struct SuperuserFixture : StoreFixture {
  db::Connection superuser{{database.superuser(), "test-superuser"}, log};

  /// Terminates the backend of the connection under test, and waits until it is gone.
  void terminate() {
    superuser.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where application_name = 'test-subject'");
  }
};

}  // namespace taskward::testing
