#include "src/crypto/cbor.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "taskward/crypto/encoding.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

std::string bytes(std::string_view hexadecimal) { return from_hex(hexadecimal).value(); }

/// The size of the first item, or -1.
long size_of(std::string_view hexadecimal) {
  const auto size = cbor_size(bytes(hexadecimal));
  return size ? static_cast<long>(*size) : -1;
}

BOOST_AUTO_TEST_SUITE(cbor)

BOOST_AUTO_TEST_CASE(size_of_a_single_item_is_found) {
  // Examples of RFC 8949, appendix A.
  for (const char* item : {"00",
                           "17",
                           "1818",
                           "1903e8",
                           "1a000f4240",
                           "1b000000e8d4a51000",
                           "20",
                           "3903e7",
                           "f90000",
                           "fa47c35000",
                           "fb3ff199999999999a",
                           "f4",
                           "f5",
                           "f6",
                           "f7",
                           "40",
                           "4401020304",
                           "60",
                           "6449455446",
                           "80",
                           "83010203",
                           "a0",
                           "a201020304",
                           "a26161016162820203",
                           "8301820203820405"}) {
    BOOST_TEST(size_of(item) == static_cast<long>(bytes(item).size()), item);
    // What follows does not matter.
    BOOST_TEST(size_of(item + std::string("ff00")) == static_cast<long>(bytes(item).size()), item);
  }
}

BOOST_AUTO_TEST_CASE(truncated_item_has_no_size) {
  for (const char* item :
       {"1903e8", "1b000000e8d4a51000", "fb3ff199999999999a", "4401020304", "6449455446", "83010203",
        "a201020304", "a26161016162820203", "8301820203820405", "a163666d74646e6f6e65"}) {
    const std::string whole = bytes(item);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::unique_ptr<char[]> exact(new char[size]);
      std::copy_n(whole.begin(), size, exact.get());
      BOOST_TEST(!cbor_size({exact.get(), size}), item << ' ' << size);
    }
  }
}

BOOST_AUTO_TEST_CASE(header_that_announces_more_items_than_bytes_is_rejected_without_allocation) {
  for (const char* header :
       {"9b0000000010000000", "9b7fffffffffffffff", "9bffffffffffffffff", "9a7fffffff", "99ffff",
        "bb0000000010000000", "bb7fffffffffffffff", "bb8000000000000000", "bbffffffffffffffff", "ba7fffffff",
        "b9ffff", "5bffffffffffffffff", "7bffffffffffffffff", "5a7fffffff"}) {
    BOOST_TEST(size_of(header) == -1, header);
    BOOST_TEST((read_cbor(bytes(header)) == nullptr), header);
    BOOST_TEST(size_of(header + std::string(200, '0')) == -1, header);
    BOOST_TEST(size_of("81" + std::string(header) + std::string(200, '0')) == -1, header);
  }
}

BOOST_AUTO_TEST_CASE(five_levels_of_nesting_are_accepted_but_not_six) {
  BOOST_TEST(size_of("818181818100") == 6);
  BOOST_TEST(size_of("81818181818100") == -1);
  BOOST_TEST(size_of("8181818180") == 5);
  BOOST_TEST(size_of("818181818180") == -1);
  BOOST_TEST(size_of("a100a100a100a100a10000") == 11);
  BOOST_TEST(size_of("a100a100a100a100a100a10000") == -1);
  BOOST_TEST(size_of(testing::repeat(60'000, "81") + "00") == -1);
}

BOOST_AUTO_TEST_CASE(indefinite_lengths_tags_and_reserved_bytes_are_rejected) {
  for (const char* item :
       {"5f42010243030405ff", "7f657374726561646d696e67ff", "9f0102ff", "bf0102ff", "9fff", "ff", "819fff",
        "c11a514b67b0", "c000", "81c000", "1c", "1f", "3f", "5c", "fc", "fe"})
    BOOST_TEST(size_of(item) == -1, item);
}

BOOST_AUTO_TEST_CASE(only_a_whole_item_is_read) {
  BOOST_TEST((read_cbor(bytes("a163666d74646e6f6e65")) != nullptr));
  BOOST_TEST((read_cbor(bytes("a163666d74646e6f6e6500")) == nullptr));
  BOOST_TEST((read_cbor(bytes("a163666d74646e6f6e")) == nullptr));
  BOOST_TEST((read_cbor("") == nullptr));
}

BOOST_AUTO_TEST_CASE(member_is_found_by_its_name_if_there_is_one) {
  const CborItem map = read_cbor(bytes("a3616101616202616303"));
  BOOST_TEST_REQUIRE((map != nullptr));
  BOOST_TEST_REQUIRE((cbor_member(map.get(), "b") != nullptr));
  BOOST_TEST(cbor_get_int(cbor_member(map.get(), "b")) == 2U);
  for (const char* other : {"", "d", "ab", "B"})
    BOOST_TEST((cbor_member(map.get(), other) == nullptr), other);
  // Twice, as a byte string, and in an array.
  for (const char* item : {"a2616101616102", "a1416101", "82616101", "01"}) {
    const CborItem read = read_cbor(bytes(item));
    BOOST_TEST_REQUIRE((read != nullptr), item);
    BOOST_TEST((cbor_member(read.get(), "a") == nullptr), item);
  }
  BOOST_TEST((cbor_member(nullptr, "a") == nullptr));
}

BOOST_AUTO_TEST_CASE(byte_and_text_strings_are_told_apart) {
  const CborItem byte_string = read_cbor(bytes("4361006f"));
  const CborItem text = read_cbor(bytes("6361006f"));
  BOOST_TEST((cbor_bytes(byte_string.get()) == std::string_view("a\0o", 3)));
  BOOST_TEST((cbor_text(text.get()) == std::string_view("a\0o", 3)));
  BOOST_TEST(!cbor_text(byte_string.get()));
  BOOST_TEST(!cbor_bytes(text.get()));
  BOOST_TEST(!cbor_bytes(nullptr));
  BOOST_TEST(!cbor_text(nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
