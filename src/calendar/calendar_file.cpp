#include "taskward/calendar/calendar_file.hpp"

#include <algorithm>

#include "taskward/base/text.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::calendar {
namespace {

/// Consumes a name; empty if there is none.
std::string take_name(std::string_view& text) {
  const auto is_of_name = [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; };
  std::size_t size = 0;
  while (size < text.size() && is_of_name(text[size])) ++size;
  std::string name = upper(text.substr(0, size));
  text.remove_prefix(size);
  return name;
}

/// Consumes the values of a parameter, which may be quoted, without their quotes.
std::string take_parameter_value(std::string_view& text) {
  std::string value;
  bool is_quoted = false;
  while (!text.empty() && (is_quoted || (text.front() != ';' && text.front() != ':'))) {
    if (text.front() == '"')
      is_quoted = !is_quoted;
    else
      value += text.front();
    text.remove_prefix(1);
  }
  return value;
}

/// A content line (section 3.1) as a property; its name is empty if it is not one.
Property property_of(const ContentLines::Line& line) {
  const Property none{line.number, {}};
  if (!code_points(line.is_cut ? std::string_view() : line.text)) return none;
  if (line.text.find('\0') != std::string::npos) return none;
  std::string_view rest = line.text;
  Property property{line.number, take_name(rest)};
  property.is_too_long = line.is_cut;
  if (line.is_cut) return property;
  while (rest.starts_with(';')) {
    rest.remove_prefix(1);
    std::string name = take_name(rest);
    if (name.empty() || !rest.starts_with('=')) return none;
    rest.remove_prefix(1);
    property.parameters.emplace_back(std::move(name), take_parameter_value(rest));
  }
  if (!rest.starts_with(':')) return none;
  property.value = rest.substr(1);
  return property;
}

}  // namespace

std::string_view Property::parameter(std::string_view its_name) const noexcept {
  for (const auto& [key, text] : parameters) {
    if (key == its_name) return text;
  }
  return {};
}

ContentLines::ContentLines(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

std::string_view ContentLines::take_line() noexcept {
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  ++number_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<ContentLines::Line> ContentLines::next() {
  while (!rest_.empty()) {
    const std::string_view first = take_line();
    if (first.empty()) continue;
    Line line{number_};
    const auto append = [&](std::string_view more) {
      line.is_cut = line.is_cut || more.size() > kPropertyMaxBytes - line.text.size();
      if (!line.is_cut) line.text += more;
      if (line.is_cut && line.text.empty()) line.text = more.substr(0, kPropertyMaxBytes);
    };
    append(first);
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) append(take_line().substr(1));
    return line;
  }
  return std::nullopt;
}

bool CalendarReader::is_calendar(std::string_view text) {
  const auto first = ContentLines(text).next();
  return first && equal_ignoring_case(trimmed(first->text), "BEGIN:VCALENDAR");
}

std::optional<CalendarEntry> CalendarReader::next() {
  while (const auto line = lines_.next()) {
    Property property = property_of(*line);
    const std::string name = upper(trimmed(property.value));
    if (calendar_line_ == 0) {
      if (property.name == "BEGIN" && name == "VCALENDAR") {
        calendar_line_ = line->number;
        is_outside_ = false;
      } else if (!is_outside_) {
        is_outside_ = true;
        return CalendarEntry{line->number, "is outside of a calendar"};
      }
    } else if (property.name == "END" && name == "VCALENDAR") {
      calendar_line_ = 0;
    } else if (property.name == "BEGIN") {
      return read_component(line->number, name);
    } else if (property.name.empty() || property.name == "END") {
      return CalendarEntry{line->number, "is not a property"};
    } else {
      CalendarEntry entry{line->number};
      entry.property = std::move(property);
      return entry;
    }
  }
  if (calendar_line_ == 0) return std::nullopt;
  return CalendarEntry{std::exchange(calendar_line_, 0), "begins a calendar that is not closed"};
}

CalendarEntry CalendarReader::read_component(std::size_t line, std::string name) {
  CalendarEntry entry{line};
  std::vector<Component> open{{line, std::move(name)}};
  std::size_t depth = 1;  // of the file; `open` is no longer changed after a fault
  std::size_t size = 0;
  const auto fail = [&](std::string why) {
    if (entry.fault.empty()) entry.fault = std::move(why);
  };
  while (const auto next = lines_.next()) {
    Property property = property_of(*next);
    const bool is_begin = property.name == "BEGIN";
    const bool is_end = property.name == "END";
    const std::string its_name = is_begin || is_end ? upper(trimmed(property.value)) : std::string();
    size += next->is_cut ? property.name.size() : next->text.size();
    if (is_end && its_name == "VCALENDAR") {
      calendar_line_ = 0;
      fail("is not closed");
      return entry;
    }
    if (size > kComponentMaxBytes) fail("is longer than " + std::to_string(kComponentMaxBytes) + " bytes");
    if (is_begin && ++depth > kNestingMax) fail("has too many components in each other");
    if (property.name.empty()) fail("has line " + std::to_string(next->number) + ", which is not a property");
    if (is_end && entry.fault.empty() && its_name != open.back().name)
      fail("has line " + std::to_string(next->number) + ", which ends another component");
    if (is_end) --depth;
    if (!entry.fault.empty()) {
      if (depth == 0) return entry;
      continue;
    }
    if (is_begin) {
      open.push_back({next->number, its_name});
    } else if (!is_end) {
      open.back().properties.push_back(std::move(property));
    } else if (depth > 0) {
      Component closed = std::move(open.back());
      open.pop_back();
      open.back().components.push_back(std::move(closed));
    } else {
      entry.component = std::move(open.back());
      return entry;
    }
  }
  fail("is not closed");
  calendar_line_ = 0;
  return entry;
}

}  // namespace taskward::calendar
