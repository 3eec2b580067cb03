#include <boost/test/unit_test.hpp>

#include "taskward/db/failure.hpp"

namespace taskward::db {
namespace {

std::string_view meaning_name(std::string_view sqlstate) {
  switch (meaning(sqlstate)) {
    case Meaning::retry:
      return "retry";
    case Meaning::not_locked:
      return "not_locked";
    case Meaning::unavailable:
      return "unavailable";
    case Meaning::server_fault:
      return "server_fault";
    case Meaning::reconnect:
      return "reconnect";
    case Meaning::failed:
      return "failed";
  }
  return "";
}

BOOST_AUTO_TEST_SUITE(sqlstate)

BOOST_AUTO_TEST_CASE(every_sqlstate_has_the_expected_meaning) {
  struct Row {
    std::string_view state, meaning;
  };
  for (const Row& row : {
           Row{"40001", "retry"},         // serialization_failure
           Row{"40P01", "retry"},         // deadlock_detected
           Row{"08000", "reconnect"},     // connection_exception
           Row{"08006", "reconnect"},     // connection_failure
           Row{"08P01", "reconnect"},     // protocol_violation
           Row{"57P01", "reconnect"},     // admin_shutdown
           Row{"57P02", "reconnect"},     // crash_shutdown
           Row{"57P03", "reconnect"},     // cannot_connect_now
           Row{"57P05", "reconnect"},     // idle_session_timeout
           Row{"25006", "reconnect"},     // read_only_sql_transaction
           Row{"26000", "reconnect"},     // invalid_sql_statement_name
           Row{"53000", "unavailable"},   // insufficient_resources
           Row{"53100", "unavailable"},   // disk_full
           Row{"53300", "unavailable"},   // too_many_connections
           Row{"55P03", "not_locked"},    // lock_not_available
           Row{"57014", "unavailable"},   // query_canceled
           Row{"58030", "server_fault"},  // io_error
           Row{"58P01", "server_fault"},  // undefined_file
           Row{"28000", "unavailable"},   // invalid_authorization_specification
           Row{"28P01", "unavailable"},   // invalid_password
           Row{"3D000", "unavailable"},   // invalid_catalog_name
           Row{"XX001", "server_fault"},  // data_corrupted
           Row{"XX002", "server_fault"},  // index_corrupted
           Row{"XX000", "server_fault"},  // internal_error
           Row{"23505", "failed"},        // unique_violation
           Row{"23503", "failed"},        // foreign_key_violation
           Row{"42P01", "failed"},        // undefined_table
           Row{"42501", "failed"},        // insufficient_privilege
           Row{"22P02", "failed"},        // invalid_text_representation
           Row{"22021", "failed"},        // character_not_in_repertoire
           Row{"25P02", "failed"},        // in_failed_sql_transaction
           Row{"40002", "failed"},        // transaction_integrity_constraint_violation
           Row{"40003", "failed"},        // statement_completion_unknown
           Row{"55006", "failed"},        // object_in_use
       }) {
    BOOST_TEST(meaning_name(row.state) == row.meaning, row.state);
  }
}

BOOST_AUTO_TEST_CASE(malformed_sqlstate_means_failed) {
  for (const std::string_view text : {"", "4", "40", "4000", "57", "x", "40001x"})
    BOOST_TEST(meaning_name(text) == "failed", text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::db
