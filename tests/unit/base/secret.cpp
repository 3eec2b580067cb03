#include "taskward/base/secret.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

// AddressSanitizer replaces operators new and delete itself, so they must not be replaced here.
#if defined(__SANITIZE_ADDRESS__)
#define INSPECTS_FREED_MEMORY 0
#else
#define INSPECTS_FREED_MEMORY 1
namespace {

// Freed memory must not be read, so operator delete inspects it before it is freed.
const void* watched = nullptr;
std::size_t watched_size = 0;
enum class Seen { nothing, wiped, not_wiped } seen = Seen::nothing;

void inspect(const void* memory) noexcept {
  if (memory == nullptr || memory != watched) return;
  const auto* bytes = static_cast<const char*>(memory);
  const bool zero = std::all_of(bytes, bytes + watched_size, [](char c) { return c == '\0'; });
  seen = zero ? Seen::wiped : Seen::not_wiped;
  watched = nullptr;
}

void watch(const taskward::Secret& secret) {
  watched = secret.reveal().data();
  watched_size = secret.size();
  seen = Seen::nothing;
}

}  // namespace

void* operator new[](std::size_t size) {
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete[](void* memory) noexcept {
  inspect(memory);
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  inspect(memory);
  std::free(memory);
}
#endif

namespace taskward {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_assignable_v<Secret>);
static_assert(!std::is_convertible_v<std::string, Secret> && !std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(Printable<std::string> && !Printable<Secret>);

/// Whether the bytes at `data` are all zero.
bool is_zero(const char* data, std::size_t size) {
  return std::all_of(data, data + size, [](char c) { return c == '\0'; });
}

const std::string kLong(100, 'x');

BOOST_AUTO_TEST_SUITE(secret)

BOOST_AUTO_TEST_CASE(secret_holds_any_bytes_and_is_nul_terminated) {
  const Secret secret(std::string_view("a\0b", 3));
  BOOST_TEST(secret.size() == 3U);
  BOOST_TEST(secret.reveal() == std::string_view("a\0b", 3));
  BOOST_TEST(secret.reveal().data()[3] == '\0');
  BOOST_TEST(Secret("").empty());
  BOOST_TEST(Secret().empty());
  BOOST_TEST(Secret().reveal() == "");
}

BOOST_AUTO_TEST_CASE(moved_from_secret_is_empty) {
  Secret first("hunter2");
  Secret second(std::move(first));
  BOOST_TEST(first.empty());  // NOLINT: tests the moved-from state
  BOOST_TEST(first.reveal() == "");
  BOOST_TEST(second.reveal() == "hunter2");
  Secret third("other");
  third = std::move(second);
  BOOST_TEST(second.empty());  // NOLINT
  BOOST_TEST(third.reveal() == "hunter2");
}

BOOST_AUTO_TEST_CASE(self_move_keeps_the_secret) {
  Secret secret("hunter2");
  Secret& same = secret;
  secret = std::move(same);
  BOOST_TEST(secret.reveal() == "hunter2");
}

BOOST_AUTO_TEST_CASE(clone_has_its_own_memory) {
  const Secret secret(kLong);
  const Secret clone = secret.clone();
  BOOST_TEST(clone.reveal() == kLong);
  BOOST_TEST(static_cast<const void*>(clone.reveal().data()) !=
             static_cast<const void*>(secret.reveal().data()));
}

BOOST_AUTO_TEST_CASE(wiped_or_taken_string_is_zeroed) {
  for (const std::string& text : {std::string("short"), kLong}) {
    std::string wiped = text;
    wipe(wiped);
    BOOST_TEST(wiped.empty());
    BOOST_TEST(is_zero(wiped.data(), text.size()));

    std::string taken = text;
    const Secret secret = Secret::take(taken);
    BOOST_TEST(secret.reveal() == text);
    BOOST_TEST(taken.empty());
    BOOST_TEST(is_zero(taken.data(), text.size()));
  }
}

BOOST_AUTO_TEST_CASE(wiping_an_empty_string_is_allowed) {
  std::string empty;
  wipe(empty);
  wipe(nullptr, 0);
  BOOST_TEST(empty.empty());
}

#if INSPECTS_FREED_MEMORY
BOOST_AUTO_TEST_CASE(inspection_detects_memory_freed_without_wiping) {
  char* memory = new char[8]{'h', 'u', 'n', 't', 'e', 'r', '2', '!'};
  watched = memory;
  watched_size = 8;
  seen = Seen::nothing;
  delete[] memory;
  BOOST_TEST((seen == Seen::not_wiped));
}

BOOST_AUTO_TEST_CASE(destroyed_secret_wipes_its_memory) {
  {
    const Secret secret(kLong);
    watch(secret);
  }
  BOOST_TEST((seen == Seen::wiped));
}

BOOST_AUTO_TEST_CASE(move_assignment_wipes_the_previous_secret) {
  Secret secret(kLong);
  watch(secret);
  secret = Secret("other");
  BOOST_TEST((seen == Seen::wiped));
}
#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
