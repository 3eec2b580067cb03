// Components of calendars, from well-formed and from hostile text.
#include "taskward/calendar/calendar_file.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/support_text.hpp"

namespace taskward::calendar {
namespace {

using testing::repeat;

std::string summary_of(const Component& component) {
  std::string out = component.name + '{';
  for (const Property& one : component.properties) {
    out += one.name;
    for (const auto& [name, value] : one.parameters) out += ';' + name + '=' + value;
    out += one.is_too_long ? " too long," : ':' + one.value + ',';
  }
  for (const Component& one : component.components) out += summary_of(one);
  return out + '}';
}

/// "line component", "line property" or "line! fault" of each entry.
std::string read(const std::string& text) {
  std::string out;
  CalendarReader calendar(text);
  while (const auto entry = calendar.next()) {
    out += (out.empty() ? "" : " ") + std::to_string(entry->line);
    if (!entry->fault.empty()) out += "! " + entry->fault;
    if (entry->component) out += ' ' + summary_of(*entry->component);
    if (entry->property) out += ' ' + entry->property->name + ':' + entry->property->value;
  }
  return out;
}

std::string calendar_of(const std::string& content) {
  return "BEGIN:VCALENDAR\n" + content + "END:VCALENDAR\n";
}

BOOST_AUTO_TEST_SUITE(calendar_file)

BOOST_AUTO_TEST_CASE(components_and_properties_are_read_with_their_lines) {
  BOOST_TEST(
      read(calendar_of("VERSION:2.0\nBEGIN:VTODO\nsummary:Tea\nEND:VTODO\n\nBEGIN:VEVENT\nEND:VEVENT\n")) ==
      "2 VERSION:2.0 3 VTODO{SUMMARY:Tea,} 7 VEVENT{}");
  BOOST_TEST(read("begin:vcalendar\r\nBEGIN:vtodo\r\nA:b\r\nEnd:VTODO\r\nEND:VCALENDAR\r\n") ==
             "2 VTODO{A:b,}");
  BOOST_TEST(read(calendar_of("BEGIN:VTODO\nBEGIN:VALARM\nX:1\nEND:VALARM\nY:2\nEND:VTODO\n")) ==
             "2 VTODO{Y:2,VALARM{X:1,}}");
  BOOST_TEST(read(calendar_of("") + calendar_of("BEGIN:VTODO\nEND:VTODO\n")) == "4 VTODO{}");
  BOOST_TEST(read("\xEF\xBB\xBF" + calendar_of("")) == "");
}

BOOST_AUTO_TEST_CASE(parameters_may_be_quoted) {
  BOOST_TEST(read(calendar_of("BEGIN:T\nDUE;tzid=\"A:B;C\";X=1,2:v:w\nEND:T\n")) ==
             "2 T{DUE;TZID=A:B;C;X=1,2:v:w,}");
  BOOST_TEST(read(calendar_of("BEGIN:T\nDUE;X=:v\nEND:T\n")) == "2 T{DUE;X=:v,}");
}

BOOST_AUTO_TEST_CASE(folded_lines_are_joined) {
  BOOST_TEST(read(calendar_of("BEGIN:T\r\nA:one\r\n  two\r\n\tthree\r\nEND:T\r\n")) ==
             "2 T{A:one twothree,}");
  // Also within a character.
  BOOST_TEST(read(calendar_of("BEGIN:T\nA:\xC3\n \xA9\nEND:T\n")) == "2 T{A:\xC3\xA9,}");
  BOOST_TEST(read(calendar_of("BEG\n IN:T\nEND\n :T\n")) == "2 T{}");
}

BOOST_AUTO_TEST_CASE(invalid_lines_make_their_component_invalid_and_the_next_one_is_read) {
  const std::string next = "BEGIN:T\nEND:T\n";
  for (const std::string& bad :
       {std::string("x"), std::string("A;B:c"), std::string("A;=c:d"), std::string(":x"),
        std::string("A b:c"), std::string("A;B=\"c:d"), std::string("A:\xff"), std::string("A:\0", 3)}) {
    BOOST_TEST(read(calendar_of("BEGIN:T\n" + bad + "\nEND:T\n" + next)) ==
                   "2! has line 3, which is not a property 5 T{}",
               bad);
  }
  BOOST_TEST(read(calendar_of("BEGIN:T\nEND:U\n" + next)) ==
             "2! has line 3, which ends another component 4 T{}");
  BOOST_TEST(read(calendar_of("nonsense\n" + next)) == "2! is not a property 3 T{}");
  BOOST_TEST(read(calendar_of("END:T\n" + next)) == "2! is not a property 3 T{}");
}

BOOST_AUTO_TEST_CASE(unclosed_component_or_calendar_is_reported) {
  BOOST_TEST(read(calendar_of("BEGIN:T\nA:b\n")) == "2! is not closed");
  BOOST_TEST(read(calendar_of("BEGIN:T\n") + calendar_of("BEGIN:U\nEND:U\n")) == "2! is not closed 5 U{}");
  BOOST_TEST(read("BEGIN:VCALENDAR\nBEGIN:T\nA:b") == "2! is not closed");
  BOOST_TEST(read("BEGIN:VCALENDAR\n") == "1! begins a calendar that is not closed");
  BOOST_TEST(read(calendar_of("") + "x\ny\n" + calendar_of("A:b\n")) == "3! is outside of a calendar 6 A:b");
}

BOOST_AUTO_TEST_CASE(text_that_does_not_begin_a_calendar_is_none) {
  BOOST_TEST(CalendarReader::is_calendar("BEGIN:VCALENDAR"));
  BOOST_TEST(CalendarReader::is_calendar("\r\n\xEF\xBB\xBF") == false);
  BOOST_TEST(CalendarReader::is_calendar("\xEF\xBB\xBF\r\nbegin:vcalendar \r\n"));
  for (const char* text : {"", "\n", "BEGIN:VTODO\n", "title\nx\n", "[]", "xBEGIN:VCALENDAR"})
    BOOST_TEST(!CalendarReader::is_calendar(text), text);
}

BOOST_AUTO_TEST_CASE(nesting_is_limited) {
  const auto nested = [](std::size_t levels) {
    return calendar_of(repeat(levels, "BEGIN:T\n") + repeat(levels, "END:T\n") + "BEGIN:U\nEND:U\n");
  };
  BOOST_TEST(read(nested(kNestingMax)) == "2 T{T{T{}}} 8 U{}");
  BOOST_TEST(read(nested(kNestingMax + 1)) == "2! has too many components in each other 10 U{}");
  BOOST_TEST(read(nested(100'000)).starts_with("2! has too many components in each other"));
  BOOST_TEST(read("BEGIN:VCALENDAR\n" + repeat(100'000, "BEGIN:T\n")) ==
             "2! has too many components in each other");
}

BOOST_AUTO_TEST_CASE(long_property_is_read_without_its_value) {
  const auto with = [](std::size_t size) {
    return read(calendar_of("BEGIN:T\nX:" + std::string(size, 'x') + "\nB:c\nEND:T\n"));
  };
  BOOST_TEST(with(kPropertyMaxBytes - 2) == "2 T{X:" + std::string(kPropertyMaxBytes - 2, 'x') + ",B:c,}");
  BOOST_TEST(with(kPropertyMaxBytes - 1) == "2 T{X too long,B:c,}");
  BOOST_TEST(with(10 * kPropertyMaxBytes) == "2 T{X too long,B:c,}");
  BOOST_TEST(read(calendar_of("BEGIN:T\nX:" + repeat(10 * 1024, std::string(70, 'x'), "\n ") +
                              "\nEND:T\n")) == "2 T{X too long,}");
}

BOOST_AUTO_TEST_CASE(size_of_a_component_is_limited) {
  const std::string part = "X:" + std::string(100'000, 'x') + '\n';
  BOOST_TEST(read(calendar_of("BEGIN:T\n" + repeat(10, part) + "END:T\n")).starts_with("2 T{X:xxx"));
  BOOST_TEST(read(calendar_of("BEGIN:T\n" + repeat(11, part) + "END:T\nBEGIN:U\nEND:U\n")) ==
             "2! is longer than 1048576 bytes 15 U{}");
}

BOOST_AUTO_TEST_CASE(every_damaged_calendar_is_read_to_its_end) {
  const std::string whole = calendar_of(
      "VERSION:2.0\nBEGIN:VTODO\nDUE;TZID=\"X\":2026\n 0101\nBEGIN:VALARM\nEND:VALARM\nEND:VTODO\n");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    static_cast<void>(read(whole.substr(0, at)));
    static_cast<void>(read(whole.substr(at)));
    for (std::size_t bit = 0; bit < 8; ++bit)
      static_cast<void>(read(testing::with_bit_flipped(whole, at * 8 + bit)));
    static_cast<void>(read(whole.substr(0, at) + "\n" + whole.substr(at)));
  }
  BOOST_TEST(read(whole).starts_with("2 VERSION:2.0"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::calendar
