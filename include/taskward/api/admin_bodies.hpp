// The bodies of the routes of administration: THE tables of their members, and what is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/api/bodies.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/domain/administration.hpp"
#include "taskward/model/account.hpp"

namespace taskward::api {

[[nodiscard]] const Shape<domain::AccountOrder>& account_order_shape();
[[nodiscard]] const Shape<model::AccountChange>& account_change_shape();

[[nodiscard]] const Parts<model::Account>& account_parts();
[[nodiscard]] const Parts<model::AccountDetail>& account_detail_parts();
[[nodiscard]] const Parts<model::Dashboard>& dashboard_parts();

/// A page of accounts; on the last one there is no next_cursor.
struct AccountPageBody {
  std::vector<model::Account> items;
  int limit = 0;
  std::optional<std::string> next_cursor;
  std::optional<std::int64_t> total;
};
[[nodiscard]] const Parts<AccountPageBody>& account_page_parts();

struct EndedSessionsBody {
  std::int64_t ended = 0;
};
[[nodiscard]] const Parts<EndedSessionsBody>& ended_sessions_parts();

/// What is published of the objects above, and of those within them.
[[nodiscard]] std::vector<ObjectFacts> admin_objects();

}  // namespace taskward::api
