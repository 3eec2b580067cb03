#include "report.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <set>
#include <sstream>

namespace taskward::bench {
namespace {

using Results = std::vector<Result>;

std::string ratio(double part, double whole) { return whole > 0 ? fixed(part / whole, 2) : "-"; }

std::string cpu_text(const CpuTimes& cores) {
  std::string text;
  for (const double value : cores) text += (text.empty() ? "" : " / ") + fixed(value, 2);
  return text;
}

/// Sizes in rows, scenarios in columns.
void write_by_size(std::ostream& out, const std::string& title, const std::string& size,
                   const Results& results) {
  if (results.empty()) return;
  std::vector<std::string> names;
  for (const Result& one : results)
    if (one.size == results.front().size) names.push_back(one.name);
  out << "\n## " << title << "\n\nRequests per second, and p50 / p99 in milliseconds.\n\n| " << size << " |";
  for (const std::string& name : names) out << ' ' << name << " |";
  out << "\n|--:|";
  for (std::size_t i = 0; i < names.size(); ++i) out << "--:|";
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i % names.size() == 0) out << "\n| " << fixed(results[i].size, 0) << " |";
    out << ' ' << fixed(results[i].rate, 0) << " (" << fixed(results[i].p50, 1) << " / "
        << fixed(results[i].p99, 1) << ") |";
  }
  out << '\n';
}

class Json {
 public:
  Json() { writer_.SetMaxDecimalPlaces(3); }
  Json& key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
  }
  void text(std::string_view value) {
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  void number(double value) { writer_.Double(value); }
  void boolean(bool value) { writer_.Bool(value); }
  void number(std::string_view name, double value) { key(name).number(value); }
  template <class Body>
  void object(const Body& body) {
    writer_.StartObject();
    body();
    writer_.EndObject();
  }
  template <class List, class Body>
  void array(std::string_view name, const List& list, const Body& body) {
    key(name);
    writer_.StartArray();
    for (const auto& item : list) body(item);
    writer_.EndArray();
  }
  std::string take() { return std::string(buffer_.GetString()) + '\n'; }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer_{buffer_};
};

void write_result(Json& json, const Result& one) {
  json.object([&] {
    json.key("name").text(one.name);
    const std::vector<std::pair<const char*, double>> members{
        {"size", one.size},
        {"requests", one.requests},
        {"rate", one.rate},
        {"p50_ms", one.p50},
        {"p99_ms", one.p99},
        {"refused", one.refused},
        {"broken", one.broken},
        {"minimal_rate", one.minimal},
        {"nginx_rate", one.nginx},
        {"of_minimal", one.minimal > 0 ? one.rate / one.minimal : 0},
        {"of_nginx", one.nginx > 0 ? one.rate / one.nginx : 0},
        {"of_both", one.ceiling() > 0 ? one.rate / one.ceiling() : 0},
        {"wal_bytes_per_request", one.wal},
        {"buffers_per_request", one.buffers},
        {"statements_per_request", one.statements},
        {"planning_share", one.planning}};
    for (const auto& [name, value] : members)
      if (value != 0 || std::string_view(name) != "size") json.number(name, value);
    json.key("cores").object([&] {
      for (std::size_t i = 0; i < kParts.size(); ++i) json.number(kParts[i], one.cores[i]);
    });
    if (one.statuses.empty()) return;
    json.key("statuses").object([&] {
      for (const auto& [status, count] : one.statuses) json.number(std::to_string(status), count);
    });
  });
}

constexpr int kWidth = 760;
constexpr int kLeft = 220;
constexpr int kPlot = 460;
constexpr std::array<const char*, 6> kColours{"#2b6cb0", "#c05621", "#2f855a",
                                              "#6b46c1", "#b83280", "#718096"};

void write_label(std::ostream& out, double x, double y, const std::string& anchor, const std::string& text) {
  out << "<text x='" << fixed(x, 0) << "' y='" << fixed(y, 0) << "' text-anchor='" << anchor << "'>";
  for (const char c : text) out << (c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c));
  out << "</text>\n";
}

void write_axis(std::ostream& out, int top, int bottom, double x, const std::string& text) {
  out << "<line x1='" << x << "' x2='" << x << "' y1='" << top << "' y2='" << bottom
      << "' stroke='#cbd5e0'/>\n";
  write_label(out, x, bottom + 14, "middle", text);
}

/// Returns where the next part begins.
int write_bars(std::ostream& out, int top, const Results& results) {
  write_label(out, 10, top + 16, "start", "Requests per second, relative to the ceilings of the same run");
  top += 28;
  int y = top;
  std::ostringstream bars;
  for (const Result& one : results) {
    if (one.minimal <= 0) continue;
    write_label(bars, kLeft - 8, y + 16, "end", one.name + ": " + fixed(one.rate, 0) + "/s");
    int height = y;
    for (const double share : {one.rate / one.ceiling(), one.rate / one.minimal}) {
      bars << "<rect x='" << kLeft << "' y='" << height << "' height='10' width='"
           << fixed(std::min(share, 1.2) * kPlot / 1.2, 1) << "' fill='" << kColours[height == y ? 0 : 1]
           << "'/>\n";
      write_label(bars, kLeft + std::min(share, 1.2) * kPlot / 1.2 + 4, height + 9, "start", fixed(share, 2));
      height += 11;
    }
    y += 28;
  }
  for (const double at : {0.0, 0.25, 0.5, 0.75, 1.0})
    write_axis(out, top - 4, y, kLeft + at * kPlot / 1.2, fixed(at, 2));
  out << bars.str();
  int x = kLeft;
  for (const char* text : {"of nginx and the minimal statement together", "of the minimal statement"}) {
    out << "<rect x='" << x << "' y='" << y + 24 << "' width='10' height='10' fill='"
        << kColours[x == kLeft ? 0 : 1] << "'/>\n";
    write_label(out, x + 15, y + 33, "start", text);
    x += 290;
  }
  return y + 60;
}

int write_lines(std::ostream& out, int top, const std::string& title, const Results& results,
                bool is_relative) {
  constexpr int kHeight = 180;
  std::set<double> sizes;
  double most = 0;
  const auto value = [&](const Result& one) {
    if (!is_relative) return one.rate;
    return one.rate / std::find_if(results.begin(), results.end(), [&](const Result& first) {
                        return first.name == one.name;
                      })->rate;
  };
  for (const Result& one : results) {
    sizes.insert(one.size);
    most = std::max(most, value(one) * 1.1);
  }
  if (sizes.size() < 2) return top;
  write_label(out, 10, top + 16, "start", title);
  top += 28;
  const double from = std::log(*sizes.begin());
  const double span = std::log(*sizes.rbegin()) - from;
  const auto x = [&](double size) { return 70 + (std::log(size) - from) / span * 540; };
  const auto y = [&](double height) { return top + kHeight * (1 - height / most); };
  for (const double size : sizes) write_axis(out, top, top + kHeight, x(size), fixed(size, 0));
  for (int i = 0; i <= 4; ++i) {
    const double height = most * i / 4;
    out << "<line x1='70' x2='610' y1='" << y(height) << "' y2='" << y(height) << "' stroke='#cbd5e0'/>\n";
    write_label(out, 64, y(height) + 4, "end", fixed(height, is_relative ? 2 : 0));
  }
  std::vector<std::string> names;
  for (const Result& one : results)
    if (std::find(names.begin(), names.end(), one.name) == names.end()) names.push_back(one.name);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const char* colour = kColours[i % kColours.size()];
    out << "<polyline fill='none' stroke='" << colour << "' stroke-width='2' points='";
    for (const Result& one : results)
      if (one.name == names[i]) out << x(one.size) << ',' << y(value(one)) << ' ';
    out << "'/>\n<rect x='625' y='" << top + 20 * static_cast<int>(i) << "' width='10' height='10' fill='" << colour << "'/>\n";
    write_label(out, 640, top + 9 + 20.0 * static_cast<double>(i), "start", names[i]);
  }
  return top + kHeight + 40;
}

}  // namespace

std::string fixed(double value, int digits) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << value;
  return out.str();
}

bool Report::is_good() const {
  return errors.empty() &&
         std::all_of(goals.begin(), goals.end(), [](const Goal& goal) { return goal.is_met(); });
}

std::string Report::text() const {
  std::ostringstream out;
  for (const auto& [name, value] : run) out << name << ": " << value << '\n';
  if (!scenarios.empty()) {
    out << "\n## Scenarios\n\n| Scenario | Requests/s | p50 ms | p99 ms | of minimal | of nginx | of both |"
           " WAL bytes | Buffers | Planning |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
    for (const Result& one : scenarios)
      out << "| " << one.name << " | " << fixed(one.rate, 0) << " | " << fixed(one.p50, 1) << " | "
          << fixed(one.p99, 1) << " | " << ratio(one.rate, one.minimal) << " | " << ratio(one.rate, one.nginx)
          << " | " << ratio(one.rate, one.ceiling()) << " | " << fixed(one.wal, 0) << " | "
          << fixed(one.buffers, 0) << " | " << fixed(100 * one.planning, 1) << " % |\n";
    out << "\n| Scenario | Processors used by nginx / workers / background / PostgreSQL / load / other "
           "|\n|---|---|\n";
    for (const Result& one : scenarios) out << "| " << one.name << " | " << cpu_text(one.cores) << " |\n";
  }
  if (!owner.empty())
    out << "\n## An owner of 50 000 tasks\n\n| Request | p50 ms | p99 ms |\n|---|--:|--:|\n";
  for (const Result& one : owner)
    out << "| `" << one.name << "` | " << fixed(one.p50, 1) << " | " << fixed(one.p99, 1) << " |\n";
  write_by_size(out, "Growth", "Tasks", growth);
  write_by_size(out, "Connections", "Connections", connections);
  if (!soak.empty())
    out << "\n## Soak\n\n| In between | Requests | p99 ms | Refused | Broken |\n|---|--:|--:|--:|--:|\n";
  for (const Result& one : soak)
    out << "| " << one.name << " | " << fixed(one.requests, 0) << " | " << fixed(one.p99, 1) << " | "
        << fixed(one.refused, 0) << " | " << fixed(one.broken, 0) << " |\n";
  if (!numbers.empty()) out << "\n| Number | |\n|---|--:|\n";
  for (const auto& [name, value] : numbers)
    out << "| " << name << " | " << fixed(value, value < 10 ? 2 : 0) << " |\n";
  if (!goals.empty()) out << "\n| Goal | Measured | Limit | |\n|---|--:|--:|---|\n";
  for (const Goal& goal : goals)
    out << "| " << goal.name << " | " << fixed(goal.value, 2) << " | " << (goal.is_most ? "≤ " : "≥ ")
        << fixed(goal.limit, 2) << " | " << (goal.is_met() ? "met" : "not met") << " |\n";
  out << '\n';
  for (const std::string& warning : warnings) out << "warning: " << warning << '\n';
  for (const std::string& error : errors) out << "not clean: " << error << '\n';
  if (errors.empty()) out << "clean: no errors\n";
  return out.str();
}

std::string Report::json() const {
  Json json;
  json.object([&] {
    json.key("run").object([&] {
      for (const auto& [name, value] : run) json.key(name).text(value);
    });
    json.key("clean").boolean(errors.empty());
    json.array("reasons", errors, [&](const std::string& text) { json.text(text); });
    json.array("warnings", warnings, [&](const std::string& text) { json.text(text); });
    json.array("goals", goals, [&](const Goal& goal) {
      json.object([&] {
        json.key("name").text(goal.name);
        json.number("value", goal.value);
        json.number(goal.is_most ? "most" : "least", goal.limit);
        json.key("met").boolean(goal.is_met());
      });
    });
    json.key("numbers").object([&] {
      for (const auto& [name, value] : numbers) json.number(name, value);
    });
    const auto write = [&](const Result& one) { write_result(json, one); };
    json.array("scenarios", scenarios, write);
    json.array("owner", owner, write);
    json.array("growth", growth, write);
    json.array("connections", connections, write);
    json.array("soak", soak, write);
  });
  return json.take();
}

std::string Report::svg() const {
  std::ostringstream body;
  int y = 10;
  if (std::any_of(scenarios.begin(), scenarios.end(), [](const Result& one) { return one.minimal > 0; }))
    y = write_bars(body, y, scenarios);
  y = write_lines(body, y, "Requests per second by number of tasks, relative to the smallest", growth, true);
  y = write_lines(body, y, "Requests per second by number of connections", connections, false);
  return "<svg xmlns='http://www.w3.org/2000/svg' width='" + std::to_string(kWidth) + "' height='" +
         std::to_string(y) + "' font-family='sans-serif' font-size='12' fill='#1a202c'>\n" +
         "<rect width='100%' height='100%' fill='white'/>\n" + body.str() + "</svg>\n";
}

}  // namespace taskward::bench
