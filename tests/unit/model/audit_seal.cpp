// The canonical bytes that are hashed and signed: stable, and different for different records.
#include "taskward/model/audit_seal.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <stdexcept>

#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/domain/audit_seals.hpp"

namespace taskward::model {
namespace {

SealableRecord record() {
  SealableRecord one;
  one.id = AuditId::parse("019b0000-0000-7000-8000-000000000001").value();
  one.at = std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + std::chrono::microseconds(1);
  one.transaction = 758;
  one.texts[kSealedAction] = "task.update";
  one.texts[kSealedOutcome] = "success";
  one.changed_fields = {{"title", "tags"}};
  return one;
}

std::string encoded(std::string_view text) {
  return std::string("\1\0\0\0", 4) + static_cast<char>(text.size()) + std::string(text);
}

BOOST_AUTO_TEST_SUITE(audit_seal)

BOOST_AUTO_TEST_CASE(audit_record_has_the_documented_canonical_encoding) {
  const std::string null(1, '\0');
  const std::string expected =
      "taskward audit record, version 1\n" + encoded("019b0000-0000-7000-8000-000000000001") +
      encoded("2026-01-31T00:00:00.000001Z") + encoded("758") + null + null + encoded("task.update") + null +
      null + encoded("success") + null + null + null + null + std::string("\1\0\0\0\2", 5) +
      encoded("title") + encoded("tags");
  BOOST_TEST(canonical_bytes(record()) == expected);
}

BOOST_AUTO_TEST_CASE(token_of_a_record_follows_its_other_members) {
  const std::string null(1, '\0');
  SealableRecord one = record();
  const std::string without = canonical_bytes(one);
  one.token_id = "019b0000-0000-7000-8000-000000000002";
  const std::string token = encoded("019b0000-0000-7000-8000-000000000002");
  BOOST_TEST(canonical_bytes(one) == without + null + token);
  one.unexpected_dimensions = "[2:3]";
  BOOST_TEST(canonical_bytes(one) == without + encoded("[2:3]") + token);
}

BOOST_AUTO_TEST_CASE(different_audit_records_have_different_encodings) {
  std::vector<SealableRecord> all{record()};
  const auto add = [&](const auto& change) {
    all.push_back(record());
    change(all.back());
  };
  for (std::size_t i = 0; i < kSealedTexts.size(); ++i) {
    add([&](auto& r) { r.texts[i] = ""; });
    add([&](auto& r) { r.texts[i] = "x"; });
  }
  add([](auto& r) { r.transaction = 1; });
  add([](auto& r) { r.at += std::chrono::microseconds(1); });
  add([](auto& r) { r.id.uuid.bytes[15] = 9; });
  add([](auto& r) { r.changed_fields.reset(); });
  add([](auto& r) { r.changed_fields = std::vector<TextOrNull>{}; });
  add([](auto& r) { r.changed_fields = {{"title", std::nullopt}}; });
  add([](auto& r) { r.changed_fields = {{"title", ""}}; });
  add([](auto& r) { r.changed_fields = {{"titletags"}}; });
  add([](auto& r) { r.changed_fields = {{"tags", "title"}}; });
  add([](auto& r) { r.unexpected_dimensions = "[2:3]"; });
  add([](auto& r) { r.token_id = ""; });
  add([](auto& r) { r.token_id = "[2:3]"; });
  add([](auto& r) {
    r.unexpected_dimensions = "[2:3]";
    r.token_id = "x";
  });
  std::set<std::string> encodings;
  for (const SealableRecord& one : all) encodings.insert(canonical_bytes(one));
  BOOST_TEST(encodings.size() == all.size());
}

BOOST_AUTO_TEST_CASE(audit_leaf_is_56_bytes_and_can_be_decoded) {
  const AuditLeaf leaf = domain::leaf_of(record());
  const std::string bytes = leaf_bytes(leaf);
  BOOST_TEST(bytes.size() == kLeafBytes);
  BOOST_TEST(crypto::hex(bytes.substr(0, kLeafKeyBytes)) ==
             "000649a3c55d8001019b000000007000800000000000"
             "0001");
  BOOST_TEST((leaf_at(bytes + bytes, 1) == leaf));
  BOOST_TEST(leaf_key(leaf.at, leaf.id) == bytes.substr(0, kLeafKeyBytes));
  AuditLeaf early_leaf = leaf;
  early_leaf.at = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
  BOOST_TEST((leaf_at(leaf_bytes(early_leaf), 0) == early_leaf));
}

BOOST_AUTO_TEST_CASE(seal_covers_transactions_that_had_ended) {
  AuditSeal seal;
  seal.xid_below = 100;
  seal.open = {90, 95};
  BOOST_TEST(seal.has_sealed(99));
  BOOST_TEST(!seal.has_sealed(100));
  BOOST_TEST(!seal.has_sealed(90));
}

BOOST_AUTO_TEST_CASE(seal_key_is_derived_from_its_32_byte_seed) {
  // RFC 8032, section 7.1, test 1.
  const std::string seed(
      "\x9d\x61\xb1\x9d\xef\xfd\x5a\x60\xba\x84\x4a\xf4\x92\xec\x2c\xc4\x44\x49\xc5\x69\x7b\x32\x69"
      "\x19\x70\x3b\xac\x03\x1c\xae\x7f\x60",
      32);
  const auto key = domain::seal_key(Secret(seed));
  BOOST_TEST(crypto::hex(key.public_der()) ==
             "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  BOOST_TEST(crypto::hex(key.sign("")) ==
             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46"
             "bd25bf5f0595bb"
             "e24655141438e7a100b");
  BOOST_CHECK_THROW(static_cast<void>(domain::seal_key(Secret("short"))), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::model
