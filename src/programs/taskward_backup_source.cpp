// Reading and restoring a backup file.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <exception>
#include <thread>

#include "exit_codes.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/store/audit_seals.hpp"
#include "taskward/store/schema.hpp"
#include "taskward_backup.hpp"

namespace taskward::programs {
namespace {

constexpr std::array<std::string_view, 2> kEncrypted{"age-encryption.org/", "-----BEGIN AGE ENCRYPTED FILE"};
constexpr std::size_t kReadSize = 1UL << 16U;
constexpr std::string_view kEndOfData = "\\.\n";

/// The lines of a pipe.
class Lines {
 public:
  explicit Lines(int descriptor) : descriptor_(descriptor) {}

  /// With its line feed, valid until the next call; empty at the end.
  std::string_view next() {
    std::size_t searched = begin_;
    while (true) {
      if (const std::size_t end = buffer_.find('\n', searched); end != std::string::npos) {
        const std::string_view line = std::string_view(buffer_).substr(begin_, end + 1 - begin_);
        begin_ = end + 1;
        return line;
      }
      buffer_.erase(0, std::exchange(begin_, 0));
      searched = buffer_.size();
      buffer_.resize(searched + kReadSize);
      const std::size_t got = read_some(descriptor_, buffer_.data() + searched, kReadSize);
      buffer_.resize(searched + got);
      if (got > 0) continue;
      begin_ = buffer_.size();
      return buffer_;
    }
  }

 private:
  int descriptor_;
  std::string buffer_;
  std::size_t begin_ = 0;
};

/// The data of one COPY, as the script contains it.
class CopyData {
 public:
  explicit CopyData(Lines& lines) : lines_(lines) {}

  std::string_view next() {
    part_.clear();
    while (!is_at_end_ && part_.size() < kReadSize) {
      const std::string_view line = lines_.next();
      if (line.empty()) throw std::runtime_error("the output of pg_restore ends early");
      if (line == kEndOfData)
        is_at_end_ = true;
      else
        part_ += line;
    }
    return part_;
  }

 private:
  Lines& lines_;
  std::string part_;
  bool is_at_end_ = false;
};

/// Runs a script of pg_restore. Not by psql or by pg_restore itself, because it belongs to the transaction in
/// which the result is compared; and psql would also obey commands to itself.
void run_script(db::Connection& database, Lines lines) {
  std::string sql;
  const auto run = [&] {
    Interruptible::check();
    if (sql.find_first_not_of('\n') != std::string::npos) database.execute(sql);
    sql.clear();
  };
  for (std::string_view line = lines.next(); !line.empty(); line = lines.next()) {
    if (line.starts_with("COPY ") && line.ends_with(" FROM stdin;\n")) {
      const std::string copy(line);
      run();
      CopyData data(lines);
      database.copy_in(copy, [&data] { return data.next(); });
    } else if (!line.starts_with("\\restrict ") && !line.starts_with("\\unrestrict ")) {
      sql += line;
    }
  }
  run();
}

}  // namespace

BackupSource::BackupSource(std::string path, const std::string& identity, Progress& progress)
    : path_(std::move(path)),
      identity_(identity),
      progress_(progress),
      file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  struct stat status {};
  if (file_.number() < 0 || ::fstat(file_.number(), &status) != 0)
    refuse(std::string("cannot be read: ") + std::strerror(errno));
  // It may be read twice.
  if (!S_ISREG(status.st_mode)) refuse("is not a regular file");
  size_ = static_cast<double>(status.st_size);
  std::array<char, 64> first{};
  const ssize_t got = ::pread(file_.number(), first.data(), first.size(), 0);
  const std::string_view beginning(first.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  for (const std::string_view one : kEncrypted) is_encrypted_ = is_encrypted_ || beginning.starts_with(one);
  begin();
  if (!is_encrypted_) {
    while (!next_part().empty()) show("checking " + path_);
    begin();
  }
  try {
    header_ = reader_->header();
  } catch (const domain::BadBackup& fault) {
    refuse(fault.what());
  }
  if (header_.schema > store::known_schema_version())
    refuse("is of a newer release: its schema version is " + std::to_string(header_.schema) +
           ", this program knows " + std::to_string(store::known_schema_version()));
}

BackupSource::~BackupSource() = default;

void BackupSource::refuse(const std::string& why) const { throw Refused('\'' + path_ + "' " + why); }

void BackupSource::show(const std::string& what) {
  // age reads by the same file description.
  const auto at = static_cast<double>(::lseek(file_.number(), 0, SEEK_CUR));
  progress_.show(what + ' ' + std::to_string(static_cast<int>(size_ > 0 ? 100 * at / size_ : 0)) + " %");
}

void BackupSource::begin() {
  if (::lseek(file_.number(), 0, SEEK_SET) != 0) refuse("cannot be read");
  if (is_encrypted_) {
    std::vector<std::string> words{"age", "--decrypt"};
    if (!identity_.empty()) words.insert(words.end(), {"--identity", identity_});
    Pipe pipe;
    age_ = std::make_unique<Child>(words, "age", Variables(), file_.number(), pipe.writer.number());
    decrypted_ = std::move(pipe.reader);
  }
  try {
    reader_ = std::make_unique<domain::BackupReader>(
        [this](char* into, std::size_t most) { return read(into, most); });
  } catch (const domain::BadBackup& fault) {
    refuse(fault.what());
  }
}

std::size_t BackupSource::read(char* into, std::size_t most) {
  const std::size_t got = read_some(is_encrypted_ ? decrypted_.number() : file_.number(), into, most);
  if (got > 0 || !is_encrypted_) return got;
  try {
    age_->finish();
  } catch (const std::runtime_error& failure) {
    Interruptible::check();
    refuse(std::string("cannot be decrypted: the key is another one, or the file is damaged or truncated: ") +
           failure.what());
  }
  return 0;
}

std::string_view BackupSource::next_part() {
  try {
    return reader_->next();
  } catch (const domain::BadBackup& fault) {
    refuse(fault.what());
  }
}

void BackupSource::feed(int pipe) {
  bool is_wanted = true;
  // What pg_restore does not read is compared, too.
  for (std::string_view part = next_part(); !part.empty(); part = next_part()) {
    show("restoring");
    try {
      if (is_wanted) write_all(pipe, part, "pg_restore");
    } catch (const PipeClosed&) {
      is_wanted = false;
    }
  }
}

void BackupSource::restore_into(db::Connection& database) {
  Pipe dump;
  Pipe script;
  Child restore({"pg_restore", "--format=custom", "--no-owner", "--file=-"}, "postgresql-client", Variables(),
                dump.reader.number(), script.writer.number());
  dump.reader.close();
  script.writer.close();
  std::exception_ptr fault_of_file;
  std::thread feeder([&] {
    try {
      feed(dump.writer.number());
    } catch (...) {
      fault_of_file = std::current_exception();
    }
    dump.writer.close();
  });
  std::exception_ptr fault;
  try {
    run_script(database, Lines(script.reader.number()));
    restore.finish();
  } catch (...) {
    fault = std::current_exception();
  }
  // If it still runs, it ends because nothing reads its output.
  script.reader.close();
  feeder.join();
  // A damaged file is the cause of what else fails.
  if (fault_of_file) std::rethrow_exception(fault_of_file);
  if (fault) std::rethrow_exception(fault);
  compare(database);
}

void BackupSource::compare(db::Connection& database) {
  const auto found = store::table_contents(
      database, [this](const std::string& table) { progress_.show("comparing " + table); });
  const auto differs = [this](const std::string& how) { refuse("was not restored as it was: " + how); };
  if (const auto difference = store::first_difference(header_.tables, found)) differs(*difference);
  const auto applied = store::applied_migrations(database);
  if (applied.empty() || applied.back().version != header_.schema) differs("the schema version is another");
  const auto newest = store::newest_seal(database);
  if (newest.has_value() != header_.head.has_value() ||
      (newest &&
       (newest->seal.number != header_.head->number || domain::hash_of(newest->seal) != header_.head->hash)))
    differs("the newest seal of the audit record is another");
}

}  // namespace taskward::programs
