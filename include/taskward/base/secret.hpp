// Secret: bytes that cannot be printed or copied by accident, and are wiped when they go.
//
//   Secret password = ...;
//   hasher.verify(password.reveal(), hash);   // the one way to look, easy to search for
#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace taskward {

/// Overwrites memory in a way the compiler must not drop.
void wipe(void* memory, std::size_t size) noexcept;
void wipe(std::string& text) noexcept;

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes);
  /// Takes the text over and wipes the string it came in.
  [[nodiscard]] static Secret take(std::string& text);

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] Secret clone() const { return Secret(reveal()); }
  /// A NUL stands behind the bytes, so that C libraries can read them in place.
  [[nodiscard]] std::string_view reveal() const noexcept { return {bytes_ ? bytes_.get() : "", size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace taskward
