#include "account_query.hpp"

#include <array>

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

using Row = Parameter<AccountQuery>;

// THE table.
constexpr std::array kParameters{
    Row{"q", Repeats::no,
        [](const ParameterValue& given, AccountQuery& into, Faults& faults) {
          read_part_of_name(given, into.filter.text, faults);
        }},
    Row{"role", Repeats::yes,
        [](const ParameterValue& given, AccountQuery& into, Faults& faults) {
          read_choices(given, model::kRoles, model::role, into.filter.roles, faults);
        }},
    Row{"state", Repeats::yes,
        [](const ParameterValue& given, AccountQuery& into, Faults& faults) {
          read_choices(given, model::kAccountStates, model::account_state, into.filter.states, faults);
        }},
    Row{"limit", Repeats::no,
        [](const ParameterValue& given, AccountQuery& into, Faults& faults) {
          read_number(given, 1, domain::kAccountPageMax, into.limit, faults);
        }},
    Row{"cursor", Repeats::no,
        [](const ParameterValue& given, AccountQuery& into, Faults&) { into.cursor = given.text; }},
    Row{"count", Repeats::no,
        [](const ParameterValue& given, AccountQuery& into, Faults& faults) {
          read_switch(given, AccountListing::Total::count, AccountListing::Total::leave, into.total, faults);
        }},
};

}  // namespace

Result<AccountQuery> read_account_query(std::string_view query) {
  return read_parameters<AccountQuery>(query, kParameters);
}

}  // namespace taskward::api
