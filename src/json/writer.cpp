#include "taskward/json/writer.hpp"

// Looks for characters to escape by sixteen.
#ifdef __SSE2__
#define RAPIDJSON_SSE2
#endif
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace taskward::json {

struct Writer::Body {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
};

namespace {

rapidjson::SizeType size_of(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }

}  // namespace

Writer::Writer() : body_(std::make_unique<Body>()) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

void Writer::begin_object() { body_->writer.StartObject(); }
void Writer::end_object() { body_->writer.EndObject(); }
void Writer::begin_array() { body_->writer.StartArray(); }
void Writer::end_array() { body_->writer.EndArray(); }
void Writer::key(std::string_view name) { body_->writer.Key(name.data(), size_of(name)); }
void Writer::string(std::string_view text) {
  // RapidJSON asserts that the pointer is not null.
  body_->writer.String(text.empty() ? "" : text.data(), size_of(text));
}
void Writer::number(std::int64_t value) { body_->writer.Int64(value); }
void Writer::boolean(bool value) { body_->writer.Bool(value); }
void Writer::null() { body_->writer.Null(); }

void Writer::raw(std::string_view json) {
  // The type is not used.
  body_->writer.RawValue(json.data(), json.size(), rapidjson::kNullType);
}

std::string Writer::take() {
  std::string text(body_->buffer.GetString(), body_->buffer.GetSize());
  body_->buffer.Clear();
  body_->writer.Reset(body_->buffer);
  return text;
}

}  // namespace taskward::json
