// taskward backup FILE
#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <thread>

#include "exit_codes.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/domain/derived_keys.hpp"
#include "taskward/store/audit_seals.hpp"
#include "taskward/store/schema.hpp"
#include "taskward_backup.hpp"
#include "taskward_backup_names.hpp"

namespace taskward::programs {
namespace {

namespace fs = std::filesystem;

constexpr int kKeepMost = 10'000;
constexpr std::size_t kReadSize = 1UL << 16U;
constexpr std::chrono::milliseconds kPoll{50};
constexpr const char* kStandardOutput = "-";

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Wanted {
  std::string path;
  std::vector<std::string> age;  ///< the command that encrypts; empty without encryption
  bool is_replaced = false;      ///< an existing file
  std::string folder;            ///< in which old backups are deleted
  std::size_t keep = 0;          ///< 0: all
};

std::vector<std::string> encryption_of(const config::CommandLine& line) {
  std::vector<std::string> words;
  if (const auto recipient = line.value("recipient")) words.insert(words.end(), {"--recipient", *recipient});
  if (const auto file = line.value("recipients")) words.insert(words.end(), {"--recipients-file", *file});
  if (line.has("passphrase")) {
    if (!words.empty())
      throw config::BadCommandLine("--passphrase cannot be combined with --recipient and --recipients");
    words.emplace_back("--passphrase");
  }
  if (!words.empty()) words.insert(words.begin(), {"age", "--encrypt"});
  if (words.empty() && line.has("with-keys"))
    throw config::BadCommandLine("--with-keys requires --recipient, --recipients or --passphrase");
  return words;
}

std::size_t kept(const config::CommandLine& line) {
  const auto text = line.value("keep");
  if (!text) return 0;
  int number = 0;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (fault != std::errc() || end != text->data() + text->size() || number < 1 || number > kKeepMost)
    throw config::BadCommandLine("--keep: '" + *text + "' is not a whole number from 1 to " +
                                 std::to_string(kKeepMost));
  return static_cast<std::size_t>(number);
}

Wanted wanted(const config::CommandLine& line, const Clock& clock) {
  Wanted out{line.operands.front(), encryption_of(line), line.has("force"), {}, kept(line)};
  if (out.path == kStandardOutput) {
    if (::isatty(STDOUT_FILENO) == 1) throw config::BadCommandLine("a backup is not written to a terminal");
  } else if (fs::is_directory(out.path)) {
    out.folder = out.path;
    out.path = (fs::path(out.folder) / backup_name(clock.now(), !out.age.empty())).string();
  }
  if (out.keep != 0 && out.folder.empty())
    throw config::BadCommandLine("--keep requires a directory instead of a file");
  return out;
}

/// A file that has a temporary name until finish(), and is deleted if finish() is not called.
class NewFile {
 public:
  NewFile(std::string wanted, bool is_replaced)
      : wanted_(std::move(wanted)),
        path_(wanted_ + std::string(kPartSuffix)),
        is_replaced_(is_replaced),
        descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (descriptor_.number() < 0) fail('\'' + path_ + "' cannot be created");
    // What an interrupted process has left is not locked. The file may have been renamed since it was opened.
    struct stat opened {};
    struct stat named {};
    if (::flock(descriptor_.number(), LOCK_EX | LOCK_NB) != 0 ||
        ::fstat(descriptor_.number(), &opened) != 0 || ::stat(path_.c_str(), &named) != 0 ||
        opened.st_ino != named.st_ino || opened.st_dev != named.st_dev)
      throw Refused('\'' + path_ + "' is being written by another process");
    is_own_ = true;
    if (!is_replaced_ && fs::exists(fs::symlink_status(wanted_))) {
      ::unlink(path_.c_str());
      throw Refused('\'' + wanted_ + "' exists; --force replaces it");
    }
    if (::ftruncate(descriptor_.number(), 0) != 0 || ::fchmod(descriptor_.number(), 0600) != 0)
      fail('\'' + path_ + "' cannot be written");
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (is_own_) ::unlink(path_.c_str());
  }

  [[nodiscard]] int descriptor() const { return descriptor_.number(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  void finish() {
    if (::fsync(descriptor_.number()) != 0) fail('\'' + path_ + "' cannot be written");
    // Without replacing a file that was created meanwhile. Not all file systems can do that.
    const unsigned int flags = is_replaced_ ? 0 : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, wanted_.c_str(), flags) != 0 &&
        (errno != EINVAL || ::rename(path_.c_str(), wanted_.c_str()) != 0))
      fail('\'' + wanted_ + "' cannot be created");
    is_own_ = false;
    const fs::path folder = fs::path(wanted_).parent_path();
    const Descriptor opened(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.number() < 0 || ::fsync(opened.number()) != 0)
      fail('\'' + folder.string() + "' cannot be written");
  }

 private:
  std::string wanted_;
  std::string path_;
  bool is_replaced_;
  Descriptor descriptor_;
  bool is_own_ = false;
};

/// Where the backup is written: standard output or a file, through age if it is encrypted.
class Output {
 public:
  explicit Output(const Wanted& wanted) {
    if (wanted.path != kStandardOutput) file_.emplace(wanted.path, wanted.is_replaced);
    target_ = file_ ? file_->descriptor() : STDOUT_FILENO;
    name_ = file_ ? file_->path() : "standard output";
    if (wanted.age.empty()) return;
    Pipe pipe;
    age_.emplace(wanted.age, "age", Variables(), pipe.reader.number(), target_);
    to_age_ = std::move(pipe.writer);
    if (file_ && wanted.age.back() == "--passphrase") wait_for_passphrase();
  }

  void write(std::string_view bytes) {
    written_ += static_cast<double>(bytes.size());
    try {
      write_all(age_ ? to_age_.number() : target_, bytes, age_ ? "age" : name_);
    } catch (const PipeClosed&) {
      // Reports why, if it has failed.
      if (age_) age_->finish();
      throw;
    }
  }
  void finish() {
    to_age_.close();
    if (age_) age_->finish();
    if (file_) file_->finish();
  }
  [[nodiscard]] double written() const { return written_; }

 private:
  /// The progress would overwrite the question, and the snapshot would become old. age then writes a header.
  void wait_for_passphrase() {
    struct stat status {};
    while (!age_->has_ended() && ::fstat(target_, &status) == 0 && status.st_size == 0) {
      Interruptible::check();
      std::this_thread::sleep_for(kPoll);
    }
    if (age_->has_ended()) age_->finish();
  }

  std::optional<NewFile> file_;
  std::optional<Child> age_;
  Descriptor to_age_;
  int target_ = -1;
  std::string name_;
  double written_ = 0;
};

domain::BackupHeader header_of(const BackupOperation& operation, Timestamp at, Progress& progress) {
  db::Connection& database = *operation.connection;
  domain::BackupHeader header;
  header.schema = store::applied_migrations(database).back().version;
  header.created_at = at;
  header.tables = store::table_contents(
      database, [&progress](const std::string& table) { progress.show("counting " + table); });
  if (const auto newest = store::newest_seal(database))
    header.head = domain::KeptHead{newest->seal.number, domain::hash_of(newest->seal)};
  header.seal_key = seal_key_name(domain::seal_key(domain::DerivedKeys(operation.settings.secret_key).seals));
  return header;
}

void add_keys(domain::BackupHeader& header, const config::Settings& settings) {
  header.keys.emplace_back("SECRET_KEY", settings.secret_key.clone());
  if (!settings.jwt_secret_key.empty())
    header.keys.emplace_back("JWT_SECRET_KEY", settings.jwt_secret_key.clone());
}

void dump(const db::Connection& database, const Variables& variables, const std::string& snapshot,
          domain::BackupWriter& writer, const Output& output, Progress& progress) {
  Pipe pipe;
  std::vector<std::string> words;
  if (const auto user = database.peer_user()) {
    // The group of a user need not have its name.
    const passwd* entry = ::getpwnam(user->c_str());
    if (entry == nullptr) throw std::runtime_error("the user " + *user + " does not exist any more");
    words = {"setpriv", "--reuid=" + std::to_string(entry->pw_uid),
             "--regid=" + std::to_string(entry->pw_gid), "--clear-groups", "--"};
  }
  words.insert(words.end(), {"pg_dump", "--format=custom", "--schema=taskward", "--no-password",
                             "--snapshot=" + snapshot});
  Child child(words, "postgresql-client", variables, -1, pipe.writer.number());
  pipe.writer.close();
  std::string buffer(kReadSize, '\0');
  while (const std::size_t got = read_some(pipe.reader.number(), buffer.data(), buffer.size())) {
    writer.add(std::string_view(buffer).substr(0, got));
    progress.show("writing " + megabytes(output.written()));
  }
  child.finish();
}

/// Also what interrupted processes have left.
void delete_old(const std::string& folder, std::size_t keep) {
  std::vector<std::string> names = backups_in(folder);
  for (std::size_t i = 0; i + keep < names.size(); ++i) fs::remove(fs::path(folder) / names[i]);
  for (const std::string& name : backups_in(folder, kPartSuffix)) {
    const fs::path path = fs::path(folder) / name;
    const Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (opened.number() >= 0 && ::flock(opened.number(), LOCK_EX | LOCK_NB) == 0) fs::remove(path);
  }
}

}  // namespace

int backup_create(const config::CommandLine& line) {
  const BackupOperation operation(line);
  const Wanted backup = wanted(line, operation.clock);
  config::require(operation.loaded, "SECRET_KEY");
  Progress progress;
  db::Connection& database = *operation.connection;
  const Variables variables = database.environment();
  const auto applied = store::applied_migrations(database);
  if (applied.empty()) throw Refused("the database has no schema of Taskward");
  Output output(backup);
  domain::BackupHeader header;
  {
    const store::Snapshot snapshot(database);
    header = header_of(operation, operation.clock.now(), progress);
    if (line.has("with-keys")) add_keys(header, operation.settings);
    domain::BackupWriter writer([&output](std::string_view bytes) { output.write(bytes); }, header);
    dump(database, variables, snapshot.name(), writer, output, progress);
    writer.finish();
  }
  output.finish();
  progress.clear();
  operation.record(domain::BackupEvent::success);
  if (backup.keep != 0) delete_old(backup.folder, backup.keep);
  if (backup.path != kStandardOutput)
    std::cout << "backed up " << rows_in(header) << " rows of " << header.tables.size() << " tables to "
              << backup.path << '\n';
  return kSuccess;
}

}  // namespace taskward::programs
