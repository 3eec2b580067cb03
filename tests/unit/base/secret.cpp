#include "taskward/base/secret.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>

// AddressSanitizer has operators of its own, which must not be mixed with these.
#if defined(__SANITIZE_ADDRESS__)
#define WATCHES_MEMORY 0
#else
#define WATCHES_MEMORY 1
namespace {

// Memory that was given back cannot be looked at, so the look is taken when it is given back.
const void* watched = nullptr;
std::size_t watched_size = 0;
enum class Seen { nothing, wiped, in_clear } seen = Seen::nothing;

void look(const void* memory) noexcept {
  if (memory == nullptr || memory != watched) return;
  const auto* bytes = static_cast<const char*>(memory);
  const bool zero = std::all_of(bytes, bytes + watched_size, [](char c) { return c == '\0'; });
  seen = zero ? Seen::wiped : Seen::in_clear;
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
  look(memory);
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  look(memory);
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

/// Whether the bytes that lay at `data` are zero now.
bool is_zero(const char* data, std::size_t size) {
  return std::all_of(data, data + size, [](char c) { return c == '\0'; });
}

const std::string kLong(100, 'x');

BOOST_AUTO_TEST_SUITE(secret)

BOOST_AUTO_TEST_CASE(it_holds_any_bytes_and_a_nul_behind_them) {
  const Secret secret(std::string_view("a\0b", 3));
  BOOST_TEST(secret.size() == 3U);
  BOOST_TEST(secret.reveal() == std::string_view("a\0b", 3));
  BOOST_TEST(secret.reveal().data()[3] == '\0');
  BOOST_TEST(Secret("").empty());
  BOOST_TEST(Secret().empty());
  BOOST_TEST(Secret().reveal() == "");
}

BOOST_AUTO_TEST_CASE(moving_empties_the_source) {
  Secret first("hunter2");
  Secret second(std::move(first));
  BOOST_TEST(first.empty());  // NOLINT: that is what is tested
  BOOST_TEST(first.reveal() == "");
  BOOST_TEST(second.reveal() == "hunter2");
  Secret third("other");
  third = std::move(second);
  BOOST_TEST(second.empty());  // NOLINT
  BOOST_TEST(third.reveal() == "hunter2");
}

BOOST_AUTO_TEST_CASE(moving_onto_itself_keeps_it) {
  Secret secret("hunter2");
  Secret& same = secret;
  secret = std::move(same);
  BOOST_TEST(secret.reveal() == "hunter2");
}

BOOST_AUTO_TEST_CASE(a_clone_is_another_memory_with_the_same_bytes) {
  const Secret secret(kLong);
  const Secret twin = secret.clone();
  BOOST_TEST(twin.reveal() == kLong);
  BOOST_TEST(static_cast<const void*>(twin.reveal().data()) !=
             static_cast<const void*>(secret.reveal().data()));
}

BOOST_AUTO_TEST_CASE(a_string_that_is_wiped_or_taken_leaves_nothing_behind) {
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

BOOST_AUTO_TEST_CASE(wiping_nothing_is_allowed) {
  std::string empty;
  wipe(empty);
  wipe(nullptr, 0);
  BOOST_TEST(empty.empty());
}

#if WATCHES_MEMORY
BOOST_AUTO_TEST_CASE(the_watch_sees_memory_that_is_given_back_in_clear) {
  char* memory = new char[8]{'h', 'u', 'n', 't', 'e', 'r', '2', '!'};
  watched = memory;
  watched_size = 8;
  seen = Seen::nothing;
  delete[] memory;
  BOOST_TEST((seen == Seen::in_clear));
}

BOOST_AUTO_TEST_CASE(its_memory_is_wiped_when_it_goes) {
  {
    const Secret secret(kLong);
    watch(secret);
  }
  BOOST_TEST((seen == Seen::wiped));
}

BOOST_AUTO_TEST_CASE(its_memory_is_wiped_when_another_is_moved_onto_it) {
  Secret secret(kLong);
  watch(secret);
  secret = Secret("other");
  BOOST_TEST((seen == Seen::wiped));
}
#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward
