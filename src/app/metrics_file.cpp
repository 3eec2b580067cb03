#include "metrics_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

namespace taskward::app {
namespace {

constexpr std::string_view kMagic = "taskward metrics";
constexpr std::uint32_t kLayout = 1;
/// A release has a few hundred series; a file used by several releases contains those of all.
constexpr std::uint32_t kSlots = 2048;
constexpr std::size_t kHeaderBytes = 4096;
/// More processes than a host runs.
constexpr int kFilesMost = 1024;

[[noreturn]] void fail(const std::string& what, int error = errno) {
  throw std::system_error(error, std::generic_category(), what);
}

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool try_lock(int descriptor) {
  struct flock lock = whole_file();
  return ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}

/// Tests without locking, so that a process that starts concurrently finds the file unlocked.
bool is_locked(int descriptor) {
  struct flock lock = whole_file();
  return ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// False if the file is shorter.
bool read_at(int descriptor, void* into, std::size_t bytes, std::size_t from) {
  auto* place = static_cast<char*>(into);
  while (bytes > 0) {
    const ssize_t got = ::pread(descriptor, place, bytes, static_cast<off_t>(from));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    place += got;
    from += static_cast<std::size_t>(got);
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

std::int64_t now_in_microseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace

// The format of the file, in native byte order: only processes of this host read it.
struct MetricsFile::Header {
  std::array<char, 16> magic;  // written last
  std::uint32_t layout;
  std::uint32_t slots;
  std::atomic<std::uint64_t> used;  // number of slots with a key, which never changes
  // Informational.
  std::int64_t process;
  std::int64_t taken_over_at;  // microseconds since 1970
  std::array<char, 16> pool;
};

struct MetricsFile::Slot {
  Cell value;
  Lifetime lifetime;
  std::array<char, kKeyMaxBytes + 1> key;  // NUL-terminated
};

namespace {
constexpr std::size_t kSlotBytes = 128;
constexpr std::size_t kFileBytes = kHeaderBytes + kSlots * kSlotBytes;
}  // namespace

MetricsFile::Header& MetricsFile::header() const noexcept {
  return *static_cast<Header*>(mapping_->memory());
}

MetricsFile::Slot* MetricsFile::slots() const noexcept {
  static_assert(sizeof(Slot) == kSlotBytes && sizeof(Header) <= kHeaderBytes);
  return reinterpret_cast<Slot*>(static_cast<char*>(mapping_->memory()) + kHeaderBytes);
}

MetricsFile::MetricsFile() : entries_(std::make_unique<Entry[]>(kSlots)) { map(-1); }

MetricsFile::MetricsFile(const std::string& folder, std::string_view pool)
    : entries_(std::make_unique<Entry[]>(kSlots)) {
  for (int number = 1; number <= kFilesMost; ++number) {
    const std::string path = folder + '/' + std::to_string(number) + std::string(kMetricsFileSuffix);
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (descriptor < 0) fail(path);
    try {
      if (try_lock(descriptor) && take_over(descriptor, pool)) {
        path_ = path;
        return;
      }
    } catch (...) {
      ::close(descriptor);
      throw;
    }
    ::close(descriptor);
  }
  fail(folder + " contains too many files that are in use or unusable", ENOSPC);
}

MetricsFile::~MetricsFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void MetricsFile::map(int descriptor) { mapping_ = std::make_unique<GuardedMapping>(descriptor, kFileBytes); }

bool MetricsFile::take_over(int descriptor, std::string_view pool) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) fail("fstat");
  if (!S_ISREG(status.st_mode)) return false;
  const FileContent content = read(descriptor);
  if (!content.fault.empty()) return false;
  // Allocates every page now, because a full disk would otherwise make a later access fail.
  if (const int error = ::posix_fallocate(descriptor, 0, static_cast<off_t>(kFileBytes)); error != 0)
    fail("posix_fallocate", error);
  map(descriptor);
  descriptor_ = descriptor;
  device_ = status.st_dev;
  inode_ = status.st_ino;

  Header& head = header();
  head.layout = kLayout;
  head.slots = kSlots;
  head.process = ::getpid();
  head.taken_over_at = now_in_microseconds();
  head.pool.fill('\0');
  std::copy_n(pool.begin(), std::min(pool.size(), head.pool.size() - 1), head.pool.begin());
  for (std::size_t i = 0; i < content.readings.size(); ++i) {
    entries_[i] = {content.readings[i].key, content.readings[i].lifetime};
    if (entries_[i].lifetime == Lifetime::process) slots()[i].value = 0;
  }
  used_ = content.readings.size();
  std::copy(kMagic.begin(), kMagic.end(), head.magic.begin());
  return true;
}

Cell* MetricsFile::find(std::string_view key) const noexcept {
  const std::uint64_t used = used_.load(std::memory_order_acquire);
  for (std::uint64_t i = 0; i < used; ++i) {
    if (key == entries_[i].key) return &slots()[i].value;
  }
  return nullptr;
}

Cell* MetricsFile::cell(std::string_view key, Lifetime lifetime) noexcept {
  if (Cell* const known = find(key)) return known;
  const std::uint64_t used = used_.load(std::memory_order_relaxed);
  if (used == kSlots || key.empty() || key.size() > kKeyMaxBytes) return nullptr;
  try {
    entries_[used] = {std::string(key), lifetime};
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
  Slot& slot = slots()[used];
  slot.lifetime = lifetime;
  slot.key.fill('\0');
  std::copy(key.begin(), key.end(), slot.key.begin());
  used_.store(used + 1, std::memory_order_release);
  header().used.store(used + 1, std::memory_order_release);
  return &slot.value;
}

std::vector<Reading> MetricsFile::readings() const {
  const std::uint64_t used = used_.load(std::memory_order_acquire);
  std::vector<Reading> out;
  out.reserve(used);
  for (std::uint64_t i = 0; i < used; ++i) {
    out.push_back({entries_[i].key, entries_[i].lifetime, slots()[i].value.load(std::memory_order_relaxed)});
  }
  return out;
}

void MetricsFile::move_counts_to(MetricsFile& other) noexcept {
  const std::uint64_t used = used_.load(std::memory_order_acquire);
  for (std::uint64_t i = 0; i < used; ++i) {
    Cell& value = slots()[i].value;
    if (entries_[i].lifetime != Lifetime::persistent || value.load(std::memory_order_relaxed) == 0) continue;
    if (Cell* const cell = other.cell(entries_[i].key, Lifetime::persistent))
      cell->fetch_add(value.exchange(0, std::memory_order_relaxed), std::memory_order_relaxed);
  }
}

bool MetricsFile::is_intact() const noexcept {
  if (descriptor_ < 0) return true;
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return false;
  if (status.st_nlink == 0 || static_cast<std::size_t>(status.st_size) < kFileBytes) return false;
  // Reading the header may lose its page.
  return std::equal(kMagic.begin(), kMagic.end(), header().magic.begin()) && header().used == used_ &&
         lost_pages() == 0;
}

void MetricsFile::empty() noexcept {
  // If it fails, the counters of the ended process stay.
  if (descriptor_ >= 0) static_cast<void>(::ftruncate(descriptor_, 0) == 0);
}

FileContent MetricsFile::read(int descriptor) {
  FileContent content;
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    content.fault = "not a regular file";
    return content;
  }
  if (status.st_size == 0) return content;
  alignas(Header) std::array<char, sizeof(Header)> bytes{};
  if (!read_at(descriptor, bytes.data(), bytes.size(), 0)) {
    content.fault = "too short";
    return content;
  }
  const auto& head = *reinterpret_cast<const Header*>(bytes.data());
  const std::uint64_t used = head.used;
  if (std::all_of(head.magic.begin(), head.magic.end(), [](char c) { return c == '\0'; })) {
    // The file is being initialised by a process that holds the lock, or that process died meanwhile.
    if (used == 0) return content;
    content.fault = "not a metrics file";
  } else if (!std::equal(head.magic.begin(), head.magic.end(), kMagic.begin(), kMagic.end())) {
    content.fault = "not a metrics file";
  } else if (head.layout != kLayout || head.slots != kSlots) {
    content.fault = "the format of another release";
  } else if (used > kSlots || static_cast<std::size_t>(status.st_size) < kFileBytes) {
    content.fault = "damaged";
  }
  if (!content.fault.empty() || used == 0) return content;
  content.process = head.process;
  content.pool.assign(head.pool.begin(), std::find(head.pool.begin(), head.pool.end(), '\0'));

  std::vector<char> all(used * kSlotBytes);
  if (!read_at(descriptor, all.data(), all.size(), kHeaderBytes)) {
    content.fault = "too short";
    return content;
  }
  for (std::uint64_t i = 0; i < used; ++i) {
    const char* const slot = all.data() + i * kSlotBytes;
    Reading reading;
    std::memcpy(&reading.value, slot + offsetof(Slot, value), sizeof reading.value);
    std::memcpy(&reading.lifetime, slot + offsetof(Slot, lifetime), sizeof reading.lifetime);
    const char* const key = slot + offsetof(Slot, key);
    const char* const end = std::find(key, key + kKeyMaxBytes + 1, '\0');
    const bool is_known = reading.lifetime == Lifetime::process || reading.lifetime == Lifetime::persistent;
    if (!is_known || end == key || end == key + kKeyMaxBytes + 1) {
      content.readings.clear();
      content.fault = "damaged";
      return content;
    }
    reading.key.assign(key, end);
    content.readings.push_back(std::move(reading));
  }
  return content;
}

FileContent read_metrics_file(int descriptor) {
  // Tested first: a process that takes the file over meanwhile resets the gauges to zero.
  const bool is_alive = is_locked(descriptor);
  FileContent content = MetricsFile::read(descriptor);
  content.is_alive = is_alive;
  return content;
}

}  // namespace taskward::app
