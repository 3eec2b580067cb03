// The list of metrics, and the encoding of labels.
#include "taskward/model/metrics.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <stdexcept>
#include <vector>

namespace taskward::model {
namespace {

using namespace std::chrono_literals;

std::string labels_of(Metric metric, std::vector<std::string_view> values) {
  return label_text(metric, values);
}

/// Every metric name in the README.
std::set<std::string> names_in_document() {
  const char* root = std::getenv("TASKWARD_REPO");  // NOLINT: no other thread modifies the environment
  std::ifstream in(std::string(root == nullptr ? "." : root) + "/docs/operations.md");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  BOOST_TEST_REQUIRE(!text.empty());
  const std::regex name("\\| `(taskward_[a-z_]+)[`{]");
  std::set<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) names.insert((*at)[1]);
  return names;
}

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(metric_names_are_unique_and_follow_prometheus_conventions) {
  std::set<std::string_view> names;
  for (const MetricFacts& one : every_metric()) {
    BOOST_TEST(names.insert(one.name).second, one.name);
    BOOST_TEST(one.name.starts_with("taskward_"), one.name);
    BOOST_TEST(one.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos, one.name);
    BOOST_TEST(one.name.ends_with("_total") == (one.kind == MetricKind::counter), one.name);
    if (one.kind == MetricKind::histogram) BOOST_TEST(one.name.ends_with("_seconds"), one.name);
    BOOST_TEST(!one.help.empty());
    BOOST_TEST(&facts(one.metric) == &one);
  }
}

BOOST_AUTO_TEST_CASE(readme_lists_exactly_the_metrics) {
  std::set<std::string> names;
  for (const MetricFacts& one : every_metric()) names.insert(std::string(one.name));
  BOOST_TEST(names_in_document() == names, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(labels_are_escaped_as_in_the_text_format) {
  BOOST_TEST(labels_of(Metric::lockouts, {}) == "");
  BOOST_TEST(labels_of(Metric::logins, {"password", "success"}) ==
             R"({method="password",outcome="success"})");
  BOOST_TEST(labels_of(Metric::limit_refusals, {"a\\b\"c\nd"}) == R"({limit="a\\b\"c\nd"})");
  BOOST_CHECK_THROW(labels_of(Metric::logins, {"password"}), std::logic_error);
  BOOST_CHECK_THROW(labels_of(Metric::lockouts, {"x"}), std::logic_error);
}

BOOST_AUTO_TEST_CASE(only_well_formed_label_text_is_recognized) {
  for (const std::string_view value : {"", "x", "a\\b\"c\nd", "\"", "\\", "{}", "ä"})
    BOOST_TEST(is_label_text(Metric::logins, labels_of(Metric::logins, {value, value})), value);
  BOOST_TEST(is_label_text(Metric::lockouts, ""));
  for (const std::string_view text :
       {"", "{", "{}", R"({method="x"})", R"({outcome="x",method="y"})", R"({method="x",outcome="y"} )",
        R"({method="x",outcome="y)", R"({method="x",outcome="y\)", R"({method="x",outcome="\y"})",
        R"({method="x" ,outcome="y"})", R"({method=x,outcome="y"})", "{method=\"x\",outcome=\"y\n\"}"})
    BOOST_TEST(!is_label_text(Metric::logins, text), text);
  BOOST_TEST(!is_label_text(Metric::lockouts, "{}"));
}

BOOST_AUTO_TEST_CASE(duration_is_counted_in_the_first_bucket_that_contains_it) {
  BOOST_TEST(bucket_of(0ns) == 0U);
  BOOST_TEST(bucket_of(500us) == 0U);
  BOOST_TEST(bucket_of(500us + 1ns) == 1U);
  BOOST_TEST(bucket_of(10s) == kBuckets - 2);
  BOOST_TEST(bucket_of(10s + 1ns) == kBuckets - 1);
  BOOST_TEST(std::is_sorted(kBucketBounds.begin(), kBucketBounds.end(),
                            [](const auto& a, const auto& b) { return a.most < b.most; }));
  for (const BucketBound& bound : kBucketBounds) {
    const std::chrono::duration<double> seconds(std::stod(std::string(bound.seconds)));
    BOOST_TEST((std::chrono::round<std::chrono::nanoseconds>(seconds) == bound.most), bound.seconds);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
