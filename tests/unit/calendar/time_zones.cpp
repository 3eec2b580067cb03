// Local times in zones of the system and of a calendar.
#include "taskward/calendar/time_zones.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/base/rfc3339.hpp"
#include "taskward/calendar/values.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::calendar {
namespace {

using testing::repeat;

std::string observance(const std::string& name, const std::string& from, const std::string& to,
                       const std::string& rule) {
  return "BEGIN:" + name + "\nDTSTART:16010101T030000\nTZOFFSETFROM:" + from + "\nTZOFFSETTO:" + to + '\n' +
         rule + "END:" + name + '\n';
}

/// A zone as office programs name and define it.
std::string office_zone(const std::string& name,
                        const std::string& summer_rule = "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n") {
  return "BEGIN:VTIMEZONE\nTZID:" + name + '\n' +
         observance("STANDARD", "+0200", "+0100", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n") +
         observance("DAYLIGHT", "+0100", "+0200", summer_rule) + "END:VTIMEZONE\n";
}

void define(TimeZones& zones, const std::string& text) {
  const std::string file = "BEGIN:VCALENDAR\n" + text + "END:VCALENDAR\n";
  CalendarReader calendar(file);
  while (const auto entry = calendar.next()) zones.define(entry->component.value());
}

/// RFC 3339, with "?" if the zone is not known.
std::string in_zone(const TimeZones& zones, const char* time, const char* zone) {
  const Moment moment = zones.moment(date_time_of(time).value().time, zone);
  return rfc3339(moment.at).substr(0, 19) + (moment.is_assumed_utc ? "?" : "");
}

BOOST_AUTO_TEST_SUITE(calendar_time_zones)

BOOST_AUTO_TEST_CASE(zones_of_the_system_are_known_by_name) {
  const TimeZones zones;
  BOOST_TEST(in_zone(zones, "20260131T120000", "Europe/Berlin") == "2026-01-31T11:00:00");
  BOOST_TEST(in_zone(zones, "20260731T120000", "Europe/Berlin") == "2026-07-31T10:00:00");
  BOOST_TEST(in_zone(zones, "20260131T230000", "America/New_York") == "2026-02-01T04:00:00");
  BOOST_TEST(in_zone(zones, "20260131T120000", "Asia/Kolkata") == "2026-01-31T06:30:00");
  BOOST_TEST(in_zone(zones, "20260131T120000", "UTC") == "2026-01-31T12:00:00");
  BOOST_TEST(in_zone(zones, "19450601T120000", "Europe/London") == "1945-06-01T10:00:00");
  BOOST_TEST(in_zone(zones, "00010101T000000", "Asia/Tokyo").size() == 19U);
  BOOST_TEST(in_zone(zones, "99991231T000000", "Europe/Berlin") == "9999-12-30T23:00:00");
}

BOOST_AUTO_TEST_CASE(time_without_a_known_zone_is_assumed_to_be_utc) {
  const TimeZones zones;
  for (const char* zone : {"", "Mars/Phobos", "../../../etc/passwd", "europe/berlin x", "\n"})
    BOOST_TEST(in_zone(zones, "20260731T120000", zone) == "2026-07-31T12:00:00?", zone);
}

BOOST_AUTO_TEST_CASE(zone_may_be_defined_by_the_calendar) {
  TimeZones zones;
  define(zones, office_zone("W. Europe Standard Time"));
  BOOST_TEST(in_zone(zones, "20260131T120000", "W. Europe Standard Time") == "2026-01-31T11:00:00");
  BOOST_TEST(in_zone(zones, "20260731T120000", "W. Europe Standard Time") == "2026-07-31T10:00:00");
  define(zones,
         "BEGIN:VTIMEZONE\nTZID:fixed\n" + observance("STANDARD", "-0330", "-0330", "") + "END:VTIMEZONE\n");
  BOOST_TEST(in_zone(zones, "20260131T120000", "fixed") == "2026-01-31T15:30:00");
}

BOOST_AUTO_TEST_CASE(zone_with_other_rules_is_not_known) {
  for (const char* rule :
       {"FREQ=SECONDLY", "FREQ=DAILY", "FREQ=YEARLY;BYSECOND=1,2,3", "FREQ=YEARLY;BYHOUR=1", "BYMONTH=3",
        "FREQ=YEARLY;FREQ=SECONDLY", "FREQ=YEARLY;INTERVAL=2", "FREQ=YEARLY;BYDAY=SU,MO",
        "FREQ=YEARLY;BYMONTH=1,2", "FREQ=YEARLY;BYYEARDAY=1", "FREQ=YEARLY;BYDAY=SU",
        "FREQ=YEARLY;BYDAY=", "x", ""}) {
    TimeZones zones;
    define(zones, office_zone("zone", "RRULE:" + std::string(rule) + '\n'));
    BOOST_TEST(in_zone(zones, "20260731T120000", "zone") == "2026-07-31T12:00:00?", rule);
  }
  const std::string rule = "RRULE:FREQ=YEARLY;BYDAY=SU;BYMONTH=3\n";
  for (const std::string& zone :
       {office_zone("zone", repeat(4, rule)), office_zone("zone", "RDATE:2026\n"),
        std::string("BEGIN:VTIMEZONE\nTZID:zone\nEND:VTIMEZONE\n"),
        "BEGIN:VTIMEZONE\n" + observance("STANDARD", "+0100", "+0100", "") + "END:VTIMEZONE\n",
        "BEGIN:VTIMEZONE\nTZID:zone\n" + observance("VALARM", "+0100", "+0100", "") + "END:VTIMEZONE\n",
        "BEGIN:VTIMEZONE\nTZID:zone\n" + observance("STANDARD", "+0100", "1", "") + "END:VTIMEZONE\n",
        "BEGIN:VTIMEZONE\nTZID:zone\n" + repeat(101, observance("STANDARD", "+0100", "+0100", "")) +
            "END:VTIMEZONE\n"}) {
    TimeZones zones;
    define(zones, zone);
    BOOST_TEST(in_zone(zones, "20260731T120000", "zone") == "2026-07-31T12:00:00?", zone);
  }
}

BOOST_AUTO_TEST_CASE(number_of_defined_zones_is_limited) {
  TimeZones zones;
  for (std::size_t i = 0; i <= kZonesMax; ++i) define(zones, office_zone("zone " + std::to_string(i)));
  BOOST_TEST(in_zone(zones, "20260731T120000", "zone 9") == "2026-07-31T10:00:00");
  BOOST_TEST(in_zone(zones, "20260731T120000", "zone 10") == "2026-07-31T12:00:00?");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::calendar
