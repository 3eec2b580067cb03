#include "taskward/api/shape.hpp"

#include <algorithm>
#include <array>

#include "taskward/base/text.hpp"
#include "taskward/base/unicode.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/http/header_values.hpp"

namespace taskward::api {

std::optional<FieldFault> control_character_fault(std::string_view field, std::string_view text) {
  if (!has_control_character(text)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_character,
                    "must not contain control characters other than tab and newline"};
}

std::optional<FieldFault> blank_fault(std::string_view field, std::string_view text) {
  if (has_visible_character(text)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_value, "must not be blank"};
}

std::optional<FieldFault> line_fault(std::string_view field, std::string_view text) {
  if (is_one_line(text)) return std::nullopt;
  return FieldFault{std::string(field), FaultCode::invalid_character,
                    "must not contain control characters or line breaks"};
}

std::optional<FieldFault> text_fault(std::string_view field, std::string_view text, const TextRule& rule) {
  const std::size_t length = code_points(text).value_or(0);
  if (length < rule.least) {
    return FieldFault{std::string(field), FaultCode::too_short,
                      rule.least == 1 ? "must not be empty"
                                      : "must have at least " + std::to_string(rule.least) + " characters"};
  }
  if (rule.most != 0 && length > rule.most) {
    return FieldFault{std::string(field), FaultCode::too_long,
                      "must have at most " + std::to_string(rule.most) + " characters"};
  }
  if (has_many_combining_marks(text)) {
    return FieldFault{std::string(field), FaultCode::invalid_character,
                      "must not have more than 30 consecutive combining marks"};
  }
  return rule.check ? rule.check(field, text) : std::nullopt;
}

void add_wrong_type(const std::string& field, std::string_view wanted, Faults& faults) {
  faults.push_back({field, FaultCode::wrong_type, "must be " + std::string(wanted)});
}

std::string item_of(const std::string& field, std::size_t index) {
  return field + '[' + std::to_string(index) + ']';
}

json::Array* items_of(json::Value& value, const std::string& field, std::size_t most, Faults& faults) {
  auto* items = value.get_if<json::Array>();
  if (items == nullptr) {
    add_wrong_type(field, "an array", faults);
    return nullptr;
  }
  if (items->size() <= most) return items;
  faults.push_back({field, FaultCode::too_many, "must have at most " + std::to_string(most) + " items"});
  return nullptr;
}

std::optional<Error> unreadable(const http::Request& request) {
  if (request.body_too_large) {
    return Error(ErrorCode::payload_too_large,
                 "The request body exceeds " + std::to_string(request.body_max / 1024) + " KiB.");
  }
  if (!request.content_encoding.empty() && !equal_ignoring_case(request.content_encoding, "identity"))
    return Error(ErrorCode::unsupported_media_type, "Content codings such as gzip are not supported.");
  return std::nullopt;
}

Result<json::Object> read_object(http::Request& request, Presence required) {
  if (request.body.empty() && !request.body_too_large) {
    if (required == Presence::optional) return json::Object{};
    return Error(ErrorCode::malformed_json, "The request body is empty; a JSON object is required.");
  }
  // PATCH has the semantics of a JSON merge patch (RFC 7396).
  const bool is_json = http::is_json(request.content_type) ||
                       (request.method == "PATCH" && http::is_merge_patch(request.content_type));
  auto refusal = unreadable(request);
  if (!is_json && !request.body_too_large) {
    refusal = request.method == "PATCH"
                  ? Error(ErrorCode::unsupported_media_type,
                          "The request body must be application/merge-patch+json or application/json.")
                  : Error(ErrorCode::unsupported_media_type);
  }
  if (refusal) return std::move(*refusal);
  auto value = json::parse(request.body);
  if (!value) return std::move(value).error();
  auto* object = value->get_if<json::Object>();
  if (object == nullptr) {
    return validation_failed(
        {FieldFault{"", FaultCode::wrong_type, "the request body must be a JSON object"}});
  }
  return std::move(*object);
}

json::Value* member_of(json::Object& object, std::string_view name, Presence presence, NullMeans null,
                       const std::string& field, Faults& faults) {
  const auto found =
      std::find_if(object.begin(), object.end(), [&](const json::Member& m) { return m.first == name; });
  if (found == object.end() || (null == NullMeans::absent && found->second.is_null())) {
    if (presence == Presence::required) faults.push_back({field, FaultCode::required, "is required"});
    return nullptr;
  }
  if (null == NullMeans::wrong_type && found->second.is_null()) {
    faults.push_back({field, FaultCode::wrong_type, "must not be null"});
    return nullptr;
  }
  return &found->second;
}

std::set<std::string_view> given_members(const json::Object& object) {
  std::set<std::string_view> given;
  for (const json::Member& member : object) {
    if (!member.second.is_null()) given.insert(member.first);
  }
  return given;
}

bool add_unknown(const std::string& prefix, std::string_view name, std::string_view message, Faults& faults) {
  const auto unknown = std::count_if(faults.begin(), faults.end(), [](const FieldFault& fault) {
    return fault.code == FaultCode::unknown_member;
  });
  if (static_cast<std::size_t>(unknown) >= kUnknownNamesMax) return false;
  faults.push_back(
      {prefix + std::string(beginning(name, 100)), FaultCode::unknown_member, std::string(message)});
  return true;
}

void refuse_unknown_members(const json::Object& object, const std::set<std::string_view>& names,
                            const std::string& prefix, Faults& faults) {
  for (const json::Member& member : object) {
    if (names.count(member.first) != 0) continue;
    if (!add_unknown(prefix, member.first, "is an unknown field", faults)) return;
  }
}

}  // namespace taskward::api
