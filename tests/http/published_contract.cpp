#include "published_contract.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <stdexcept>
#include <string_view>

namespace taskward::test {
namespace {

/// Headers that are specific to some operations. If a response has one of them, it must be published.
constexpr std::array kSpecificHeaders{"etag",        "location",         "link",        "content-disposition",
                                      "retry-after", "www-authenticate", "x-request-id"};

std::string type_of_body(const Response& response) { return response.header("content-type"); }

bool allows_type(const Json& schema, std::string_view type) {
  if (!schema.has("type")) return true;
  const auto fits = [&](const std::string& allowed) {
    return allowed == type || (allowed == "number" && type == "integer");
  };
  if (schema["type"].type() == "string") return fits(schema["type"].text());
  for (std::size_t i = 0; i < schema["type"].size(); ++i)
    if (fits(schema["type"].at(i).text())) return true;
  return false;
}

bool is_among(const Json& choices, const Json& value) {
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const Json choice = choices.at(i);
    if (choice.type() == value.type() && (choice.is_null() || choice.text() == value.text())) return true;
  }
  return false;
}

bool has_format(const std::string& format, const std::string& text) {
  static const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  static const std::regex moment(R"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z)");
  if (format == "uuid") return std::regex_match(text, uuid);
  if (format == "date-time") return std::regex_match(text, moment);
  return true;
}

}  // namespace

std::optional<Json> PublishedContract::operation(const std::string& method, const std::string& path) const {
  const Json paths = document_["paths"];
  if (!paths.has(path)) return std::nullopt;
  const Json item = paths[path];
  const std::string name = lower_case(method);
  if (!item.has(name)) return std::nullopt;
  return item[name];
}

Json PublishedContract::resolved(const Json& schema) const {
  if (!schema.has("$ref")) return schema;
  const std::string reference = schema["$ref"].text();
  const std::string start = "#/components/schemas/";
  if (reference.rfind(start, 0) != 0) throw std::runtime_error("not a reference to a schema: " + reference);
  return document_["components"]["schemas"][reference.substr(start.size())];
}

void PublishedContract::check_object(const Json& schema, const Json& value, const std::string& at,
                                     std::vector<std::string>& faults) const {
  if (!schema.has("properties")) return;
  const Json properties = schema["properties"];
  for (const std::string& name : value.names()) {
    if (properties.has(name))
      check(properties[name], value[name], at + '.' + name, faults);
    else
      faults.push_back(at + '.' + name + " is not published");
  }
  if (!schema.has("required")) return;
  for (std::size_t i = 0; i < schema["required"].size(); ++i) {
    const std::string name = schema["required"].at(i).text();
    if (!value.has(name)) faults.push_back(at + '.' + name + " is missing");
  }
}

void PublishedContract::check(const Json& declared, const Json& value, const std::string& at,
                              std::vector<std::string>& faults) const {
  const Json schema = resolved(declared);
  if (schema.has("anyOf")) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < schema["anyOf"].size(); ++i) {
      std::vector<std::string> errors;
      check(schema["anyOf"].at(i), value, at, errors);
      if (errors.empty()) return;
      all.insert(all.end(), errors.begin(), errors.end());
    }
    faults.insert(faults.end(), all.begin(), all.end());
    return;
  }
  if (!allows_type(schema, value.type())) {
    faults.push_back(at + " has the type " + std::string(value.type()));
    return;
  }
  if (schema.has("enum") && !is_among(schema["enum"], value))
    faults.push_back(at + " is not one of the enum values");
  if (value.type() == "string" && schema.has("format") && !has_format(schema["format"].text(), value.text()))
    faults.push_back(at + " is not a valid " + schema["format"].text() + ": " + value.text());
  if (value.type() == "array" && schema.has("items")) {
    for (std::size_t i = 0; i < value.size(); ++i)
      check(schema["items"], value.at(i), at + '[' + std::to_string(i) + ']', faults);
  }
  if (value.type() == "object") check_object(schema, value, at, faults);
}

void PublishedContract::check_body(const Json& content, const Response& response,
                                   std::vector<std::string>& faults) const {
  const std::string type = type_of_body(response);
  if (!content.has(type)) {
    faults.push_back("the content type " + type + " is not published");
    return;
  }
  if (type.find("json") == std::string::npos || type.find("ndjson") != std::string::npos) return;
  check(content[type]["schema"], response.json(), "body", faults);
}

std::vector<std::string> PublishedContract::faults(const Json& operation, const Response& response) const {
  std::vector<std::string> faults;
  const Json responses = operation["responses"];
  const std::string status = std::to_string(response.status);
  if (!responses.has(status)) return {"the status " + status + " is not published"};
  const Json published_response = responses[status];
  if (published_response.has("content"))
    check_body(published_response["content"], response, faults);
  else if (!response.body.empty())
    faults.push_back("the response has a body, but none is published");
  std::vector<std::string> published;
  for (const std::string& name : published_response["headers"].names()) published.push_back(lower_case(name));
  for (const char* name : kSpecificHeaders) {
    if (!response.header(name).empty() &&
        std::find(published.begin(), published.end(), name) == published.end())
      faults.push_back(std::string("the header ") + name + " is not published for " + status);
  }
  return faults;
}

}  // namespace taskward::test
