#include "metrics_text.hpp"

#include <array>
#include <charconv>

namespace taskward::api {
namespace {

using model::Metric;
using model::MetricKind;
using model::Sample;

/// The shortest text that parses to the same number.
std::string number(double value) {
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), written.ptr};
}

std::string help_of(std::string_view help) {
  std::string out;
  for (const char c : help) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

void append_head(std::string& out, const model::MetricFacts& metric) {
  out.append("# HELP ").append(metric.name).append(" ").append(help_of(metric.help)).append("\n");
  out.append("# TYPE ").append(metric.name).append(" ").append(name(metric.kind)).append("\n");
}

void append_line(std::string& out, std::string_view name, const std::string& labels,
                 const std::string& value) {
  out.append(name).append(labels).append(" ").append(value).append("\n");
}

/// The labels with `le` added at the end.
std::string with_bound(const std::string& labels, std::string_view bound) {
  const std::string before = labels.empty() ? "{" : labels.substr(0, labels.size() - 1) + ',';
  return before + "le=\"" + std::string(bound) + "\"}";
}

void append_histogram(std::string& out, std::string_view name, const std::string& labels,
                      const Sample& sample) {
  const std::string base(name);
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < model::kBuckets; ++i) {
    count += sample.buckets[i];
    const bool is_last = i == model::kBucketBounds.size();
    append_line(out, base + "_bucket",
                with_bound(labels, is_last ? std::string_view("+Inf") : model::kBucketBounds[i].seconds),
                std::to_string(count));
  }
  append_line(out, base + "_sum", labels, number(static_cast<double>(sample.nanoseconds) / 1e9));
  append_line(out, base + "_count", labels, std::to_string(count));
}

}  // namespace

std::string metrics_text(const model::Samples& samples) {
  std::string out;
  const model::MetricFacts* metric = nullptr;
  // The samples are sorted by metric, then by labels.
  for (const auto& [series, sample] : samples) {
    if (metric == nullptr || metric->metric != series.first) {
      metric = &model::facts(series.first);
      append_head(out, *metric);
    }
    if (metric->kind == MetricKind::histogram)
      append_histogram(out, metric->name, series.second, sample);
    else
      append_line(out, metric->name, series.second, number(sample.value));
  }
  return out;
}

}  // namespace taskward::api
