#include "taskward/api/shape.hpp"

#include <algorithm>
#include <array>

#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/http/header_values.hpp"

namespace taskward::api {

std::optional<FieldFault> control_character_fault(std::string_view field, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c0 = c < 0x20 && c != '\t' && c != '\n';
    // U+0080 to U+009F, in UTF-8.
    const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c0 || c1 || c == 0x7f) {
      return FieldFault{std::string(field), FaultCode::invalid_character,
                        "must not hold control characters other than tab and newline"};
    }
  }
  return std::nullopt;
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
  return rule.check ? rule.check(field, text) : std::nullopt;
}

Result<json::Object> read_object(http::Request& request, Presence required) {
  if (request.body_too_large) return ErrorCode::payload_too_large;
  if (request.body.empty()) {
    if (required == Presence::optional) return json::Object{};
    return Error(ErrorCode::malformed_json, "The body is empty; it must be a JSON object.");
  }
  if (!http::is_json(request.content_type)) return ErrorCode::unsupported_media_type;
  if (!request.content_encoding.empty() && !equal_ignoring_case(request.content_encoding, "identity")) {
    return Error(ErrorCode::unsupported_media_type, "The body must not be compressed.");
  }
  auto value = json::parse(request.body);
  if (!value) return std::move(value).error();
  auto* object = value->get_if<json::Object>();
  if (object == nullptr) {
    return validation_failed({FieldFault{"", FaultCode::wrong_type, "the body must be a JSON object"}});
  }
  return std::move(*object);
}

std::string* text_member(json::Object& object, std::string_view name, Presence presence, NullMeans null,
                         std::vector<FieldFault>& faults) {
  const auto found =
      std::find_if(object.begin(), object.end(), [&](const json::Member& m) { return m.first == name; });
  if (found == object.end() || (null == NullMeans::absent && found->second.is_null())) {
    if (presence == Presence::required)
      faults.push_back({std::string(name), FaultCode::required, "is required"});
    return nullptr;
  }
  json::Value& value = found->second;
  if (null == NullMeans::empty && value.is_null()) value.held = std::string();
  if (auto* text = value.get_if<std::string>()) return text;
  faults.push_back({std::string(name), FaultCode::wrong_type, "must be a string"});
  return nullptr;
}

std::set<std::string_view> given_members(const json::Object& object) {
  std::set<std::string_view> given;
  for (const json::Member& member : object) {
    if (!member.second.is_null()) given.insert(member.first);
  }
  return given;
}

void refuse_unknown_members(const json::Object& object, std::span<const std::string_view> names,
                            std::vector<FieldFault>& faults) {
  // A body of thousands of unknown members should not be answered with thousands of faults.
  constexpr std::size_t most = 20;
  std::size_t unknown = 0;
  for (const json::Member& member : object) {
    if (std::find(names.begin(), names.end(), member.first) != names.end()) continue;
    if (++unknown > most) return;
    faults.push_back({std::string(beginning(member.first, 100)), FaultCode::unknown_member,
                      "is not a member this route knows"});
  }
}

}  // namespace taskward::api
