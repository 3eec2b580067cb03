#include "taskward/domain/backup_file.hpp"

#include <algorithm>

#include "taskward/base/rfc3339.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/json/value.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::domain {
namespace {

constexpr std::string_view kFirstLine = "taskward backup\n";
constexpr std::string_view kLastLine = "end of taskward backup, SHA-256 ";
constexpr std::size_t kLastLineBytes = kLastLine.size() + 2 * std::tuple_size_v<crypto::Sha256> + 1;
constexpr int kFormat = 1;
constexpr std::size_t kHeaderMost = 16UL << 20U;
constexpr std::size_t kReadSize = 1UL << 16U;

[[noreturn]] void fail_truncated() { throw BadBackup("is truncated or damaged: its end is missing"); }
[[noreturn]] void fail_damaged() { throw BadBackup("is damaged"); }

std::string text_of(const BackupHeader& header) {
  json::Writer w;
  const auto text = [&w](std::string_view key, std::string_view value) {
    w.key(key);
    w.string(value);
  };
  const auto number = [&w](std::string_view key, std::int64_t value) {
    w.key(key);
    w.number(value);
  };
  w.begin_object();
  number("format", kFormat);
  number("schema", header.schema);
  text("created_at", rfc3339_precise(header.created_at));
  w.key("tables");
  w.begin_array();
  for (const store::TableContent& table : header.tables) {
    w.begin_object();
    text("name", table.name);
    number("rows", table.rows);
    text("digest", table.digest);
    w.end_object();
  }
  w.end_array();
  if (header.head) {
    number("audit_seal", header.head->number);
    text("audit_hash", crypto::hex(header.head->hash));
  }
  text("seal_key", header.seal_key);
  w.key("keys");
  w.begin_object();
  for (const auto& [name, key] : header.keys) text(name, crypto::base64url(key.reveal()));
  w.end_object();
  w.end_object();
  return w.take();
}

/// A member that must exist.
template <class T>
const T& member(const json::Object& object, std::string_view name) {
  const json::Value* const found = json::find(object, name);
  const T* const value = found == nullptr ? nullptr : found->get_if<T>();
  if (value == nullptr) fail_damaged();
  return *value;
}

template <class T>
T require(std::optional<T> value) {
  if (!value) fail_damaged();
  return *std::move(value);
}

}  // namespace

BackupWriter::BackupWriter(Write write, const BackupHeader& header) : write_(std::move(write)) {
  add(kFirstLine);
  std::string text = text_of(header) + '\n';
  add(text);
  wipe(text);
}

void BackupWriter::add(std::string_view part) {
  digest_.add(part);
  write_(part);
}

void BackupWriter::finish() {
  write_(std::string(kLastLine) + crypto::hex(crypto::view(digest_.finish())) + '\n');
}

BackupReader::BackupReader(Read read) : read_(std::move(read)) {
  while (!is_at_end_ && unread_.size() < kFirstLine.size()) fill();
  if (unread_.empty()) throw BadBackup("is empty");
  const std::size_t present = std::min(unread_.size(), kFirstLine.size());
  if (unread_.substr(0, present) != kFirstLine.substr(0, present))
    throw BadBackup("is not a backup of Taskward");
  std::size_t end = std::string::npos;
  while ((end = unread_.find('\n', kFirstLine.size())) == std::string::npos) {
    if (is_at_end_) fail_truncated();
    if (unread_.size() > kHeaderMost) fail_damaged();
    fill();
  }
  header_ = unread_.substr(kFirstLine.size(), end - kFirstLine.size());
  digest_.add(std::string_view(unread_).substr(0, end + 1));
  unread_.erase(0, end + 1);
}

BackupReader::~BackupReader() {
  wipe(header_);
  wipe(part_);
  wipe(unread_);
}

void BackupReader::fill() {
  const std::size_t before = unread_.size();
  unread_.resize(before + kReadSize);
  const std::size_t got = read_(unread_.data() + before, kReadSize);
  unread_.resize(before + got);
  is_at_end_ = got == 0;
}

std::string_view BackupReader::next() {
  if (is_finished_) return {};
  while (!is_at_end_ && unread_.size() <= kLastLineBytes) fill();
  if (unread_.size() > kLastLineBytes) {
    part_.assign(unread_, 0, unread_.size() - kLastLineBytes);
    unread_.erase(0, part_.size());
    digest_.add(part_);
    return part_;
  }
  if (unread_.size() != kLastLineBytes || !unread_.starts_with(kLastLine) || unread_.back() != '\n')
    fail_truncated();
  if (std::string_view(unread_).substr(kLastLine.size(), kLastLineBytes - kLastLine.size() - 1) !=
      crypto::hex(crypto::view(digest_.finish())))
    throw BadBackup("is damaged: its SHA-256 is not the one at its end");
  is_finished_ = true;
  return {};
}

BackupHeader BackupReader::header() const {
  std::string text = header_;
  const auto parsed = json::parse(text);
  wipe(text);
  if (!parsed) fail_damaged();
  const auto* const object = parsed->get_if<json::Object>();
  if (object == nullptr) fail_damaged();
  const std::int64_t format = member<std::int64_t>(*object, "format");
  if (format > kFormat)
    throw BadBackup("is of a newer release: its format is " + std::to_string(format) + ", this one knows " +
                    std::to_string(kFormat));
  if (format != kFormat) fail_damaged();
  BackupHeader header;
  header.schema = static_cast<int>(member<std::int64_t>(*object, "schema"));
  header.created_at = require(parse_rfc3339_precise(member<std::string>(*object, "created_at")));
  for (const json::Value& table : member<json::Array>(*object, "tables")) {
    const auto* const members = table.get_if<json::Object>();
    if (members == nullptr) fail_damaged();
    header.tables.push_back({member<std::string>(*members, "name"), member<std::int64_t>(*members, "rows"),
                             member<std::string>(*members, "digest")});
  }
  if (json::find(*object, "audit_seal") != nullptr)
    header.head = KeptHead{member<std::int64_t>(*object, "audit_seal"),
                           require(crypto::from_hex(member<std::string>(*object, "audit_hash")))};
  header.seal_key = member<std::string>(*object, "seal_key");
  for (const auto& [name, value] : member<json::Object>(*object, "keys")) {
    const auto* const encoded = value.get_if<std::string>();
    if (encoded == nullptr) fail_damaged();
    std::string key = require(crypto::from_base64url(*encoded));
    header.keys.emplace_back(name, Secret::take(key));
  }
  return header;
}

}  // namespace taskward::domain
