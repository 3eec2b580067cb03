#include "account_query.hpp"

#include "query_parameters.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

using domain::AccountQuery;
using store::AccountListing;

void read_search_text(const ParameterValue& given, std::string& into, Faults& faults) {
  const std::size_t length = code_points(given.text).value_or(0);
  if (length == 0)
    faults.push_back({given.name, FaultCode::too_short, "must not be empty"});
  else if (length > model::kAccountSearchMaxCharacters)
    faults.push_back(
        {given.name, FaultCode::too_long,
         "must have at most " + std::to_string(model::kAccountSearchMaxCharacters) + " characters"});
  else
    into = given.text;
}

const Parameters<AccountQuery>& parameters() {
  using Query = AccountQuery;
  static const Parameters<Query> table{
      free_text<Query>(
          "q", 1, model::kAccountSearchMaxCharacters,
          [](const ParameterValue& given, Query& into, Faults& faults) {
            read_search_text(given, into.filter.text, faults);
          },
          "Part of the e-mail address, user name or name."),
      some_of<Query>(
          "role", model::kRoles, model::role,
          [](Query& into) -> std::vector<model::Role>& { return into.filter.roles; },
          "One or more values; an account matches any of them."),
      some_of<Query>(
          "state", model::kAccountStates, model::account_state,
          [](Query& into) -> std::vector<model::AccountState>& { return into.filter.states; },
          "One or more values; an account matches any of them."),
      whole_number<Query>(
          "limit", 1, domain::kAccountPageMax, [](Query& into) -> int& { return into.limit; },
          "The maximum number of items per page."),
      free_text<Query>(
          "cursor", 1, 0, [](const ParameterValue& given, Query& into, Faults&) { into.cursor = given.text; },
          "The next_cursor of another page of the same list."),
      true_or_false<Query>(
          "count", AccountListing::Total::count, AccountListing::Total::leave,
          [](Query& into) -> AccountListing::Total& { return into.total; },
          "Whether to include the total number of items on all pages."),
  };
  return table;
}

}  // namespace

Result<AccountQuery> read_account_query(std::string_view query) {
  return read_parameters(query, parameters());
}

std::vector<ParameterFacts> account_query_facts() { return facts_of(parameters()); }

}  // namespace taskward::api
