#include "completion.hpp"

#include <libpq-fe.h>

#include <string_view>

namespace taskward::db {
namespace {

std::string_view field_of(const PGresult* result, int field) noexcept {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

Outcome outcome(const Completion& completion) noexcept {
  if (completion.is_replication_in_doubt) return Outcome::unknown;
  if (completion.is_connection_lost)
    return completion.effect == Effect::writes ? Outcome::unknown : Outcome::connection_lost;
  if (!completion.has_failed) return Outcome::success;
  switch (meaning(completion.sqlstate)) {
    case Meaning::retry:
      return Outcome::conflict;
    case Meaning::reconnect:
      return Outcome::connection_lost;
    case Meaning::not_locked:
      return Outcome::not_locked;
    case Meaning::unavailable:
      return Outcome::unavailable;
    case Meaning::server_fault:
      return Outcome::server_fault;
    case Meaning::failed:
      break;
  }
  return Outcome::failed;
}

void require_success(const Completion& completion) {
  switch (outcome(completion)) {
    case Outcome::success:
      return;
    case Outcome::conflict:
      throw Conflict{};
    case Outcome::connection_lost:
      throw ConnectionLost(completion.text);
    case Outcome::not_locked:
      throw NotLocked(completion.text);
    case Outcome::unavailable:
      if (completion.sqlstate == "57014") throw TimedOut(completion.text);
      throw Unavailable(completion.text);
    case Outcome::server_fault:
      throw ServerFault(completion.text);
    case Outcome::failed:
      throw StatementFailed(completion.text, completion.sqlstate);
    case Outcome::unknown:
      break;
  }
  if (!completion.is_replication_in_doubt) throw OutcomeUnknown(completion.text);
  throw OutcomeUnknown("committed, but possibly not replicated to the synchronous standby");
}

void note_result(Completion& completion, const pg_result* result) {
  switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      return;
    default:
      break;
  }
  completion.has_failed = true;
  completion.sqlstate = field_of(result, PG_DIAG_SQLSTATE);
  completion.text = completion.sqlstate + ' ' + std::string(field_of(result, PG_DIAG_MESSAGE_PRIMARY));
  // libpq reports a broken connection as a result without an SQLSTATE.
  if (completion.sqlstate.empty() || ends_session(result)) completion.is_connection_lost = true;
}

bool warns_of_replication(const pg_result* notice) noexcept {
  // The message may be translated; the name of the function is not.
  return field_of(notice, PG_DIAG_SOURCE_FUNCTION) == "SyncRepWaitForLSN";
}

bool ends_session(const pg_result* error) noexcept {
  const std::string_view severity = field_of(error, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity == "FATAL" || severity == "PANIC";
}

bool announces_reconnect(const pg_result* notice) noexcept {
  return ends_session(notice) || meaning(field_of(notice, PG_DIAG_SQLSTATE)) == Meaning::reconnect;
}

}  // namespace taskward::db
