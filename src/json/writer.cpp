#include "taskward/json/writer.hpp"

// Looks for characters to escape by sixteen.
#ifdef __SSE2__
#define RAPIDJSON_SSE2
#endif
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <utility>

#include "taskward/base/secret.hpp"

namespace taskward::json {

namespace {

/// A buffer that has held a longer text is not kept.
constexpr std::size_t kKeptBytes = 65536;

}  // namespace

struct Writer::Body {
  class Plain : public rapidjson::Writer<rapidjson::StringBuffer> {
   public:
    using rapidjson::Writer<rapidjson::StringBuffer>::Writer;
    void plain(std::string_view text) {
      Prefix(rapidjson::kStringType);
      char* const at = os_->Push(text.size() + 2);
      at[0] = '"';
      text.copy(at + 1, text.size());
      at[text.size() + 1] = '"';
    }
  };

  rapidjson::StringBuffer buffer;
  Plain writer{buffer};
};

// The buffer grows in steps, each of which copies it, so each thread keeps one.
thread_local std::unique_ptr<Writer::Body> Writer::spare;

namespace {

rapidjson::SizeType size_of(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }

}  // namespace

Writer::Writer() : body_(spare ? std::move(spare) : std::make_unique<Body>()) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

Writer::~Writer() {
  if (body_ == nullptr) return;
  clear();
  if (body_->buffer.stack_.GetCapacity() <= kKeptBytes) spare = std::move(body_);
}

void Writer::clear() {
  // It may have had a token in it.
  wipe(body_->buffer.stack_.Bottom<char>(), body_->buffer.GetSize());
  body_->buffer.Clear();
  body_->writer.Reset(body_->buffer);
}

void Writer::begin_object() { body_->writer.StartObject(); }
void Writer::end_object() { body_->writer.EndObject(); }
void Writer::begin_array() { body_->writer.StartArray(); }
void Writer::end_array() { body_->writer.EndArray(); }
void Writer::key(std::string_view name) { body_->writer.Key(name.data(), size_of(name)); }
void Writer::string(std::string_view text) {
  // RapidJSON asserts that the pointer is not null.
  body_->writer.String(text.empty() ? "" : text.data(), size_of(text));
}
void Writer::plain_key(std::string_view name) { body_->writer.plain(name); }
void Writer::plain_string(std::string_view text) { body_->writer.plain(text); }
void Writer::number(std::int64_t value) { body_->writer.Int64(value); }
void Writer::boolean(bool value) { body_->writer.Bool(value); }
void Writer::null() { body_->writer.Null(); }

void Writer::raw(std::string_view json) {
  // The type is not used.
  body_->writer.RawValue(json.data(), json.size(), rapidjson::kNullType);
}

std::string Writer::take() {
  std::string text(body_->buffer.GetString(), body_->buffer.GetSize());
  clear();
  return text;
}

}  // namespace taskward::json
