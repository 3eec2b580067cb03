#include "query_parameters.hpp"

#include <charconv>

#include "taskward/base/rfc3339.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::api {
namespace {

struct NoParameters {};

}  // namespace

Result<Done> refuse_parameters(std::string_view query) {
  if (query.empty()) return Done{};
  auto none = read_parameters<NoParameters>(query, {});
  if (!none) return std::move(none).error();
  return Done{};
}

std::string next_page_query(std::string_view query, std::string_view cursor) {
  const auto parameters = http::parse_query(query);
  http::Query next;
  for (const auto& parameter : *parameters) {
    if (parameter.first != "cursor" && parameter.first != "offset") next.push_back(parameter);
  }
  next.emplace_back("cursor", cursor);
  return http::query_text(next);
}

void link_next_page(http::Response& response, std::string_view path, std::string_view query,
                    const std::optional<std::string>& next_cursor) {
  if (!next_cursor) return;
  response.with("Link",
                '<' + std::string(path) + '?' + next_page_query(query, *next_cursor) + ">; rel=\"next\"");
}

void read_number(const ParameterValue& given, int least, int most, int& into, Faults& faults) {
  const std::string& text = given.text;
  int value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool number =
      end == text.data() + text.size() && !text.empty() && fault != std::errc::invalid_argument;
  const std::string range =
      "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  if (!number) {
    faults.push_back({given.name, FaultCode::wrong_type, range});
  } else if (fault == std::errc::result_out_of_range || value < least || value > most) {
    faults.push_back({given.name, FaultCode::out_of_range, range});
  } else {
    into = value;
  }
}

void read_moment(const ParameterValue& given, std::optional<Timestamp>& into, Faults& faults) {
  into = parse_rfc3339(given.text);
  if (into) return;
  // In a query + means a space (application/x-www-form-urlencoded), so an unescaped offset looks like this.
  const bool has_unescaped_plus = given.text.find(' ') != std::string::npos;
  faults.push_back({given.name, FaultCode::invalid_format,
                    std::string(kMomentRule) + (has_unescaped_plus ? "; encode + as %2B" : "")});
}

}  // namespace taskward::api
