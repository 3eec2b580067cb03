#include "cbor.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace taskward::crypto {
namespace {

/// The levels that are not complete, and how many items each still lacks.
struct Levels {
  std::array<std::uint64_t, kCborNestingMax + 1> missing{1};
  std::size_t count = 1;
  std::uint64_t bytes_left = 0;
  bool is_refused = false;

  void open(std::uint64_t items) {
    if (count == missing.size())
      is_refused = true;
    else
      missing[count++] = items;
  }
};

Levels& levels_of(void* context) { return *static_cast<Levels*>(context); }

/// The types of sizes differ between versions of libcbor.
cbor_callbacks callbacks() {
  cbor_callbacks out = cbor_empty_callbacks;
  out.array_start = [](void* context, auto items) { levels_of(context).open(items); };
  out.map_start = [](void* context, auto pairs) {
    Levels& levels = levels_of(context);
    // Prevents an overflow.
    if (pairs > levels.bytes_left)
      levels.is_refused = true;
    else
      levels.open(std::uint64_t{pairs} * 2);
  };
  out.byte_string_start = out.string_start = out.indef_array_start = out.indef_map_start =
      out.indef_break = [](void* context) { levels_of(context).is_refused = true; };
  out.tag = [](void* context, auto) { levels_of(context).is_refused = true; };
  return out;
}

}  // namespace

std::optional<std::size_t> cbor_size(std::string_view bytes) {
  static const cbor_callbacks kCallbacks = callbacks();
  Levels levels;
  std::size_t read = 0;
  while (levels.count > 0) {
    if (read == bytes.size()) return std::nullopt;
    --levels.missing[levels.count - 1];
    levels.bytes_left = bytes.size() - read;
    const cbor_decoder_result item = cbor_stream_decode(reinterpret_cast<cbor_data>(bytes.data() + read),
                                                        levels.bytes_left, &kCallbacks, &levels);
    if (item.status != CBOR_DECODER_FINISHED || levels.is_refused) return std::nullopt;
    read += item.read;
    while (levels.count > 0 && levels.missing[levels.count - 1] == 0) --levels.count;
  }
  return read;
}

CborItem read_cbor(std::string_view bytes) {
  if (cbor_size(bytes) != bytes.size()) return nullptr;
  cbor_load_result result{};
  return CborItem(cbor_load(reinterpret_cast<cbor_data>(bytes.data()), bytes.size(), &result));
}

const cbor_item_t* cbor_member(const cbor_item_t* map, std::string_view name) {
  if (map == nullptr || !cbor_isa_map(map)) return nullptr;
  const cbor_item_t* found = nullptr;
  for (const cbor_pair& pair : std::span(cbor_map_handle(map), cbor_map_size(map))) {
    if (cbor_text(pair.key) != name) continue;
    if (found != nullptr) return nullptr;
    found = pair.value;
  }
  return found;
}

std::optional<std::string_view> cbor_bytes(const cbor_item_t* item) {
  if (item == nullptr || !cbor_isa_bytestring(item)) return std::nullopt;
  return view_of(cbor_bytestring_handle(item), cbor_bytestring_length(item));
}

std::optional<std::string_view> cbor_text(const cbor_item_t* item) {
  if (item == nullptr || !cbor_isa_string(item)) return std::nullopt;
  return view_of(cbor_string_handle(item), cbor_string_length(item));
}

}  // namespace taskward::crypto
