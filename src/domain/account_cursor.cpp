#include "account_cursor.hpp"

#include <algorithm>
#include <charconv>

#include "cursor_seal.hpp"

namespace taskward::domain {
namespace {

constexpr std::size_t kIdBytes = sizeof(Uuid::bytes);

/// The filter as a canonical text: equal for equal lists, with unordered values sorted.
std::string list_of(const UserId& reader, const model::AccountFilter& filter) {
  // No part contains NUL. The text of a task list starts with a user id, so the two never collide.
  std::string out = "accounts";
  const auto add = [&](std::string_view part) {
    out += '\0';
    out += part;
  };
  const auto add_all = [&](auto values) {
    std::sort(values.begin(), values.end());
    add(std::to_string(values.size()));
    for (const auto value : values) add(name(value));
  };
  add(reader.text());
  add_all(filter.roles);
  add_all(filter.states);
  add(filter.text);
  return out + '\0';
}

}  // namespace

std::string account_cursor(const store::AccountPosition& position, const Secret& key, const UserId& reader,
                           const model::AccountFilter& filter) {
  const auto& id = position.id.uuid.bytes;
  std::string payload(reinterpret_cast<const char*>(id.data()), id.size());
  payload += std::to_string(position.created_at.time_since_epoch().count());
  return sealed_cursor(list_of(reader, filter), payload, key);
}

std::optional<store::AccountPosition> read_account_cursor(std::string_view text, const Secret& key,
                                                          const UserId& reader,
                                                          const model::AccountFilter& filter) {
  const auto payload = open_cursor(text, list_of(reader, filter), key);
  if (!payload || payload->size() <= kIdBytes) return std::nullopt;
  store::AccountPosition position;
  payload->copy(reinterpret_cast<char*>(position.id.uuid.bytes.data()), kIdBytes);
  Timestamp::rep microseconds = 0;
  const char* end = payload->data() + payload->size();
  if (std::from_chars(payload->data() + kIdBytes, end, microseconds).ptr != end) return std::nullopt;
  position.created_at = Timestamp(std::chrono::microseconds(microseconds));
  return position;
}

}  // namespace taskward::domain
