// Client identity for rate limits, and networks of client addresses.
#include "taskward/model/client.hpp"

#include <boost/test/unit_test.hpp>

namespace taskward::model {
namespace {

bool network_contains(std::string_view network, std::string_view address) {
  const auto parsed = IpNetwork::parse(network);
  const auto one = IpAddress::parse(address);
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), network);
  BOOST_REQUIRE_MESSAGE(one.has_value(), address);
  return parsed->contains(*one);
}

BOOST_AUTO_TEST_SUITE(client)

BOOST_AUTO_TEST_CASE(each_ipv4_address_is_one_client) {
  BOOST_TEST(client_subject("192.0.2.7") == std::string("\xc0\x00\x02\x07", 4));
  BOOST_TEST(client_subject("192.0.2.7") != client_subject("192.0.2.8"));
  BOOST_TEST(client_subject("0.0.0.0") == std::string(4, '\0'));
}

BOOST_AUTO_TEST_CASE(ipv4_mapped_ipv6_address_is_the_same_client) {
  BOOST_TEST(client_subject("::ffff:192.0.2.7") == client_subject("192.0.2.7"));
  BOOST_TEST(client_subject("::FFFF:c000:207") == client_subject("192.0.2.7"));
  BOOST_TEST(IpAddress::parse("::ffff:192.0.2.7")->is_v4());
  // Neither the deprecated IPv4-compatible form nor a NAT64 prefix.
  BOOST_TEST(!IpAddress::parse("::192.0.2.7")->is_v4());
  BOOST_TEST(client_subject("64:ff9b::192.0.2.7") != client_subject("192.0.2.7"));
}

BOOST_AUTO_TEST_CASE(each_ipv6_prefix_of_64_bits_is_one_client) {
  BOOST_TEST(client_subject("2001:db8:1:2::1") == std::string("\x20\x01\x0d\xb8\x00\x01\x00\x02", 8));
  BOOST_TEST(client_subject("2001:db8:1:2::1") == client_subject("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  BOOST_TEST(client_subject("2001:db8:1:2::1") != client_subject("2001:db8:1:3::1"));
  BOOST_TEST(client_subject("2001:db8:1:2::1") != client_subject("2001:db8:2:2::1"));
  // IPv4 and IPv6 clients are always different.
  BOOST_TEST(client_subject("::1").size() == 8U);
  BOOST_TEST(client_subject("0.0.0.0") != client_subject("::"));
}

BOOST_AUTO_TEST_CASE(malformed_address_is_no_client) {
  for (const std::string_view bad :
       {std::string_view(""),
        std::string_view(" "),
        std::string_view("localhost"),
        std::string_view("unix:"),
        std::string_view("192.0.2"),
        std::string_view("192.0.2.256"),
        std::string_view("192.0.2.7.1"),
        std::string_view(" 192.0.2.7"),
        std::string_view("192.0.2.7 "),
        std::string_view("192.0.2.7\n"),
        std::string_view("192.0.2.7\0", 10),
        std::string_view("192.0.2.7\0.example", 18),
        std::string_view("192.0.2.7:80"),
        std::string_view("192.0.2.7/32"),
        std::string_view("0300.0.2.7"),
        std::string_view("0xc0000207"),
        std::string_view("3221225991"),
        std::string_view("[2001:db8::1]"),
        std::string_view("2001:db8"),
        std::string_view("2001:db8::1::2"),
        std::string_view("fe80::1%eth0"),
        std::string_view("2001:db8::g"),
        std::string_view("1:2:3:4:5:6:7:8:9"),
        std::string_view(":::"),
        std::string_view("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000")}) {
    BOOST_TEST(!IpAddress::parse(bad).has_value(), bad);
    BOOST_TEST(client_subject(bad).empty(), bad);
  }
}

BOOST_AUTO_TEST_CASE(longest_form_of_an_address_is_accepted) {
  BOOST_TEST(IpAddress::parse("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255").has_value());
  BOOST_TEST(IpAddress::parse("0000:0000:0000:0000:0000:ffff:192.168.100.200").has_value());
}

BOOST_AUTO_TEST_CASE(network_contains_the_addresses_with_its_prefix) {
  BOOST_TEST(network_contains("192.0.2.0/24", "192.0.2.0"));
  BOOST_TEST(network_contains("192.0.2.0/24", "192.0.2.255"));
  BOOST_TEST(!network_contains("192.0.2.0/24", "192.0.3.0"));
  BOOST_TEST(!network_contains("192.0.2.0/24", "192.0.1.255"));
  // Host bits are ignored.
  BOOST_TEST(network_contains("192.0.2.77/24", "192.0.2.1"));
  BOOST_TEST(network_contains("192.0.2.0/24", "::ffff:192.0.2.9"));
  BOOST_TEST(network_contains("2001:db8::/32", "2001:db8:ffff::1"));
  BOOST_TEST(!network_contains("2001:db8::/32", "2001:db9::1"));
}

BOOST_AUTO_TEST_CASE(prefix_lengths_need_not_be_whole_bytes) {
  BOOST_TEST(network_contains("192.0.2.64/27", "192.0.2.64"));
  BOOST_TEST(network_contains("192.0.2.64/27", "192.0.2.95"));
  BOOST_TEST(!network_contains("192.0.2.64/27", "192.0.2.96"));
  BOOST_TEST(!network_contains("192.0.2.64/27", "192.0.2.63"));
  BOOST_TEST(network_contains("192.0.2.6/31", "192.0.2.7"));
  BOOST_TEST(!network_contains("192.0.2.6/31", "192.0.2.8"));
  BOOST_TEST(network_contains("128.0.0.0/1", "255.255.255.255"));
  BOOST_TEST(!network_contains("128.0.0.0/1", "127.255.255.255"));
  BOOST_TEST(network_contains("2001:db8:8000::/33", "2001:db8:ffff::"));
  BOOST_TEST(!network_contains("2001:db8:8000::/33", "2001:db8:7fff::"));
  BOOST_TEST(network_contains("fe80::/10", "febf::1"));
  BOOST_TEST(!network_contains("fe80::/10", "fec0::1"));
  BOOST_TEST(network_contains("::2/127", "::3"));
  BOOST_TEST(!network_contains("::2/127", "::1"));
}

BOOST_AUTO_TEST_CASE(address_without_prefix_length_is_a_network_of_one) {
  for (const std::string_view one : {"192.0.2.7", "192.0.2.7/32"}) {
    BOOST_TEST(network_contains(one, "192.0.2.7"));
    BOOST_TEST(network_contains(one, "::ffff:192.0.2.7"));
    BOOST_TEST(!network_contains(one, "192.0.2.6"));
  }
  for (const std::string_view one : {"::1", "::1/128"}) {
    BOOST_TEST(network_contains(one, "::1"));
    BOOST_TEST(!network_contains(one, "::"));
  }
}

BOOST_AUTO_TEST_CASE(zero_prefix_length_contains_every_address_of_the_family) {
  BOOST_TEST(network_contains("0.0.0.0/0", "255.255.255.255"));
  BOOST_TEST(!network_contains("0.0.0.0/0", "2001:db8::1"));
  BOOST_TEST(network_contains("::/0", "2001:db8::1"));
  BOOST_TEST(network_contains("::/0", "192.0.2.7"));
}

BOOST_AUTO_TEST_CASE(ipv6_network_contains_no_ipv4_address) {
  for (const std::string_view network : {"::/1", "::/8", "::1/64", "::/80", "::/95"}) {
    BOOST_TEST(!network_contains(network, "192.0.2.7"), network);
    BOOST_TEST(!network_contains(network, "::ffff:192.0.2.7"), network);
    BOOST_TEST(network_contains(network, "::1"), network);
  }
  // These are networks of mapped addresses.
  BOOST_TEST(network_contains("::ffff:0:0/96", "192.0.2.7"));
  BOOST_TEST(network_contains("::ffff:192.0.2.0/120", "192.0.2.7"));
  BOOST_TEST(!network_contains("::ffff:192.0.2.0/120", "192.0.3.7"));
}

BOOST_AUTO_TEST_CASE(mapped_address_is_recorded_in_the_ipv4_form) {
  for (const std::string_view mapped :
       {"::ffff:192.0.2.7", "::FFFF:192.0.2.7", "::ffff:c000:207", "192.0.2.7", "0:0:0:0:0:ffff:192.0.2.7"})
    BOOST_TEST(recorded_address(mapped) == "192.0.2.7", mapped);
  for (const std::string_view other : {"", "::1", "2001:db8::1", "::192.0.2.7", "64:ff9b::c000:207", "unix:"})
    BOOST_TEST(recorded_address(other) == other, other);
}

BOOST_AUTO_TEST_CASE(malformed_network_is_rejected) {
  for (const std::string_view bad : {"",
                                     "/",
                                     "/24",
                                     "192.0.2.0/",
                                     "192.0.2.0/33",
                                     "192.0.2.0/-1",
                                     "192.0.2.0/-0",
                                     "192.0.2.0/+8",
                                     "192.0.2.0/ 8",
                                     "192.0.2.0/8 ",
                                     "192.0.2.0 /8",
                                     "192.0.2.0/8x",
                                     "192.0.2.0/x",
                                     "192.0.2.0/24/24",
                                     "192.0.2.0/255.255.255.0",
                                     "192.0.2/24",
                                     "2001:db8::/129",
                                     "2001:db8::/-1",
                                     "192.0.2.0/99999999999999999999",
                                     "example.org/24",
                                     "*"}) {
    BOOST_TEST(!IpNetwork::parse(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
