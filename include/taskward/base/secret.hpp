// Secret: bytes that cannot be printed or copied accidentally and are wiped on destruction.
//
//   Secret password = ...;
//   hasher.verify(password.reveal(), hash);   // the only access, easy to search for
#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace taskward {

/// Overwrites memory; not optimised away.
void wipe(void* memory, std::size_t size) noexcept;
void wipe(std::string& text) noexcept;

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes);
  /// Moves the text into a Secret and wipes the string.
  [[nodiscard]] static Secret take(std::string& text);

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] Secret clone() const { return Secret(reveal()); }
  /// Followed by a NUL, for C libraries.
  [[nodiscard]] std::string_view reveal() const noexcept { return {bytes_ ? bytes_.get() : "", size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace taskward
