#include "taskward/domain/backup_file.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>

#include "taskward/base/rfc3339.hpp"

namespace taskward::domain {
namespace {

const std::string kDump = "PGDMP\n" + std::string(200, 'd') + "\n\0\xff";

BackupHeader header() {
  BackupHeader one;
  one.schema = 14;
  one.created_at = *parse_rfc3339_precise("2026-01-31T23:59:59.123456Z");
  one.tables = {{"tasks", 3, "-17"}, {"users", 1, "99999999999999999999"}};
  one.head = KeptHead{7, std::string(32, '\x80')};
  one.seal_key = "abc";
  one.keys.emplace_back("SECRET_KEY", Secret("a\nkey\xff"));
  return one;
}

std::string file_with(const BackupHeader& header, const std::string& dump = kDump) {
  std::string file;
  BackupWriter writer([&file](std::string_view part) { file += part; }, header);
  const auto middle = std::min<std::size_t>(5, dump.size());
  writer.add(dump.substr(0, middle));
  writer.add(dump.substr(middle));
  writer.finish();
  return file;
}

/// Gives the text in parts of that size.
BackupReader::Read parts_of(std::string_view text, std::size_t size) {
  return [text, size](char* into, std::size_t most) mutable {
    const std::size_t bytes = std::min({size, most, text.size()});
    std::memcpy(into, text.data(), bytes);
    text.remove_prefix(bytes);
    return bytes;
  };
}

std::string dump_in(BackupReader& reader) {
  std::string dump;
  for (std::string_view part = reader.next(); !part.empty(); part = reader.next()) dump += part;
  return dump;
}

/// Why the file is refused; empty if it is not.
std::string fault_of(const std::string& file) {
  try {
    BackupReader reader(parts_of(file, 1000));
    dump_in(reader);
    static_cast<void>(reader.header());
    return "";
  } catch (const BadBackup& fault) {
    return fault.what();
  }
}

BOOST_AUTO_TEST_SUITE(backup_file)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_in_parts_of_any_size) {
  const std::string file = file_with(header());
  for (const std::size_t size : {1U, 2U, 97U, 100U, 100'000U}) {
    BackupReader reader(parts_of(file, size));
    const BackupHeader read = reader.header();
    BOOST_TEST(read.schema == 14);
    BOOST_TEST(rfc3339_precise(read.created_at) == "2026-01-31T23:59:59.123456Z");
    BOOST_TEST((read.tables == header().tables));
    BOOST_REQUIRE(read.head);
    BOOST_TEST(read.head->number == 7);
    BOOST_TEST(read.head->hash == std::string(32, '\x80'));
    BOOST_TEST(read.seal_key == "abc");
    BOOST_REQUIRE(read.keys.size() == 1U);
    BOOST_TEST(read.keys.front().first == "SECRET_KEY");
    BOOST_TEST(read.keys.front().second.reveal() == "a\nkey\xff");
    BOOST_TEST(dump_in(reader) == kDump);
    BOOST_TEST(reader.next().empty());
  }
}

BOOST_AUTO_TEST_CASE(optional_parts_may_be_missing) {
  BackupHeader least;
  least.created_at = header().created_at;
  const std::string file = file_with(least, "");
  BackupReader reader(parts_of(file, 7));
  BOOST_TEST(!reader.header().head);
  BOOST_TEST(reader.header().keys.empty());
  BOOST_TEST(dump_in(reader).empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_was_truncated_anywhere_is_refused) {
  const std::string file = file_with(header());
  for (std::size_t size = 0; size < file.size(); ++size)
    BOOST_TEST(!fault_of(file.substr(0, size)).empty(), size);
  BOOST_TEST(fault_of(file.substr(0, file.size() - 1)).find("truncated") != std::string::npos);
  BOOST_TEST(fault_of("") == "is empty");
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_noticed, *boost::unit_test::label("slow")) {
  const std::string file = file_with(header());
  for (std::size_t place = 0; place < file.size(); ++place) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = file;
      flipped[place] = static_cast<char>(flipped[place] ^ (1 << bit));
      const std::string fault = fault_of(flipped);
      BOOST_TEST((fault.find("damaged") != std::string::npos || fault == "is not a backup of Taskward"),
                 place << ": " << fault);
    }
  }
}

BOOST_AUTO_TEST_CASE(appended_bytes_are_noticed) {
  BOOST_TEST(!fault_of(file_with(header()) + '\n').empty());
}

BOOST_AUTO_TEST_CASE(files_of_other_programs_and_releases_are_named) {
  BOOST_TEST(fault_of("PGDMP") == "is not a backup of Taskward");
  BOOST_TEST(fault_of(std::string(100'000, '\0')) == "is not a backup of Taskward");
  std::string newer;
  {
    // As another release would write it.
    crypto::Sha256Stream digest;
    const std::string text = "taskward backup\n{\"format\":2,\"what\":\"else\"}\ndump";
    digest.add(text);
    newer = text + "end of taskward backup, SHA-256 ";
    for (const auto byte : digest.finish()) {
      newer += "0123456789abcdef"[byte >> 4U];
      newer += "0123456789abcdef"[byte & 15U];
    }
    newer += '\n';
  }
  BOOST_TEST(fault_of(newer) == "is of a newer release: its format is 2, this one knows 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
