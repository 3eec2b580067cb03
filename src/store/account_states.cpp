#include "account_states.hpp"

#include "administration_sql.hpp"

namespace taskward::store {

std::string locked_subjects() {
  // Names without an account can be locked too. Their subjects are hashes, longer than an id.
  return ", locked as materialized (select distinct l.subject from taskward.lockouts l"
         " where l.locked_until > now() and octet_length(l.subject) = 16 and l.name_kind in " +
         std::string(kLockKinds) + ')';
}

std::string account_state() {
  return "case when not u.is_active then 'inactive' when uuid_send(u.id) in (select k.subject from locked k) "
         "then"
         " 'locked' else 'active' end";
}

}  // namespace taskward::store
