// Malformed connection strings are never passed to libpq, because its error messages would quote them.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/db/connection.hpp"

namespace {

using namespace taskward;
namespace data = boost::unit_test::data;

/// The error of constructing a connection with this connection string, or empty; it does not connect yet.
std::string error_of(const std::string& conninfo) {
  const SystemClock clock;
  const Log log(-1, LogLevel::error, clock);
  const Secret address(conninfo);
  try {
    const db::Connection connection({address, "test"}, log);
  } catch (const db::BadConninfo& fault) {
    return fault.what();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conninfo)

BOOST_DATA_TEST_CASE(
    malformed_connection_string_is_rejected_without_quoting_it,
    data::make({"host=/nowhere password=correct hunter2", "postgresql://ada:p%zz-hunter2@db/tasks",
                "postgresql://ada:Pa/hunter2@db/tasks", "postgresql://ada:Pa@hunter2@db/tasks"}),
    conninfo) {
  const std::string fault = error_of(conninfo);
  BOOST_TEST(fault.find("DATABASE_URL") != std::string::npos);
  BOOST_TEST(fault.find("hunter2") == std::string::npos);
}

BOOST_DATA_TEST_CASE(valid_connection_string_is_accepted,
                     data::make({"postgresql:///tasks?user=ada", "postgresql://ada:Pa%2Fs%40@db:5432/tasks",
                                 "postgresql://ada@db1:5432,db2:5433/tasks?target_session_attrs=read-write",
                                 "host=/run/postgresql user=ada password='correct horse'"}),
                     conninfo) {
  BOOST_TEST(error_of(conninfo).empty());
}

BOOST_AUTO_TEST_SUITE_END()
