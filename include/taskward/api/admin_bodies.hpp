// Bodies of the administration routes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "taskward/api/parts.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/domain/administration.hpp"
#include "taskward/model/account.hpp"

namespace taskward::api {

[[nodiscard]] const Shape<domain::AccountOrder>& account_order_shape();
[[nodiscard]] const Shape<model::AccountChange>& account_change_shape();

[[nodiscard]] const Parts<model::Account>& account_parts();
[[nodiscard]] const Parts<model::AccountDetail>& account_detail_parts();
[[nodiscard]] const Parts<model::Dashboard>& dashboard_parts();

struct StatisticsBody {
  std::vector<model::DayStatistics> items;
};
[[nodiscard]] const Parts<StatisticsBody>& statistics_parts();

/// A page of accounts. The last page has no next_cursor.
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

}  // namespace taskward::api
