// What libpq would misread never reaches it, because its messages quote what they cannot read.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/base/clock.hpp"
#include "taskward/base/log.hpp"
#include "taskward/db/connection.hpp"

namespace {

using namespace taskward;
namespace data = boost::unit_test::data;

/// What making a connection object says of the address, which connects to nothing yet.
std::string fault_of(const std::string& conninfo) {
  const SystemClock clock;
  const Log log(-1, LogLevel::error, clock);
  const Secret address(conninfo);
  try {
    const db::Connection connection({address, "test"}, {}, log);
  } catch (const db::BadConninfo& fault) {
    return fault.what();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conninfo)

BOOST_DATA_TEST_CASE(
    an_address_libpq_would_misread_is_refused_without_quoting_it,
    data::make({"host=/nowhere password=correct hunter2", "postgresql://ada:p%zz-hunter2@db/tasks",
                "postgresql://ada:Pa/hunter2@db/tasks", "postgresql://ada:Pa@hunter2@db/tasks"}),
    conninfo) {
  const std::string fault = fault_of(conninfo);
  BOOST_TEST(fault.find("DATABASE_URL") != std::string::npos);
  BOOST_TEST(fault.find("hunter2") == std::string::npos);
}

BOOST_DATA_TEST_CASE(a_sound_address_is_taken,
                     data::make({"postgresql:///tasks?user=ada", "postgresql://ada:Pa%2Fs%40@db:5432/tasks",
                                 "postgresql://ada@db1:5432,db2:5433/tasks?target_session_attrs=read-write",
                                 "host=/run/postgresql user=ada password='correct horse'"}),
                     conninfo) {
  BOOST_TEST(fault_of(conninfo).empty());
}

BOOST_AUTO_TEST_SUITE_END()
