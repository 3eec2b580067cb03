#include "taskward/store/search_configuration.hpp"

#include <string_view>
#include <vector>

#include "fragments.hpp"
#include "sql_text.hpp"
#include "taskward/base/text.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::store {
namespace {

constexpr std::string_view kSimple = "pg_catalog.simple";

constexpr const char* kCurrent = "select name from taskward.search_configuration";
constexpr const char* kLocked = "select name from taskward.search_configuration for update";
// Names are qualified, so that they do not depend on a connection's search_path.
constexpr const char* kAvailable =
    "select n.nspname || '.' || c.cfgname, c.cfgname::text from pg_ts_config c join pg_namespace n on n.oid ="
    " c.cfgnamespace where pg_ts_config_is_visible(c.oid) order by 2";
constexpr const char* kSet = "update taskward.search_configuration set name = $1::text";

/// SQL: the words of a text as they were written and, unless the configuration is simple, their stems.
std::string words_of(const std::string& text, const std::string& configuration) {
  const std::string as_written = "to_tsvector('simple', " + parsable(text) + ')';
  if (configuration == kSimple) return as_written;
  return as_written + " || to_tsvector('" + configuration + "', " + parsable(text) + ')';
}

/// SQL: the body of taskward.search_vector. A migration has the same one for simple; a test compares them.
std::string search_of(const std::string& configuration) {
  return "setweight(" + words_of("title", configuration) +
         ", 'A') || case when tags = '{}' then '' else setweight(" +
         words_of("taskward.tag_words(tags)", configuration) + ", 'B') end || setweight(" +
         words_of("description", configuration) + ", 'D')";
}

/// $1 the audit record's id, $2 the configuration.
std::string audit_change() {
  return "insert into taskward.audit (id, action, object_type, outcome, reason) values ($1::uuid, " +
         quoted(model::AuditAction::search_configure) + ", 'search', 'success', $2::text)";
}

}  // namespace

std::string search_configuration(db::Connection& connection) {
  const std::string qualified = connection.query(kCurrent, db::Params()).row(0).text();
  return qualified.substr(qualified.find('.') + 1);
}

bool set_search_configuration(db::Connection& connection, const std::string& name, const AuditId& record,
                              const std::function<void()>& before_change) {
  db::Transaction transaction(connection);
  const std::string current = connection.query(kLocked, db::Params()).row(0).text();
  const db::Rows available = connection.query(kAvailable, db::Params());
  std::string wanted;
  std::vector<std::string> names;
  for (std::size_t r = 0; r < available.size(); ++r) {
    db::RowReader row = available.row(r);
    const std::string qualified = row.text();
    names.push_back(row.text());
    if (names.back() == name) wanted = qualified;
  }
  if (wanted.empty()) {
    throw BadMigrations("SEARCH_CONFIGURATION: this database has no text search configuration '" + name +
                        "'; available: " + joined(names, ", "));
  }
  if (wanted == current) return false;
  if (before_change) before_change();
  // Locked before the function is replaced, so that no row is written with the old one and then missed.
  connection.execute(
      "lock table taskward.task_index in exclusive mode; create or replace function"
      " taskward.search_vector(title text, tags text[], description text) returns tsvector language sql"
      " immutable parallel safe as $body$ select " +
      search_of(wanted) +
      " $body$; update taskward.task_index i set search = taskward.search_vector(t.title, t.tags, "
      "t.description) from taskward.tasks t where t.owner_id = i.owner_id and t.id = i.id");
  static_cast<void>(connection.query(kSet, db::Params().text(wanted)));
  static_cast<void>(connection.query(audit_change(), db::Params().id(record).text(name)));
  transaction.commit();
  return true;
}

}  // namespace taskward::store
