// Cursors of task lists: a position in one list of one owner, authenticated with a MAC, so that it can be
// neither forged nor used for another list.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/ids.hpp"
#include "taskward/base/secret.hpp"
#include "taskward/model/task.hpp"
#include "taskward/store/task_lists.hpp"

namespace taskward::domain {

/// base64url of the MAC (128 bits of HMAC-SHA-256) and the position. The MAC also covers owner, filter and
/// order.
[[nodiscard]] std::string task_cursor(const store::TaskPosition& position, const Secret& key,
                                      const UserId& owner, const model::TaskFilter& filter);

/// Nothing if task_cursor did not create the text with the same owner, filter and order.
[[nodiscard]] std::optional<store::TaskPosition> read_task_cursor(std::string_view text, const Secret& key,
                                                                  const UserId& owner,
                                                                  const model::TaskFilter& filter);

}  // namespace taskward::domain
