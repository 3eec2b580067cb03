#include "local_times.hpp"

#include <string>

#include "taskward/base/rfc3339.hpp"

namespace taskward::api {

std::optional<calendar::Moment> iso_moment(std::string_view text, std::string_view zone,
                                           const calendar::TimeZones& zones) {
  constexpr std::size_t date_size = 10;     // 2026-01-31
  constexpr std::size_t minutes_size = 16;  // 2026-01-31T18:00
  std::string full(text);
  if (full.size() == date_size) {
    const auto midnight = parse_rfc3339(full + "T00:00:00Z");
    return midnight ? std::optional(calendar::Moment{*midnight}) : std::nullopt;
  }
  if (full.size() < minutes_size) return std::nullopt;
  if (full[date_size] == ' ') full[date_size] = 'T';
  if (full.size() == minutes_size || full[minutes_size] != ':') full.insert(minutes_size, ":00");
  if (const auto exact = parse_rfc3339(full)) return calendar::Moment{*exact};
  const auto local = parse_rfc3339(full + 'Z');
  if (!local) return std::nullopt;
  return zones.moment(
      std::chrono::local_seconds(std::chrono::floor<std::chrono::seconds>(*local).time_since_epoch()), zone);
}

}  // namespace taskward::api
