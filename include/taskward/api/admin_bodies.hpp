// The bodies of the routes of administration: THE tables of their members, and what is written.
#pragma once

#include <vector>

#include "taskward/api/bodies.hpp"
#include "taskward/api/shape.hpp"
#include "taskward/domain/administration.hpp"
#include "taskward/json/writer.hpp"
#include "taskward/model/account.hpp"

namespace taskward::api {

[[nodiscard]] const Shape<domain::AccountOrder>& account_order_shape();
[[nodiscard]] const Shape<model::AccountChange>& account_change_shape();

/// What an account has beside user_parts.
[[nodiscard]] const std::vector<Part<model::Account>>& account_parts();
/// What the look at one account has beside those.
[[nodiscard]] const std::vector<Part<model::AccountDetail>>& account_detail_parts();
[[nodiscard]] const std::vector<Part<model::Dashboard>>& dashboard_parts();

void write_account(json::Writer& w, const model::Account& account);
void write_account(json::Writer& w, const model::AccountDetail& account);

}  // namespace taskward::api
