#include "last_administrator.hpp"

#include "sql_text.hpp"

namespace taskward::store {

std::string is_active_administrator(std::string_view alias) {
  const std::string a(alias);
  return '(' + a + ".role = 'admin' and " + a + ".is_active)";
}

std::string lock_accounts(const std::string& ids, const std::string& takes_away,
                          const std::string& precondition) {
  return filled(R"(, ids_to_lock as materialized (
  {ids} union
  select u.id from taskward.users u
   where {is_administrator} and {takes_away}
), locked_accounts as materialized (
  select u.* from ids_to_lock w join taskward.users u on u.id = w.id
  where {precondition}
  order by u.id for no key update of u
))",
                {{"ids", ids},
                 {"takes_away", takes_away},
                 {"precondition", precondition},
                 {"is_administrator", is_active_administrator("u")}});
}

std::string is_last_administrator(const std::string& user) {
  return "(exists (select from locked_accounts s where s.id = " + user + " and " +
         is_active_administrator("s") + ") and not exists (select from locked_accounts s where s.id <> " +
         user + " and " + is_active_administrator("s") + "))";
}

}  // namespace taskward::store
