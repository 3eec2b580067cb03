// Metrics in the Prometheus text exposition format.
#include "src/api/metrics_text.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace taskward::api {
namespace {

using model::Metric;

BOOST_AUTO_TEST_SUITE(metrics_text)

BOOST_AUTO_TEST_CASE(metrics_without_samples_are_empty) { BOOST_TEST(api::metrics_text({}) == ""); }

BOOST_AUTO_TEST_CASE(each_metric_has_one_header_followed_by_its_series) {
  model::Samples samples;
  samples[{Metric::database_up, ""}].value = 1;
  samples[{Metric::logins, R"({method="password",outcome="success"})"}].value = 3;
  samples[{Metric::logins, R"({method="otp",outcome="success"})"}].value = 9'007'199'254'740'991;
  samples[{Metric::audit_seal_lag, ""}].value = 0.25;
  BOOST_TEST(
      api::metrics_text(samples) ==
      "# HELP taskward_logins_total Login attempts by method: password, otp or passkey, and totp, "
      "recovery_code "
      "or passkey_factor for the second step; the outcome is success or an error code.\n"
      "# TYPE taskward_logins_total counter\n"
      "taskward_logins_total{method=\"otp\",outcome=\"success\"} 9007199254740991\n"
      "taskward_logins_total{method=\"password\",outcome=\"success\"} 3\n"
      "# HELP taskward_database_up Whether the database could be queried; if not, metrics read from it are "
      "omitted.\n"
      "# TYPE taskward_database_up gauge\n"
      "taskward_database_up 1\n"
      "# HELP taskward_audit_seal_lag_seconds Age of the oldest unsealed audit record; 0 if there is none.\n"
      "# TYPE taskward_audit_seal_lag_seconds gauge\n"
      "taskward_audit_seal_lag_seconds 0.25\n");
}

BOOST_AUTO_TEST_CASE(histogram_buckets_are_cumulative) {
  model::Samples samples;
  model::Sample& sample = samples[{Metric::http_duration, R"({pool="api"})"}];
  sample.buckets.front() = 1;
  sample.buckets[1] = 2;
  sample.buckets.back() = 4;
  sample.nanoseconds = 1'500'000'000;
  const std::string text = api::metrics_text(samples);
  const std::string name = "taskward_http_request_duration_seconds";
  for (const std::string& line :
       {name + "_bucket{pool=\"api\",le=\"0.0005\"} 1\n", name + "_bucket{pool=\"api\",le=\"0.001\"} 3\n",
        name + "_bucket{pool=\"api\",le=\"10\"} 3\n", name + "_bucket{pool=\"api\",le=\"+Inf\"} 7\n",
        name + "_sum{pool=\"api\"} 1.5\n", name + "_count{pool=\"api\"} 7\n"})
    BOOST_TEST(text.find('\n' + line) != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(histogram_without_labels_has_only_the_le_label) {
  model::Samples samples;
  samples[{Metric::hashing_wait, ""}].buckets.front() = 1;
  const std::string text = api::metrics_text(samples);
  BOOST_TEST(text.find("\ntaskward_hashing_wait_seconds_bucket{le=\"0.0005\"} 1\n") != std::string::npos);
  BOOST_TEST(text.find("\ntaskward_hashing_wait_seconds_count 1\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
