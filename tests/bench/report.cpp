#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iomanip>
#include <sstream>
#include <utility>

#include "taskward/json/writer.hpp"

namespace taskward::bench {
namespace {

using Results = std::vector<Result>;

std::string ratio(double part, double whole) { return whole > 0 ? fixed(part / whole, 2) : "-"; }

// ---------------------------------------------------------------- text

void write_scenarios(std::ostream& out, const Results& results) {
  if (results.empty()) return;
  out << "\n## Scenarios\n\n| Scenario | Requests/s | p50 ms | p99 ms | of minimal | of nginx | of both | "
         "WAL bytes |"
         " Buffers | Planning |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
  for (const Result& one : results)
    out << "| " << one.name << " | " << fixed(one.rate, 0) << " | " << fixed(one.p50, 1) << " | "
        << fixed(one.p99, 1) << " | " << ratio(one.rate, one.minimal) << " | " << ratio(one.rate, one.nginx)
        << " | " << ratio(one.rate, one.ceiling()) << " | " << fixed(one.wal, 0) << " | "
        << fixed(one.buffers, 0) << " | " << fixed(100 * one.planning, 1) << " % |\n";
  out << "\nProcessors in use:\n\n| Scenario |";
  for (const std::string_view part : kParts) out << ' ' << part << " |";
  out << "\n|---|--:|--:|--:|--:|--:|--:|\n";
  for (const Result& one : results) {
    out << "| " << one.name << " |";
    for (const double cores : one.cores) out << ' ' << fixed(cores, 2) << " |";
    out << '\n';
  }
}

/// Sizes in rows, scenarios in columns.
void write_by_size(std::ostream& out, const std::string& title, const Results& results) {
  if (results.empty()) return;
  out << "\n## " << title << "\n\nRequests per second, and p50 / p99 in milliseconds.\n";
  std::string head = "\n| " + title + " |";
  std::string rule = "\n|--:|";
  std::string rows;
  double size = 0;
  for (const Result& one : results) {
    if (one.size == results.front().size) {
      head += ' ' + one.name + " |";
      rule += "--:|";
    }
    if (one.size != size) rows += "\n| " + fixed(size = one.size, 0) + " |";
    rows += ' ' + fixed(one.rate, 0) + " (" + fixed(one.p50, 1) + " / " + fixed(one.p99, 1) + ") |";
  }
  out << head << rule << rows << '\n';
}

// ---------------------------------------------------------------- JSON

void write_number(json::Writer& json, std::string_view name, double value) {
  json.key(name);
  json.raw(fixed(value, 3));
}

void write_text(json::Writer& json, std::string_view name, std::string_view value) {
  json.key(name);
  json.string(value);
}

template <class List>
void write_list(json::Writer& json, std::string_view name, const List& list, const auto& write) {
  json.key(name);
  json.begin_array();
  for (const auto& item : list) write(item);
  json.end_array();
}

void write_result(json::Writer& json, const Result& one) {
  json.begin_object();
  write_text(json, "name", one.name);
  const auto share = [&one](double whole) { return whole > 0 ? one.rate / whole : 0; };
  const std::vector<std::pair<const char*, double>> members{{"size", one.size},
                                                            {"requests", one.requests},
                                                            {"requests_per_second", one.rate},
                                                            {"p50_ms", one.p50},
                                                            {"p99_ms", one.p99},
                                                            {"refused", one.refused},
                                                            {"broken", one.broken},
                                                            {"minimal_per_second", one.minimal},
                                                            {"nginx_per_second", one.nginx},
                                                            {"of_minimal", share(one.minimal)},
                                                            {"of_nginx", share(one.nginx)},
                                                            {"of_both", share(one.ceiling())},
                                                            {"wal_bytes_per_request", one.wal},
                                                            {"buffers_per_request", one.buffers},
                                                            {"statements_per_request", one.statements},
                                                            {"planning_share", one.planning}};
  for (const auto& [name, value] : members) write_number(json, name, value);
  json.key("processors");
  json.begin_object();
  for (std::size_t i = 0; i < kParts.size(); ++i) write_number(json, kParts[i], one.cores[i]);
  json.end_object();
  json.key("statuses");
  json.begin_object();
  for (const auto& [status, count] : one.statuses) write_number(json, std::to_string(status), count);
  json.end_object();
  json.end_object();
}

// ---------------------------------------------------------------- SVG

constexpr std::array<const char*, 6> kColours{"#2b6cb0", "#c05621", "#2f855a",
                                              "#6b46c1", "#b83280", "#718096"};

class Drawing {
 public:
  void label(double x, double y, const char* anchor, const std::string& text) {
    out_ << "<text x='" << x << "' y='" << y << "' text-anchor='" << anchor << "'>" << text << "</text>\n";
  }
  void bar(double x, double y, double width, std::size_t colour) {
    out_ << "<rect x='" << x << "' y='" << y << "' width='" << width << "' height='10' fill='"
         << kColours[colour] << "'/>\n";
  }
  void line(const std::string& points, const char* colour) {
    out_ << "<polyline fill='none' stroke='" << colour << "' points='" << points << "'/>\n";
  }
  static std::string point(double x, double y) { return fixed(x, 1) + ',' + fixed(y, 1) + ' '; }

  /// A bar for each scenario and ceiling.
  void bars(const Results& results) {
    constexpr double kLeft = 160;
    constexpr double kScale = 400;
    label(10, top += 20, "start", "Requests per second, relative to ceilings of the same run");
    top += 10;
    const double begin = top;
    for (const Result& one : results) {
      label(kLeft - 8, top + 15, "end", one.name + ": " + fixed(one.rate, 0));
      std::size_t colour = 0;
      for (const double whole : {one.ceiling(), one.minimal}) {
        const double share = whole > 0 ? std::min(1.25, one.rate / whole) : 0;
        bar(kLeft, top, share * kScale, colour++);
        label(kLeft + share * kScale + 4, top + 9, "start", ratio(one.rate, whole));
        top += 11;
      }
      top += 6;
    }
    for (const double at : {0.0, 0.5, 1.0})
      line(point(kLeft + at * kScale, begin) + point(kLeft + at * kScale, top), "#a0aec0");
    bar(kLeft, top += 8, 10, 0);
    label(kLeft + 15, top + 9, "start", "of nginx and the minimal statement, one after the other");
    bar(kLeft, top += 16, 10, 1);
    label(kLeft + 15, top + 9, "start", "of the minimal statement alone");
    top += 30;
  }

  /// A line for each scenario over sizes on a logarithmic scale.
  void lines(const std::string& title, const Results& results,
             const std::function<double(const Result&)>& height) {
    if (results.empty() || results.front().size == results.back().size) return;
    constexpr double kHeight = 180;
    label(10, top += 20, "start", title);
    top += 15;
    double most = 0;
    for (const Result& one : results) most = std::max(most, height(one) * 1.1);
    const double from = std::log(results.front().size);
    const double span = std::log(results.back().size) - from;
    const auto x = [&](const Result& one) { return 70 + (std::log(one.size) - from) / span * 460; };
    const auto y = [&](double value) { return top + kHeight * (1 - value / most); };
    for (int i = 0; i <= 4; ++i) {
      line(point(70, y(most * i / 4)) + point(530, y(most * i / 4)), "#cbd5e0");
      label(64, y(most * i / 4) + 4, "end", fixed(most * i / 4, most < 10 ? 2 : 0));
    }
    std::map<std::string, std::string> points;
    for (const Result& one : results) {
      if (one.name == results.front().name) label(x(one), top + kHeight + 16, "middle", fixed(one.size, 0));
      points[one.name] += point(x(one), y(height(one)));
    }
    std::size_t number = 0;
    for (const auto& [name, its] : points) {
      const std::size_t colour = number++ % kColours.size();
      line(its, kColours[colour]);
      bar(545, top + 16 * static_cast<double>(number), 10, colour);
      label(560, top + 16 * static_cast<double>(number) + 9, "start", name);
    }
    top += kHeight + 40;
  }

  std::string take() {
    return "<svg xmlns='http://www.w3.org/2000/svg' width='720' height='" + fixed(top, 0) +
           "' font-family='sans-serif' font-size='12' stroke-width='2'>\n<rect width='100%' height='100%'"
           " fill='white'/>\n" +
           out_.str() + "</svg>\n";
  }

 private:
  std::ostringstream out_;
  double top = 0;
};

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
  write_scenarios(out, scenarios);
  if (!owner.empty())
    out << "\n## An owner of 50 000 tasks\n\n| Request | p50 ms | p99 ms |\n|---|--:|--:|\n";
  for (const Result& one : owner)
    out << "| `" << one.name << "` | " << fixed(one.p50, 1) << " | " << fixed(one.p99, 1) << " |\n";
  write_by_size(out, "Tasks", growth);
  write_by_size(out, "Connections", connections);
  if (!soak.empty())
    out << "\n## Soak\n\n| Meanwhile | Requests | p99 ms | Refused | Broken |\n|---|--:|--:|--:|--:|\n";
  for (const Result& one : soak)
    out << "| " << one.name << " | " << fixed(one.requests, 0) << " | " << fixed(one.p99, 1) << " | "
        << fixed(one.refused, 0) << " | " << fixed(one.broken, 0) << " |\n";
  if (!numbers.empty()) out << "\n| Number | |\n|---|--:|\n";
  for (const auto& [name, value] : numbers)
    out << "| " << name << " | " << fixed(value, value < 10 ? 1 : 0) << " |\n";
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
  json::Writer json;
  const auto write = [&json](const Result& one) { write_result(json, one); };
  const auto write_line = [&json](const std::string& text) { json.string(text); };
  json.begin_object();
  for (const auto& [name, value] : run) write_text(json, name, value);
  json.key("clean");
  json.boolean(errors.empty());
  write_list(json, "reasons", errors, write_line);
  write_list(json, "warnings", warnings, write_line);
  write_list(json, "goals", goals, [&json](const Goal& goal) {
    json.begin_object();
    write_text(json, "name", goal.name);
    write_number(json, "value", goal.value);
    write_number(json, goal.is_most ? "most" : "least", goal.limit);
    json.key("met");
    json.boolean(goal.is_met());
    json.end_object();
  });
  json.key("numbers");
  json.begin_object();
  for (const auto& [name, value] : numbers) write_number(json, name, value);
  json.end_object();
  write_list(json, "scenarios", scenarios, write);
  write_list(json, "owner", owner, write);
  write_list(json, "growth", growth, write);
  write_list(json, "connections", connections, write);
  write_list(json, "soak", soak, write);
  json.end_object();
  return json.take() + '\n';
}

std::string Report::svg() const {
  Drawing drawing;
  if (!scenarios.empty()) drawing.bars(scenarios);
  // Relative to nginx at that moment, because the speed of a machine changes.
  drawing.lines("Requests per second by number of tasks, relative to nginx alone", growth,
                [](const Result& one) { return one.rate / one.nginx; });
  drawing.lines("Requests per second by number of connections", connections,
                [](const Result& one) { return one.rate; });
  return drawing.take();
}

}  // namespace taskward::bench
