#include "audit_query.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "query_parameters.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

using model::AuditAction;

/// One or more actions or groups of them, parted by commas.
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
                    "must be one or more of " + joined(names, ", ") +
                        ", or of their beginnings such as session., separated by commas"});
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
                      "must be an address or a network, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32"});
  }
}

void read_precise_moment(const ParameterValue& given, std::optional<Timestamp>& into, Faults& faults) {
  std::optional<Timestamp> moment;
  read_moment(given, moment, faults);  // for its fault
  // A record's own time, which has microseconds, must stand for just that.
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

using Row = Parameter<AuditQuery>;

// THE table.
constexpr std::array kParameters{
    Row{"actor", Repeats::no,
        [](const ParameterValue& given, AuditQuery& into, Faults& faults) {
          read_id(given, into.filter.actor, faults);
        }},
    Row{"object", Repeats::no,
        [](const ParameterValue& given, AuditQuery& into, Faults& faults) {
          read_id(given, into.filter.object, faults);
        }},
    Row{"action", Repeats::yes,
        [](const ParameterValue& given, AuditQuery& into, Faults& faults) {
          read_actions(given, into.filter.actions, faults);
        }},
    Row{"outcome", Repeats::yes,
        [](const ParameterValue& given, AuditQuery& into, Faults& faults) {
          read_choices(given, model::kAuditOutcomes, model::audit_outcome, into.filter.outcomes, faults);
        }},
    Row{"address", Repeats::no,
        [](const ParameterValue& given, AuditQuery& into, Faults& faults) {
          read_network(given, into.filter.address, faults);
        }},
    Row{"request_id", Repeats::no,
        [](const ParameterValue& given, AuditQuery& into, Faults& faults) {
          read_request_id(given, into.filter.request_id, faults);
        }},
    Row{"from", Repeats::no,
        [](const ParameterValue& given, AuditQuery& into, Faults& faults) {
          read_precise_moment(given, into.filter.from, faults);
        }},
    Row{"to", Repeats::no,
        [](const ParameterValue& given, AuditQuery& into, Faults& faults) {
          read_precise_moment(given, into.filter.to, faults);
        }},
    Row{"limit", Repeats::no,
        [](const ParameterValue& given, AuditQuery& into, Faults& faults) {
          into.limit = model::kAuditPageDefault;
          read_number(given, 1, model::kAuditPageMax, *into.limit, faults);
        }},
    Row{"cursor", Repeats::no,
        [](const ParameterValue& given, AuditQuery& into, Faults& faults) {
          into.before = model::AuditPlace::parse(given.text);
          if (into.before) return;
          faults.push_back(
              {given.name, FaultCode::invalid_value, "must be a next_cursor that this route gave"});
        }},
};

}  // namespace

Result<AuditQuery> read_audit_query(std::string_view text) {
  return read_parameters<AuditQuery>(text, kParameters);
}

}  // namespace taskward::api
