#include "attempt_counting.hpp"

#include <algorithm>

namespace taskward::store {

std::string attempts_in_window(const std::string& window) {
  return "array(select m from unnest(a.moments) m where m > clock_timestamp() - make_interval(secs => " +
         window + ") order by m)";
}

std::string count_attempt_sql(const std::string& kind, const std::string& subject, const std::string& most,
                              const std::string& window, const std::string& source) {
  return "insert into taskward.attempts as a (kind, subject, moments, last_at) select " + kind + ", " +
         subject + ", array[clock_timestamp()], clock_timestamp() from " + source +
         " on conflict (kind, subject) do update set moments = " + attempts_in_window(window) +
         " || clock_timestamp(), last_at = clock_timestamp() where cardinality(" +
         attempts_in_window(window) + ") < " + most + " returning 1";
}

std::string rest_of_window(const std::string& kind, const std::string& subject, const std::string& window) {
  return "(select ceil(extract(epoch from min(m) + make_interval(secs => " + window +
         ") - clock_timestamp()))::bigint from taskward.attempts a, unnest(a.moments) m where a.kind = " +
         kind + " and a.subject = " + subject + " and m > clock_timestamp() - make_interval(secs => " +
         window + "))";
}

std::chrono::seconds retry_after(db::RowReader& row) {
  if (row.is_null()) {
    row.skip();
    return std::chrono::seconds(1);
  }
  return std::max(std::chrono::seconds(1), std::chrono::seconds(row.number()));
}

}  // namespace taskward::store
