#include "conditions.hpp"

#include <algorithm>
#include <charconv>

#include "taskward/http/header_values.hpp"

namespace taskward::api {
namespace {

constexpr std::size_t kKeyMaxCharacters = 255;

Result<http::EntityTags> read_tags(std::string_view header, const std::string& value) {
  auto tags = http::entity_tags(value);
  if (!tags) {
    return Error(ErrorCode::bad_request,
                 std::string(header) + " must be * or a list of quoted entity tags such as \"3\".");
  }
  return std::move(*tags);
}

/// The version in the opaque part of an entity tag; nothing if it is not the tag of a task.
std::optional<std::int64_t> version_of(const std::string& opaque) {
  std::int64_t version = 0;
  const auto [end, fault] = std::from_chars(opaque.data(), opaque.data() + opaque.size(), version);
  if (fault != std::errc() || end != opaque.data() + opaque.size() || version < 1) return std::nullopt;
  // Only the canonical form: 3, not 03.
  if (std::to_string(version) != opaque) return std::nullopt;
  return version;
}

}  // namespace

std::string etag_of(const model::Task& task) { return '"' + std::to_string(task.version) + '"'; }

Result<model::Precondition> read_precondition(const http::Request& request) {
  model::Precondition precondition;
  if (request.if_match) {
    auto tags = read_tags("If-Match", *request.if_match);
    if (!tags) return std::move(tags).error();
    precondition.match.any = tags->any;
    for (const auto& tag : tags->tags) {
      // Strong comparison (RFC 9110, 8.8.3.2): a weak tag never matches.
      if (const auto version = version_of(tag.opaque); version && !tag.is_weak)
        precondition.match.list.push_back(*version);
    }
  }
  if (request.if_none_match) {
    auto tags = read_tags("If-None-Match", *request.if_none_match);
    if (!tags) return std::move(tags).error();
    precondition.none_match.any = tags->any;
    for (const auto& tag : tags->tags) {
      if (const auto version = version_of(tag.opaque)) precondition.none_match.list.push_back(*version);
    }
  }
  return precondition;
}

Result<Done> refuse_if_match(const http::Request& request) {
  if (!request.if_match) return Done{};
  return Error(ErrorCode::precondition_failed,
               "If-Match is not supported on this route, which creates resources.");
}

Result<bool> is_known_to_client(const http::Request& request, const model::Task& task) {
  if (!request.if_none_match) return false;
  auto tags = read_tags("If-None-Match", *request.if_none_match);
  if (!tags) return std::move(tags).error();
  return tags->any || std::any_of(tags->tags.begin(), tags->tags.end(),
                                  [&](const auto& tag) { return version_of(tag.opaque) == task.version; });
}

Result<bool> is_known_to_client(const http::Request& request, const std::string& etag) {
  if (!request.if_none_match) return false;
  auto tags = read_tags("If-None-Match", *request.if_none_match);
  if (!tags) return std::move(tags).error();
  // Weak comparison (RFC 9110, 13.1.2).
  return tags->any || std::any_of(tags->tags.begin(), tags->tags.end(),
                                  [&](const auto& tag) { return '"' + tag.opaque + '"' == etag; });
}

Result<std::optional<domain::IdempotencyKey>> read_idempotency_key(const Call& call) {
  if (!call.request.idempotency_key) return std::optional<domain::IdempotencyKey>();
  const std::string& key = *call.request.idempotency_key;
  const auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
  if (key.empty() || key.size() > kKeyMaxCharacters || !std::all_of(key.begin(), key.end(), is_visible)) {
    return validation_failed({{"Idempotency-Key", FaultCode::invalid_format,
                               "must have 1 to " + std::to_string(kKeyMaxCharacters) +
                                   " visible ASCII characters, such as a UUID"}});
  }
  return std::optional(
      domain::idempotency_key(key, call.route, call.request.content_type, call.request.body));
}

}  // namespace taskward::api
