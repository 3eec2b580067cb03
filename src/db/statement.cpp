#include "taskward/db/statement.hpp"

#include <stdexcept>

namespace taskward::db {

Statement in_form(const Statement& statement, const Form& form) {
  const std::string_view sql = statement.sql;
  if (!sql.starts_with(form.usual))
    throw std::logic_error("the statement " + statement.name + " has no form " + std::string(form.name));
  return {statement.name + std::string(form.name), statement.effect,
          std::string(form.beginning).append(sql.substr(form.usual.size()))};
}

}  // namespace taskward::db
