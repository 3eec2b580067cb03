// taskward audit export: a folder with which the record can be verified. It is created completely or not at
// all.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "exit_codes.hpp"
#include "taskward/api/seal_bodies.hpp"
#include "taskward_audit.hpp"
#include "taskward_progress.hpp"

namespace taskward::programs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBuffer = 1U << 20U;
constexpr mode_t kOwnerOnly = 0700;
constexpr std::int64_t kProgressStep = 1000;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("export: " + what + ": " + std::strerror(errno));
}

/// A new file, synchronized to disk by finish().
class NewFile {
 public:
  explicit NewFile(const fs::path& path)
      : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) fail("'" + path.string() + "' cannot be created");
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  void write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kBuffer) flush();
  }
  void finish() {
    flush();
    if (::fsync(descriptor_) != 0) fail_to_write();
    if (::close(std::exchange(descriptor_, -1)) != 0) fail_to_write();
  }

 private:
  void flush() {
    for (std::string_view rest = buffer_; !rest.empty();) {
      const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
      if (written < 0 && errno != EINTR) fail_to_write();
      if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
  }
  [[noreturn]] void fail_to_write() const { fail("'" + path_.string() + "' cannot be written"); }

  fs::path path_;
  int descriptor_;
  std::string buffer_;
};

/// A folder that has a temporary name until finish(), and is removed if finish() is not called.
class NewFolder {
 public:
  explicit NewFolder(const fs::path& wanted) : wanted_(wanted), path_(wanted) {
    path_ += ".partial-" + std::to_string(::getpid());
    if (::mkdir(path_.c_str(), kOwnerOnly) != 0) fail("'" + path_.string() + "' cannot be created");
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder() {
    if (is_done_) return;
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  [[nodiscard]] const fs::path& path() const { return path_; }
  void finish() {
    sync(path_);
    // Without replacing anything created meanwhile, not even an empty folder.
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, wanted_.c_str(), RENAME_NOREPLACE) != 0)
      fail("'" + wanted_.string() + "' cannot be created");
    is_done_ = true;
    sync(wanted_.has_parent_path() ? wanted_.parent_path() : fs::path("."));
  }

 private:
  static void sync(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) fail("'" + folder.string() + "' cannot be opened");
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!synced) fail("'" + folder.string() + "' cannot be written");
  }

  fs::path wanted_;
  fs::path path_;
  bool is_done_ = false;
};

void write_file(const fs::path& path, std::string_view text) {
  NewFile file(path);
  file.write(text);
  file.finish();
}

/// Writes one JSON object per line. Returns the number of lines.
template <class Walk, class Write>
std::int64_t write_lines(const fs::path& path, Walk walk, const Write& write) {
  NewFile file(path);
  json::Writer w;
  std::int64_t lines = 0;
  Progress progress;
  while (const auto one = walk.next()) {
    write(w, *one);
    file.write(w.take() + '\n');
    if (++lines % kProgressStep == 0) progress.show(path.filename().string() + ": " + std::to_string(lines));
  }
  file.finish();
  return lines;
}

/// The folder without trailing slashes, so that the temporary name is next to it.
fs::path folder_named(const config::CommandLine& line) {
  const auto named = line.value("dir");
  if (!named || named->empty()) throw config::BadCommandLine("export needs --dir, the folder to create");
  std::string text = *named;
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  if (fs::exists(fs::symlink_status(text))) throw config::BadCommandLine("--dir: '" + text + "' exists");
  return text;
}

}  // namespace

int audit_export(const config::CommandLine& line) {
  const store::AuditSpan span = span_of(line);
  const fs::path wanted = folder_named(line);
  AuditOperation operation(line);
  db::Connection& database = *operation.connection;
  NewFolder folder(wanted);
  // Before the copy is written, so that no export is unrecorded.
  store::record_audit_export(database, operation.stamp());
  const db::Transaction transaction(database);
  store::use_one_read_only_snapshot(database);
  const std::int64_t records =
      write_lines(folder.path() / "records.ndjson", store::RecordWalk(database, span),
                  [](json::Writer& w, const model::SealableRecord& record) {
                    api::write_object(w, record, api::sealed_record_parts());
                  });
  const std::int64_t seals = write_lines(folder.path() / "seals.ndjson",
                                         store::SealWalk(database, store::SealOrder::by_number, span),
                                         [](json::Writer& w, const model::AuditSeal& seal) {
                                           api::write_object(w, seal, api::exported_seal_parts());
                                         });
  write_file(folder.path() / "public-key.pem", api::public_pem(operation.key));
  write_file(folder.path() / "SEALS.md", seals_procedure());
  folder.finish();
  std::cout << "exported " << records << " records and " << seals << " seals to " << wanted.string() << '\n';
  return kSuccess;
}

}  // namespace taskward::programs
