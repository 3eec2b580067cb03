#include "metrics_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <system_error>

namespace taskward::app {
namespace {

constexpr std::string_view kMagic = "taskward metrics";
constexpr std::uint32_t kLayout = 1;
/// A release has some hundred series; a file that served several has those of all of them.
constexpr std::uint32_t kSlots = 2048;
constexpr std::size_t kHeaderBytes = 4096;
/// More processes than a host would ever run.
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

/// Asks without taking it, so that a process that starts meanwhile finds it free.
bool is_locked(int descriptor) {
  struct flock lock = whole_file();
  return ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// False when the file is shorter.
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

// The bytes of the file, in the machine's own order: nothing but processes of this host reads it.
struct MetricsFile::Header {
  std::array<char, 16> magic;  // written last
  std::uint32_t layout;
  std::uint32_t slots;
  std::atomic<std::uint64_t> used;  // slots before it have their keys and never lose them
  // For people who look into it.
  std::int64_t process;
  std::int64_t taken_over_at;  // microseconds since 1970
  std::array<char, 16> pool;
};

struct MetricsFile::Slot {
  Cell value;
  Lasting lasting;
  std::array<char, kKeyMaxBytes + 1> key;  // ends with a NUL
};

namespace {
constexpr std::size_t kSlotBytes = 128;
constexpr std::size_t kFileBytes = kHeaderBytes + kSlots * kSlotBytes;
}  // namespace

MetricsFile::Header& MetricsFile::header() const noexcept { return *static_cast<Header*>(memory_); }

MetricsFile::Slot* MetricsFile::slots() const noexcept {
  static_assert(sizeof(Slot) == kSlotBytes && sizeof(Header) <= kHeaderBytes);
  return reinterpret_cast<Slot*>(static_cast<char*>(memory_) + kHeaderBytes);
}

MetricsFile::MetricsFile() { map(-1); }

MetricsFile::MetricsFile(const std::string& folder, std::string_view pool) {
  for (int number = 1; number <= kFilesMost; ++number) {
    const std::string path = folder + '/' + std::to_string(number) + std::string(kMetricsFileSuffix);
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (descriptor < 0) fail(path);
    try {
      if (try_lock(descriptor) && take_over(descriptor, pool)) return;
    } catch (...) {
      ::close(descriptor);
      throw;
    }
    ::close(descriptor);
  }
  fail(folder + " is full of files that cannot be used", ENOSPC);
}

MetricsFile::~MetricsFile() {
  if (memory_ != nullptr) ::munmap(memory_, kFileBytes);
  if (descriptor_ >= 0) ::close(descriptor_);
}

void MetricsFile::map(int descriptor) {
  const int flags = descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  void* const memory = ::mmap(nullptr, kFileBytes, PROT_READ | PROT_WRITE, flags, descriptor, 0);
  if (memory == MAP_FAILED) fail("mmap");  // NOLINT: the system's own macro
  memory_ = memory;
}

bool MetricsFile::take_over(int descriptor, std::string_view pool) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) fail("fstat");
  if (!S_ISREG(status.st_mode)) return false;
  const FileContent content = read(descriptor);
  if (!content.fault.empty()) return false;
  // Every page of it is there from now on: one that a full disk cannot give later would end the process.
  if (const int error = ::posix_fallocate(descriptor, 0, static_cast<off_t>(kFileBytes)); error != 0)
    fail("room for a file of metrics", error);
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
  for (std::uint64_t i = 0; i < head.used; ++i) {
    Slot& slot = slots()[i];
    if (slot.lasting == Lasting::while_it_runs) slot.value = 0;
  }
  std::copy(kMagic.begin(), kMagic.end(), head.magic.begin());
  return true;
}

Cell* MetricsFile::find(std::string_view key) const noexcept {
  const std::uint64_t used = header().used.load(std::memory_order_acquire);
  for (std::uint64_t i = 0; i < used; ++i) {
    if (key == slots()[i].key.data()) return &slots()[i].value;
  }
  return nullptr;
}

Cell* MetricsFile::cell(std::string_view key, Lasting lasting) noexcept {
  if (Cell* const known = find(key)) return known;
  const std::uint64_t used = header().used.load(std::memory_order_relaxed);
  if (used == kSlots || key.empty() || key.size() > kKeyMaxBytes) return nullptr;
  Slot& slot = slots()[used];
  slot.lasting = lasting;
  slot.key.fill('\0');
  std::copy(key.begin(), key.end(), slot.key.begin());
  header().used.store(used + 1, std::memory_order_release);
  return &slot.value;
}

std::vector<Reading> MetricsFile::readings() const {
  const std::uint64_t used = header().used.load(std::memory_order_acquire);
  std::vector<Reading> out;
  out.reserve(used);
  for (std::uint64_t i = 0; i < used; ++i) {
    const Slot& slot = slots()[i];
    out.push_back({slot.key.data(), slot.lasting, slot.value.load(std::memory_order_relaxed)});
  }
  return out;
}

FileContent MetricsFile::read(int descriptor) {
  FileContent content;
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    content.fault = "it is no regular file";
    return content;
  }
  if (status.st_size == 0) return content;
  alignas(Header) std::array<char, sizeof(Header)> bytes{};
  if (!read_at(descriptor, bytes.data(), bytes.size(), 0)) {
    content.fault = "it is too short";
    return content;
  }
  const auto& head = *reinterpret_cast<const Header*>(bytes.data());
  const std::uint64_t used = head.used;
  if (std::all_of(head.magic.begin(), head.magic.end(), [](char c) { return c == '\0'; })) {
    // It is being made at this moment; who makes it has the lock. One whose maker died just then is as good
    // as new.
    if (used == 0) return content;
    content.fault = "it is no file of metrics";
  } else if (!std::equal(head.magic.begin(), head.magic.end(), kMagic.begin(), kMagic.end())) {
    content.fault = "it is no file of metrics";
  } else if (head.layout != kLayout || head.slots != kSlots) {
    content.fault = "its layout is another release's";
  } else if (used > kSlots || static_cast<std::size_t>(status.st_size) < kFileBytes) {
    content.fault = "it is damaged";
  }
  if (!content.fault.empty() || used == 0) return content;

  std::vector<char> all(used * kSlotBytes);
  if (!read_at(descriptor, all.data(), all.size(), kHeaderBytes)) {
    content.fault = "it is too short";
    return content;
  }
  for (std::uint64_t i = 0; i < used; ++i) {
    const char* const slot = all.data() + i * kSlotBytes;
    Reading reading;
    std::memcpy(&reading.value, slot + offsetof(Slot, value), sizeof reading.value);
    std::memcpy(&reading.lasting, slot + offsetof(Slot, lasting), sizeof reading.lasting);
    const char* const key = slot + offsetof(Slot, key);
    const char* const end = std::find(key, key + kKeyMaxBytes + 1, '\0');
    const bool is_known = reading.lasting == Lasting::while_it_runs || reading.lasting == Lasting::for_ever;
    if (!is_known || end == key || end == key + kKeyMaxBytes + 1) {
      content.readings.clear();
      content.fault = "it is damaged";
      return content;
    }
    reading.key.assign(key, end);
    content.readings.push_back(std::move(reading));
  }
  return content;
}

FileContent read_metrics_file(int descriptor) {
  // Asked first: whoever takes it over meanwhile makes gauges zero, and never larger.
  const bool is_alive = is_locked(descriptor);
  FileContent content = MetricsFile::read(descriptor);
  content.is_alive = is_alive;
  return content;
}

}  // namespace taskward::app
