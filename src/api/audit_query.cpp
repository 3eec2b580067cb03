#include "audit_query.hpp"

#include <algorithm>
#include <string>

#include "query_parameters.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

using model::AuditAction;

/// A comma-separated list of actions, or of prefixes that stand for several.
void read_actions(const ParameterValue& given, std::vector<AuditAction>& into, Faults& faults) {
  const auto pieces = split(given.text, ',');
  bool is_known = !pieces.empty();
  for (const std::string_view piece : pieces) {
    const auto meant = model::audit_actions(piece);
    is_known = is_known && !meant.empty();
    for (const AuditAction one : meant) {
      if (std::find(into.begin(), into.end(), one) == into.end()) into.push_back(one);
    }
  }
  if (is_known) return;
  std::vector<std::string_view> names;
  for (const AuditAction one : model::every_audit_action()) names.push_back(name(one));
  faults.push_back({given.name, FaultCode::invalid_value,
                    "must be a comma-separated list of " + joined(names, ", ") +
                        ", or of prefixes of these such as session."});
}

template <class AnId>
void read_id(const ParameterValue& given, std::optional<AnId>& into, Faults& faults) {
  into = AnId::parse(given.text);
  if (!into) faults.push_back({given.name, FaultCode::invalid_format, "must be a UUID"});
}

void read_network(const ParameterValue& given, std::optional<model::IpNetwork>& into, Faults& faults) {
  into = model::IpNetwork::parse(given.text);
  if (!into) {
    faults.push_back({given.name, FaultCode::invalid_format,
                      "must be an IP address or network such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32"});
  }
}

void read_precise_moment(const ParameterValue& given, std::optional<Timestamp>& into, Faults& faults) {
  std::optional<Timestamp> moment;
  read_moment(given, moment, faults);  // reports the fault
  // The time of a record has microseconds, and must select exactly that record.
  if (moment) into = parse_rfc3339_precise(given.text);
}

void read_request_id(const ParameterValue& given, std::string& into, Faults& faults) {
  if (given.text.empty())
    faults.push_back({given.name, FaultCode::too_short, "must not be empty"});
  else if (given.text.size() > model::kRequestIdMaxBytes)
    faults.push_back({given.name, FaultCode::too_long,
                      "must have at most " + std::to_string(model::kRequestIdMaxBytes) + " bytes"});
  else
    into = given.text;
}

Schema described(std::string_view format, std::string_view note) {
  Schema schema;
  schema.format = format;
  schema.note = note;
  return schema;
}

Schema action_schema() {
  return array_schema(
      Schema(),
      "One or more actions, or prefixes of actions such as `session.`; a record matches any of them.");
}

/// Read as an optional, because the parameter is refused for streams; the default applies to pages.
Schema limit_schema() {
  Schema schema;
  schema.type = Schema::Type::integer;
  schema.least = 1;
  schema.most = model::kAuditPageMax;
  schema.fallback = std::to_string(model::kAuditPageDefault);
  schema.note = "The maximum number of records per page. Not allowed with application/x-ndjson.";
  return schema;
}

const Parameters<AuditQuery>& parameters() {
  using Query = AuditQuery;
  static const Parameters<Query> table{
      {"actor", Repeats::no, described("uuid", "The id of the user who performed the action."),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_id(given, into.filter.actor, faults);
       }},
      {"object", Repeats::no, described("uuid", "The id of the object of the action."),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_id(given, into.filter.object, faults);
       }},
      {"action", Repeats::yes_or_by_commas, action_schema(),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_actions(given, into.filter.actions, faults);
       }},
      some_of<Query>(
          "outcome", model::kAuditOutcomes, model::audit_outcome,
          [](Query& into) -> std::vector<model::AuditOutcome>& { return into.filter.outcomes; },
          "One or more values; a record matches any of them."),
      {"address", Repeats::no,
       described("", "The client's IP address, or a network that contains it, such as 192.0.2.0/24."),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_network(given, into.filter.address, faults);
       }},
      free_text<Query>(
          "request_id", 1, model::kRequestIdMaxBytes,
          [](const ParameterValue& given, Query& into, Faults& faults) {
            read_request_id(given, into.filter.request_id, faults);
          },
          "The X-Request-Id of the request."),
      {"token", Repeats::no, described("uuid", "The id of the personal access token that the actor used."),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_id(given, into.filter.token, faults);
       }},
      {"from", Repeats::no, described("date-time", "Only records of this time or later."),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_precise_moment(given, into.filter.from, faults);
       }},
      {"to", Repeats::no, described("date-time", "Only records before this time."),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         read_precise_moment(given, into.filter.to, faults);
       }},
      {"limit", Repeats::no, limit_schema(),
       [](const ParameterValue& given, Query& into, Faults& faults) {
         into.limit = model::kAuditPageDefault;
         read_number(given, 1, model::kAuditPageMax, *into.limit, faults);
       }},
      audit_cursor<Query>(),
  };
  return table;
}

}  // namespace

Result<AuditQuery> read_audit_query(std::string_view text) { return read_parameters(text, parameters()); }

std::vector<ParameterFacts> audit_query_facts() { return facts_of(parameters()); }

}  // namespace taskward::api
