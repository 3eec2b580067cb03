#include "account_query.hpp"

#include "query_facts.hpp"
#include "query_parameters.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

using domain::AccountQuery;
using store::AccountListing;

void read_part_of_name(const ParameterValue& given, std::string& into, Faults& faults) {
  const std::size_t length = code_points(given.text).value_or(0);
  if (length == 0)
    faults.push_back({given.name, FaultCode::too_short, "must hold a part of a name or address"});
  else if (length > model::kAccountSearchMaxCharacters)
    faults.push_back(
        {given.name, FaultCode::too_long,
         "must have at most " + std::to_string(model::kAccountSearchMaxCharacters) + " characters"});
  else
    into = given.text;
}

// THE table.
const Parameters<AccountQuery>& parameters() {
  using Query = AccountQuery;
  static const Parameters<Query> table{
      free_text<Query>(
          "q", 1, model::kAccountSearchMaxCharacters,
          [](const ParameterValue& given, Query& into, Faults& faults) {
            read_part_of_name(given, into.filter.text, faults);
          },
          "A part of the address, user name or name."),
      some_of<Query>(
          "role", model::kRoles, model::role,
          [](Query& into) -> std::vector<model::Role>& { return into.filter.roles; }, "Any of these."),
      some_of<Query>(
          "state", model::kAccountStates, model::account_state,
          [](Query& into) -> std::vector<model::AccountState>& { return into.filter.states; },
          "Any of these."),
      whole_number<Query>(
          "limit", 1, domain::kAccountPageMax, [](Query& into) -> int& { return into.limit; },
          "How many items a page has."),
      free_text<Query>(
          "cursor", 1, 0, [](const ParameterValue& given, Query& into, Faults&) { into.cursor = given.text; },
          "The next_cursor of a page of the same list."),
      true_or_false<Query>(
          "count", AccountListing::Total::count, AccountListing::Total::leave,
          [](Query& into) -> AccountListing::Total& { return into.total; },
          "Whether to tell how many there are on all pages."),
  };
  return table;
}

}  // namespace

Result<AccountQuery> read_account_query(std::string_view query) {
  return read_parameters(query, parameters());
}

std::vector<ParameterFacts> account_query_facts() { return facts_of(parameters()); }

}  // namespace taskward::api
