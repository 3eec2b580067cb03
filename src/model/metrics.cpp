#include "taskward/model/metrics.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "taskward/base/text.hpp"

namespace taskward::model {
namespace {

constexpr std::array kMetrics{
#define X(id, kind, name, labels, help) MetricFacts{Metric::id, MetricKind::kind, name, labels, help},
    TASKWARD_METRICS(X)
#undef X
};

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

/// Consumes a quoted value.
bool take_value(std::string_view& text) noexcept {
  if (!text.starts_with('"')) return false;
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\n' || text.front() == '\0') return false;
    if (text.front() == '\\') {
      if (text.size() < 2 || std::string_view("\\\"n").find(text[1]) == std::string_view::npos) return false;
      text.remove_prefix(1);
    }
    text.remove_prefix(1);
  }
  if (text.empty()) return false;
  text.remove_prefix(1);
  return true;
}

bool take(std::string_view& text, std::string_view piece) noexcept {
  if (!text.starts_with(piece)) return false;
  text.remove_prefix(piece.size());
  return true;
}

}  // namespace

std::string_view name(MetricKind kind) noexcept {
  switch (kind) {
    case MetricKind::counter:
      return "counter";
    case MetricKind::gauge:
      return "gauge";
    case MetricKind::histogram:
      return "histogram";
  }
  return "";
}

std::span<const MetricFacts> every_metric() noexcept { return kMetrics; }

const MetricFacts& facts(Metric metric) noexcept { return kMetrics[static_cast<std::size_t>(metric)]; }

std::size_t bucket_of(std::chrono::nanoseconds taken) noexcept {
  const auto* const found = std::find_if(kBucketBounds.begin(), kBucketBounds.end(),
                                         [&](const BucketBound& bound) { return taken <= bound.most; });
  return static_cast<std::size_t>(found - kBucketBounds.begin());
}

std::string label_text(Metric metric, std::span<const std::string_view> values) {
  const auto names = split(facts(metric).labels, ' ');
  if (names.size() != values.size()) {
    throw std::logic_error(std::string(facts(metric).name) + " was counted with wrong labels");
  }
  if (names.empty()) return {};
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    out += i == 0 ? '{' : ',';
    out.append(names[i]).append("=\"");
    append_escaped(out, values[i]);
    out += '"';
  }
  return out + '}';
}

bool is_label_text(Metric metric, std::string_view text) noexcept {
  std::string_view names = facts(metric).labels;
  if (names.empty()) return text.empty();
  char before = '{';
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    if (!take(text, {&before, 1}) || !take(text, names.substr(0, end)) || !take(text, "=") ||
        !take_value(text))
      return false;
    names.remove_prefix(std::min(end + 1, names.size()));
    before = ',';
  }
  return text == "}";
}

}  // namespace taskward::model
