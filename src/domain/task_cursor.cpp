#include "task_cursor.hpp"

#include <algorithm>

#include "cursor_seal.hpp"
#include "taskward/base/rfc3339.hpp"

namespace taskward::domain {
namespace {

constexpr std::size_t kIdBytes = sizeof(Uuid::bytes);

/// The filter as a canonical text: equal for equal lists, with unordered values sorted.
std::string list_of(const UserId& owner, const model::TaskFilter& filter) {
  std::string out;
  // No part contains NUL.
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
  add(filter.place == model::TaskLocation::trash ? "trash" : "list");
  add_all(filter.statuses, [](model::TaskStatus status) { return model::name(status); });
  add_all(filter.priorities, [](model::TaskPriority priority) { return model::name(priority); });
  add_all(filter.tags, [](const std::string& tag) { return std::string_view(tag); });
  add_moment(filter.due_after);
  add_moment(filter.due_before);
  add(filter.text);
  return out;
}

}  // namespace

std::string task_cursor(const store::TaskPosition& position, const Secret& key, const UserId& owner,
                        const model::TaskFilter& filter) {
  const auto& id = position.id.uuid.bytes;
  std::string payload(reinterpret_cast<const char*>(id.data()), id.size());
  if (position.key) payload += '=' + *position.key;
  return sealed_cursor(list_of(owner, filter), payload, key);
}

std::optional<store::TaskPosition> read_task_cursor(std::string_view text, const Secret& key,
                                                    const UserId& owner, const model::TaskFilter& filter) {
  const auto payload = open_cursor(text, list_of(owner, filter), key);
  if (!payload || payload->size() < kIdBytes) return std::nullopt;
  store::TaskPosition position;
  payload->copy(reinterpret_cast<char*>(position.id.uuid.bytes.data()), kIdBytes);
  const std::string_view rest = std::string_view(*payload).substr(kIdBytes);
  if (!rest.empty()) position.key = std::string(rest.substr(1));
  return position;
}

}  // namespace taskward::domain
