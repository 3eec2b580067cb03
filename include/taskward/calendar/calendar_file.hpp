// Reads the components of calendars (iCalendar, RFC 5545) from untrusted text, one at a time.
//
//   CalendarReader calendar(text);
//   while (const auto entry = calendar.next()) …
//
// Lines end with CRLF or LF. Folded lines are joined, also where a fold splits a character.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskward::calendar {

/// The maximum size of a property with its name. A longer one is read without its value.
inline constexpr std::size_t kPropertyMaxBytes = 256UL * 1024;
/// The maximum size of a component, with the components in it.
inline constexpr std::size_t kComponentMaxBytes = 1024UL * 1024;
/// How many components may be in each other, below the calendar.
inline constexpr std::size_t kNestingMax = 3;

struct Property {
  std::size_t line = 0;                                           ///< of the file, from 1
  std::string name;                                               ///< in upper case
  std::vector<std::pair<std::string, std::string>> parameters{};  ///< names in upper case, values unquoted
  std::string value{};                                            ///< with escapes; UTF-8 without a NUL
  bool is_too_long = false;                                       ///< then it has no value

  /// Empty if there is no such parameter.
  [[nodiscard]] std::string_view parameter(std::string_view its_name) const noexcept;
};

struct Component {
  std::size_t line = 0;
  std::string name;  ///< in upper case
  std::vector<Property> properties{};
  std::vector<Component> components{};
};

/// A component or property of a calendar.
struct CalendarEntry {
  std::size_t line = 0;
  std::string fault{};  ///< why it is invalid, such as "is not closed"; empty if it is valid
  std::optional<Property> property{};
  std::optional<Component> component{};
};

/// The lines of a file without folds.
class ContentLines {
 public:
  struct Line {
    std::size_t number = 0;
    std::string text{};
    bool is_cut = false;  ///< after kPropertyMaxBytes
  };

  /// The text must outlive the reader.
  explicit ContentLines(std::string_view text);
  /// Skips empty lines. Nothing at the end.
  [[nodiscard]] std::optional<Line> next();

 private:
  /// The next line of the file, without its end.
  [[nodiscard]] std::string_view take_line() noexcept;

  std::string_view rest_;
  std::size_t number_ = 0;
};

class CalendarReader {
 public:
  /// Whether the text begins like a calendar.
  [[nodiscard]] static bool is_calendar(std::string_view text);

  /// The text must outlive the reader.
  explicit CalendarReader(std::string_view text) : lines_(text) {}
  /// Nothing at the end.
  [[nodiscard]] std::optional<CalendarEntry> next();

 private:
  [[nodiscard]] CalendarEntry read_component(std::size_t line, std::string name);

  ContentLines lines_;
  std::size_t calendar_line_ = 0;  ///< of the calendar in progress; 0 if there is none
  bool is_outside_ = false;        ///< whether text outside of a calendar has been reported
};

}  // namespace taskward::calendar
