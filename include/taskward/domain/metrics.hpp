// What is told to those who watch over the service.
#pragma once

#include <chrono>
#include <string_view>

#include "taskward/domain/resources.hpp"
#include "taskward/model/metrics.hpp"

namespace taskward::domain {

/// How long the database may take; a scraper gives up after some seconds.
inline constexpr std::chrono::milliseconds kMetricsWait{1'000};

/// Whether a client of that address may read them.
[[nodiscard]] bool may_read_metrics(const Rules& rules, std::string_view address);

/// The sum of what the processes of this host have counted, and what the database says of the service as a
/// whole. Where it does not say that in time, database_up is 0 and the rest of it is left out.
[[nodiscard]] model::Samples gather_metrics(const Resources& resources);

}  // namespace taskward::domain
