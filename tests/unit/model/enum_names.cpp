#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "taskward/model/audit_event.hpp"
#include "taskward/model/jws_algorithm.hpp"
#include "taskward/model/task.hpp"

namespace taskward::model {
namespace {

BOOST_AUTO_TEST_SUITE(enum_names)

BOOST_AUTO_TEST_CASE(task_status_accepts_legacy_names) {
  const auto read = [](std::string_view text) {
    const auto status = task_status(text);
    return status ? std::string(name(*status)) : "none";
  };
  for (const std::string_view todo : {"todo", "TODO", "pending", "Pending"}) BOOST_TEST(read(todo) == "todo");
  for (const std::string_view in_progress :
       {"in_progress", "In Progress", "in progress", "in-progress", "IN_PROGRESS", "In-Progress"}) {
    BOOST_TEST(read(in_progress) == "in_progress");
  }
  for (const std::string_view done : {"done", "Done", "completed", "Completed"})
    BOOST_TEST(read(done) == "done");
  for (const std::string_view none :
       {"", " todo", "todo ", "to do", "in  progress", "inprogress", "finished", "don", "doneé"}) {
    BOOST_TEST(read(none) == "none");
  }
  BOOST_TEST(read(std::string_view("todo\0", 5)) == "none");
}

BOOST_AUTO_TEST_CASE(task_status_names_can_be_parsed) {
  for (const TaskStatus status : kTaskStatuses) BOOST_TEST((task_status(name(status)) == status));
}

BOOST_AUTO_TEST_CASE(audit_action_names_are_unique_and_of_the_form_object_dot_action) {
  const auto is_word = [](std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  };
  std::set<std::string> seen;
  for (const AuditAction action : every_audit_action()) {
    const std::string text(name(action));
    const std::size_t dot = std::min(text.find('.'), text.size() - 1);
    BOOST_TEST((is_word(text.substr(0, dot)) && is_word(text.substr(dot + 1))), text);
    BOOST_TEST(seen.insert(text).second, text);
  }
  BOOST_TEST(seen.size() >= 8U);
  BOOST_TEST(name(AuditAction::session_login) == "session.login");
  BOOST_TEST(name(AuditAction::access_denied) == "access.denied");
}

BOOST_AUTO_TEST_CASE(jws_algorithm_names_match_rfc_7518_and_exclude_none) {
  for (const JwsAlgorithm algorithm : kJwsAlgorithms) {
    BOOST_TEST((jws_algorithm(name(algorithm)) == algorithm));
  }
  BOOST_TEST(name(JwsAlgorithm::ES256) == "ES256");
  BOOST_TEST(name(JwsAlgorithm::RS256) == "RS256");
  BOOST_TEST(name(JwsAlgorithm::EdDSA) == "EdDSA");
  BOOST_TEST(name(JwsAlgorithm::HS256) == "HS256");
  for (const std::string_view other : {"", "none", "None", "es256", "HS512", "PS256", "ES256 "}) {
    BOOST_TEST(!jws_algorithm(other), other);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
