#include "calendar.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace taskward::test {
namespace {

/// Formats the message only on failure, because there are very many lines.
template <class... Parts>
void expect(bool holds, const Parts&... parts) {
  if (holds) return;
  std::string text = "invalid calendar: ";
  (text.append(parts), ...);
  throw std::runtime_error(text);
}

/// The unfolded content lines (RFC 5545, section 3.1).
std::vector<std::string> content_lines(std::string_view text) {
  constexpr std::size_t max_size = 75;
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    expect(end != std::string_view::npos, "the last line has no CRLF");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    expect(line.size() <= max_size, "overlong line: ", line);
    expect(!line.empty(), "empty line");
    const bool is_text = std::all_of(line.begin(), line.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (byte >= 0x20 && byte != 0x7F) || c == '\t';
    });
    expect(is_text, "control character in ", line);
    if (line.front() != ' ') {
      lines.emplace_back(line);
      continue;
    }
    expect(!lines.empty() && line.size() > 1, "continuation without a line");
    expect((static_cast<unsigned char>(line[1]) & 0xC0U) != 0x80U, "character split by a fold");
    lines.back() += line.substr(1);
  }
  return lines;
}

bool is_moment(const std::string& value) {
  const std::string pattern = "00000000T000000Z";
  if (value.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool is_digit = value[i] >= '0' && value[i] <= '9';
    if (pattern[i] == '0' ? !is_digit : value[i] != pattern[i]) return false;
  }
  return true;
}

void check_todo(const Todo& todo) {
  static const std::set<std::string> moments{"DTSTAMP", "CREATED", "LAST-MODIFIED", "DUE", "COMPLETED"};
  static const std::set<std::string> texts{"UID",    "SEQUENCE", "SUMMARY",   "DESCRIPTION",
                                           "STATUS", "PRIORITY", "CATEGORIES"};
  expect(todo.count("UID") == 1 && todo.count("DTSTAMP") == 1, "VTODO without UID or DTSTAMP");
  for (const auto& [name, value] : todo) {
    expect(moments.count(name) + texts.count(name) == 1, "unexpected property ", name);
    if (moments.count(name) == 1) expect(is_moment(value), name, " is ", value);
  }
}

}  // namespace

std::vector<Todo> read_calendar(std::string_view text) {
  std::vector<Todo> todos;
  std::vector<std::string> open;
  std::size_t components = 0;
  std::set<std::string> of_calendar;
  for (const std::string& line : content_lines(text)) {
    const std::size_t colon = line.find(':');
    expect(colon != std::string::npos && colon > 0, "not a property: ", line);
    const std::string name = line.substr(0, colon);
    const std::string value = line.substr(colon + 1);
    expect(std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; }),
           "invalid name ", name);
    if (name == "BEGIN") {
      expect(open.empty() ? of_calendar.empty() && value == "VCALENDAR" : true, "content outside VCALENDAR");
      if (open.size() == 1) ++components;
      if (value == "VTODO") todos.emplace_back();
      open.push_back(value);
    } else if (name == "END") {
      expect(!open.empty() && open.back() == value, "END:", value, " without BEGIN");
      if (value == "VTODO") check_todo(todos.back());
      open.pop_back();
    } else if (!open.empty() && open.back() == "VTODO") {
      expect(todos.back().emplace(name, value).second, name, " appears more than once");
    } else {
      expect(!open.empty(), "property outside a component: ", line);
      if (open.size() == 1) expect(of_calendar.insert(name).second, name, " appears more than once");
    }
  }
  expect(open.empty() && components > 0, "VCALENDAR is not closed or has no component");
  expect(of_calendar == std::set<std::string>{"PRODID", "VERSION"},
         "properties other than PRODID and VERSION");
  return todos;
}

std::string calendar_text(std::string_view value) {
  const auto texts = calendar_texts(value);
  expect(texts.size() == 1, "unescaped comma");
  return texts.front();
}

std::vector<std::string> calendar_texts(std::string_view value) {
  std::vector<std::string> texts(1);
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    expect(c != ';', "unescaped semicolon");
    if (c == ',') {
      texts.emplace_back();
    } else if (c != '\\') {
      texts.back() += c;
    } else {
      expect(++i < value.size() && std::string_view("\\;,nN").find(value[i]) != std::string_view::npos,
             "invalid escape");
      texts.back() += value[i] == 'n' || value[i] == 'N' ? '\n' : value[i];
    }
  }
  return texts;
}

}  // namespace taskward::test
