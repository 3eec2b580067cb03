#include "taskward/base/secret.hpp"

#include <string.h>

#include <cstring>
#include <utility>

namespace taskward {

void wipe(void* memory, std::size_t size) noexcept {
  if (size != 0) explicit_bzero(memory, size);
}

void wipe(std::string& text) noexcept {
  wipe(text.data(), text.size());
  text.clear();
}

Secret::Secret(std::string_view bytes) : bytes_(new char[bytes.size() + 1]), size_(bytes.size()) {
  if (!bytes.empty()) std::memcpy(bytes_.get(), bytes.data(), bytes.size());
  bytes_[size_] = '\0';
}

Secret Secret::take(std::string& text) {
  Secret secret{std::string_view(text)};
  wipe(text);
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(bytes_.get(), size_);
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { wipe(bytes_.get(), size_); }

}  // namespace taskward
