// CBOR (RFC 8949) from clients, read by libcbor.
//
// libcbor allocates as many items as a header announces, before it reads them, so nine bytes can exhaust the
// memory. Therefore the extent of an item is determined first, without allocating, and only what is complete
// is given to libcbor, or to libfido2, which uses it.
#pragma once

#include <cbor.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace taskward::crypto {

/// For handles whose release function takes the address of the pointer, as those of libcbor and libfido2.
template <auto Release>
struct ReleasesByAddress {
  template <class T>
  void operator()(T* handle) const noexcept {
    Release(&handle);
  }
};

/// Bytes of a library.
[[nodiscard]] inline std::string_view view_of(const unsigned char* bytes, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(bytes), size};
}

using CborItem = std::unique_ptr<cbor_item_t, ReleasesByAddress<cbor_decref>>;

/// CTAP (section 8) permits four levels; compound attestation statements (WebAuthn, section 8.9) have five.
inline constexpr std::size_t kCborNestingMax = 5;

/// The size of the item at the beginning of the bytes. Nothing if it is truncated or malformed, has more than
/// kCborNestingMax levels of arrays and maps, or contains what CTAP2 canonical CBOR excludes: items of
/// indefinite length and tags.
[[nodiscard]] std::optional<std::size_t> cbor_size(std::string_view bytes);

/// The item that these bytes are. Null if cbor_size() is not the number of the bytes.
[[nodiscard]] CborItem read_cbor(std::string_view bytes);

/// The value of a member of a map. Null if the item is not a map, or has not exactly one such member.
[[nodiscard]] const cbor_item_t* cbor_member(const cbor_item_t* map, std::string_view name);

/// The contents of a byte string; nothing for another item.
[[nodiscard]] std::optional<std::string_view> cbor_bytes(const cbor_item_t* item);
/// The contents of a text string; nothing for another item.
[[nodiscard]] std::optional<std::string_view> cbor_text(const cbor_item_t* item);

}  // namespace taskward::crypto
