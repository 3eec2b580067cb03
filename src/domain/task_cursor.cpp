#include "task_cursor.hpp"

#include <algorithm>

#include "taskward/base/rfc3339.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"

namespace taskward::domain {
namespace {

constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kIdBytes = sizeof(Uuid::bytes);

/// The filter as text that is the same for the same list: what may come in any order is put into one.
std::string list_of(const UserId& owner, const model::TaskFilter& filter) {
  std::string out;
  // None of the parts holds a NUL.
  const auto add = [&](std::string_view part) {
    out += part;
    out += '\0';
  };
  const auto add_all = [&](auto values, auto name_of) {
    std::sort(values.begin(), values.end());
    add(std::to_string(values.size()));
    for (const auto& value : values) add(name_of(value));
  };
  const auto add_moment = [&](const std::optional<Timestamp>& moment) {
    add(moment ? rfc3339_precise(*moment) : std::string());
  };
  add(owner.text());
  add(model::name(filter.sort));
  add(filter.order == model::SortOrder::ascending ? "ascending" : "descending");
  add(filter.place == model::TaskPlace::trash ? "trash" : "list");
  add_all(filter.statuses, [](model::TaskStatus status) { return model::name(status); });
  add_all(filter.priorities, [](model::TaskPriority priority) { return model::name(priority); });
  add_all(filter.tags, [](const std::string& tag) { return std::string_view(tag); });
  add_moment(filter.due_after);
  add_moment(filter.due_before);
  add(filter.text);
  return out;
}

std::string mac_of(std::string_view payload, const Secret& key, const UserId& owner,
                   const model::TaskFilter& filter) {
  const crypto::Sha256 digest = crypto::hmac_sha256(key.reveal(), list_of(owner, filter).append(payload));
  return std::string(crypto::view(digest).substr(0, kMacBytes));
}

}  // namespace

std::string task_cursor(const store::TaskPosition& position, const Secret& key, const UserId& owner,
                        const model::TaskFilter& filter) {
  const auto& id = position.id.uuid.bytes;
  std::string payload(reinterpret_cast<const char*>(id.data()), id.size());
  if (position.key) payload += '=' + *position.key;
  return crypto::base64url(mac_of(payload, key, owner, filter) + payload);
}

std::optional<store::TaskPosition> read_task_cursor(std::string_view text, const Secret& key,
                                                    const UserId& owner, const model::TaskFilter& filter) {
  const auto bytes = crypto::from_base64url(text);
  if (!bytes || bytes->size() < kMacBytes + kIdBytes) return std::nullopt;
  const std::string_view payload = std::string_view(*bytes).substr(kMacBytes);
  if (!crypto::equal_in_constant_time(std::string_view(*bytes).substr(0, kMacBytes),
                                      mac_of(payload, key, owner, filter)))
    return std::nullopt;
  store::TaskPosition position;
  payload.copy(reinterpret_cast<char*>(position.id.uuid.bytes.data()), kIdBytes);
  const std::string_view rest = payload.substr(kIdBytes);
  if (!rest.empty()) position.key = std::string(rest.substr(1));
  return position;
}

}  // namespace taskward::domain
