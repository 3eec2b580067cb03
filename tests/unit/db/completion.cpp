// The outcome of a statement, by what is known after it was sent.
#include "src/db/completion.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace taskward::db {
namespace {

Completion error(Effect effect, const std::string& sqlstate) {
  Completion completion;
  completion.effect = effect;
  completion.has_failed = true;
  completion.sqlstate = sqlstate;
  completion.text = sqlstate;
  return completion;
}

Completion lost(Completion completion) {
  completion.is_connection_lost = true;
  return completion;
}

Completion in_doubt(Completion completion) {
  completion.is_replication_in_doubt = true;
  return completion;
}

Completion success(Effect effect) {
  Completion completion;
  completion.effect = effect;
  return completion;
}

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(errors_on_an_intact_connection_keep_the_meaning_of_their_sqlstate) {
  for (const Effect effect : {Effect::reads, Effect::writes}) {
    BOOST_TEST((outcome(success(effect)) == Outcome::success));
    BOOST_TEST((outcome(error(effect, "40001")) == Outcome::conflict));
    BOOST_TEST((outcome(error(effect, "55P03")) == Outcome::not_locked));
    BOOST_TEST((outcome(error(effect, "57014")) == Outcome::unavailable));
    BOOST_TEST((outcome(error(effect, "25006")) == Outcome::connection_lost));
    BOOST_TEST((outcome(error(effect, "23505")) == Outcome::failed));
  }
}

BOOST_AUTO_TEST_CASE(statement_that_the_server_cancels_has_timed_out) {
  for (const Effect effect : {Effect::reads, Effect::writes})
    BOOST_CHECK_THROW(require_success(error(effect, "57014")), TimedOut);
}

BOOST_AUTO_TEST_CASE(lost_connection_leaves_a_write_unknown_whatever_came_before) {
  for (const char* const sqlstate : {"57P01", "57P02", "25P03", "53300", "40001", "23505", ""}) {
    BOOST_TEST((outcome(lost(error(Effect::writes, sqlstate))) == Outcome::unknown), sqlstate);
    BOOST_TEST((outcome(lost(error(Effect::reads, sqlstate))) == Outcome::connection_lost), sqlstate);
    BOOST_TEST((outcome(in_doubt(lost(error(Effect::writes, sqlstate)))) == Outcome::unknown), sqlstate);
  }
  BOOST_TEST((outcome(lost(success(Effect::writes))) == Outcome::unknown));
  BOOST_TEST((outcome(lost(success(Effect::reads))) == Outcome::connection_lost));
}

BOOST_AUTO_TEST_CASE(doubtful_replication_outweighs_success_and_errors) {
  BOOST_TEST((outcome(in_doubt(success(Effect::writes))) == Outcome::unknown));
  BOOST_TEST((outcome(in_doubt(error(Effect::writes, "40001"))) == Outcome::unknown));
  BOOST_TEST((outcome(in_doubt(error(Effect::writes, "22012"))) == Outcome::unknown));
}

BOOST_AUTO_TEST_CASE(exceptions_match_the_outcome) {
  BOOST_CHECK_NO_THROW(require_success(success(Effect::writes)));
  BOOST_CHECK_THROW(require_success(error(Effect::writes, "40P01")), Conflict);
  BOOST_CHECK_THROW(require_success(error(Effect::writes, "53100")), Unavailable);
  BOOST_CHECK_THROW(require_success(error(Effect::writes, "23505")), StatementFailed);
  BOOST_CHECK_THROW(require_success(lost(error(Effect::writes, "57P01"))), OutcomeUnknown);
  BOOST_CHECK_THROW(require_success(lost(error(Effect::reads, "57P01"))), ConnectionLost);
  BOOST_CHECK_THROW(require_success(in_doubt(success(Effect::writes))), OutcomeUnknown);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::db
