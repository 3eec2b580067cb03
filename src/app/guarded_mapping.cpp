#include "guarded_mapping.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <system_error>

namespace taskward::app {
namespace {

/// A guarded part of the address space. It is unused while `end` is 0.
struct Range {
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};
  std::atomic<std::uint32_t> lost_pages{0};
};

constexpr int kRanges = 256;

// The handler reads these without a lock.
constinit std::array<Range, kRanges> ranges;
constinit std::atomic<std::uintptr_t> page_size{0};
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free, "used in a signal handler");

constinit std::mutex changing;
struct sigaction previous {};  // written before the handler is installed

/// Replaces the page if it is guarded. mmap is a plain system call on Linux, so a handler may use it.
bool replace_page(std::uintptr_t address) noexcept {
  for (Range& range : ranges) {
    const std::uintptr_t end = range.end.load(std::memory_order_acquire);
    if (address >= end || address < range.begin.load(std::memory_order_relaxed)) continue;
    const std::uintptr_t size = page_size.load(std::memory_order_relaxed);
    void* const page = reinterpret_cast<void*>(address & ~(size - 1));  // NOLINT: an address of our mapping
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    if (::mmap(page, size, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) return false;  // NOLINT
    range.lost_pages.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  return false;
}

void handle(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const bool is_handled =
      info->si_code == BUS_ADRERR && replace_page(reinterpret_cast<std::uintptr_t>(info->si_addr));
  errno = saved_errno;
  if (is_handled) return;
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler != SIG_DFL &&
             previous.sa_handler != SIG_IGN) {  // NOLINT: the system's macros
    previous.sa_handler(signal);
  } else {
    // Returning repeats the access, which now terminates the process. A signal sent by kill(2) is repeated.
    ::signal(signal, SIG_DFL);  // NOLINT
    if (info->si_code <= 0) ::raise(signal);
  }
}

/// Called for each mapping, because a library may have replaced the handler meanwhile.
void install_handler() {
  struct sigaction now {};
  if (::sigaction(SIGBUS, nullptr, &now) != 0)
    throw std::system_error(errno, std::generic_category(), "sigaction");
  if ((now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == &handle) return;
  previous = now;
  struct sigaction ours {};
  ours.sa_sigaction = &handle;
  ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  ::sigemptyset(&ours.sa_mask);
  if (::sigaction(SIGBUS, &ours, nullptr) != 0)
    throw std::system_error(errno, std::generic_category(), "sigaction");
}

int guard(void* memory, std::size_t bytes) {
  const std::scoped_lock lock(changing);
  page_size.store(static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE)), std::memory_order_relaxed);
  for (int i = 0; i < kRanges; ++i) {
    Range& range = ranges[static_cast<std::size_t>(i)];
    if (range.end.load(std::memory_order_relaxed) != 0) continue;
    install_handler();
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    range.begin.store(begin, std::memory_order_relaxed);
    range.lost_pages.store(0, std::memory_order_relaxed);
    range.end.store(begin + bytes, std::memory_order_release);
    return i;
  }
  throw std::system_error(ENOMEM, std::generic_category(), "too many guarded mappings");
}

void unguard(int index) noexcept {
  ranges[static_cast<std::size_t>(index)].end.store(0, std::memory_order_release);
}

}  // namespace

GuardedMapping::GuardedMapping(int descriptor, std::size_t bytes) : bytes_(bytes) {
  const int flags = descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, descriptor, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");  // NOLINT
  memory_ = memory;
  if (descriptor < 0) return;
  try {
    range_ = guard(memory, bytes);
  } catch (...) {
    ::munmap(memory, bytes);
    throw;
  }
}

GuardedMapping::~GuardedMapping() {
  if (range_ >= 0) unguard(range_);
  ::munmap(memory_, bytes_);
}

std::uint32_t GuardedMapping::lost_pages() const noexcept {
  return range_ < 0 ? 0 : ranges[static_cast<std::size_t>(range_)].lost_pages.load(std::memory_order_relaxed);
}

}  // namespace taskward::app
