#include "taskward/store/search_configuration.hpp"

#include <algorithm>

#include "taskward/base/text.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::store {
namespace {

constexpr const char* kCurrent = "select name from taskward.search_configuration";
constexpr const char* kLocked = "select name from taskward.search_configuration for update";
constexpr const char* kKnown =
    "select array_agg(cfgname::text order by cfgname) from pg_ts_config where pg_ts_config_is_visible(oid)";
constexpr const char* kSet = "update taskward.search_configuration set name = $1::text";

// How the words are made and found is written in a migration and nowhere else: here it is asked of the
// database.
constexpr const char* kDefinitions =
    "select pg_get_expr(d.adbin, d.adrelid), pg_get_indexdef('taskward.tasks_by_words'::regclass)"
    " from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum"
    " where d.adrelid = 'taskward.tasks'::regclass and a.attname = 'search'";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size(), ++count)
    text.replace(at, from.size(), to);
  if (count == 0)
    throw BadMigrations("the column taskward.tasks.search is not made by the configuration " + from);
  return text;
}

std::string as_constant(const std::string& name) { return '\'' + name + "'::regconfig"; }

}  // namespace

std::string search_configuration(db::Connection& connection) {
  return connection.query(kCurrent, db::Params()).row(0).text();
}

bool set_search_configuration(db::Connection& connection, const std::string& name) {
  db::Transaction transaction(connection);
  const std::string current = connection.query(kLocked, db::Params()).row(0).text();
  if (current == name) return false;
  const auto known = connection.query(kKnown, db::Params()).row(0).texts();
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    throw BadMigrations("SEARCH_CONFIGURATION: this database has no text search configuration '" + name +
                        "'; it has " + joined(known, ", "));
  }
  const db::Rows definitions = connection.query(kDefinitions, db::Params());
  db::RowReader row = definitions.row(0);
  const std::string words = replaced(row.text(), as_constant(current), as_constant(name));
  const std::string index = row.text();
  connection.execute(
      "drop index taskward.tasks_by_words; alter table taskward.tasks drop column search, add column search"
      " tsvector not null generated always as (" +
      words + ") stored; " + index);
  static_cast<void>(connection.query(kSet, db::Params().text(name)));
  transaction.commit();
  return true;
}

}  // namespace taskward::store
