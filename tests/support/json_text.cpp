#include "json_text.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <stdexcept>
#include <utility>

namespace taskward::test {
namespace {

using Value = rapidjson::Value;

const Value& value_at(const void* pointer) { return *static_cast<const Value*>(pointer); }

void expect(bool right, const char* what) {
  if (!right) throw std::runtime_error(std::string("the JSON value is not of type ") + what);
}

Value::ConstMemberIterator find(const Value& object, std::string_view name) {
  expect(object.IsObject(), "object");
  return object.FindMember(
      Value(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
}

}  // namespace

struct Json::Tree {
  rapidjson::Document document;
};

Json Json::parse(std::string_view text) {
  auto tree = std::make_shared<Tree>();
  tree->document.Parse(text.data(), text.size());
  if (tree->document.HasParseError())
    throw std::runtime_error("not JSON: " + std::string(text.substr(0, 500)));
  const void* root = static_cast<const Value*>(&tree->document);
  return {std::move(tree), root};
}

Json Json::operator[](std::string_view name) const {
  const auto found = find(value_at(value_), name);
  if (found == value_at(value_).MemberEnd()) throw std::runtime_error("missing member: " + std::string(name));
  return {tree_, &found->value};
}

Json Json::at(std::size_t index) const {
  expect(value_at(value_).IsArray(), "array");
  if (index >= size()) throw std::runtime_error("array index out of range: " + std::to_string(index));
  return {tree_, &value_at(value_)[static_cast<rapidjson::SizeType>(index)]};
}

bool Json::has(std::string_view name) const {
  return find(value_at(value_), name) != value_at(value_).MemberEnd();
}

bool Json::is_null() const { return value_at(value_).IsNull(); }

std::string_view Json::type() const noexcept {
  const Value& value = value_at(value_);
  if (value.IsNull()) return "null";
  if (value.IsBool()) return "boolean";
  if (value.IsInt64()) return "integer";
  if (value.IsNumber()) return "number";
  if (value.IsString()) return "string";
  return value.IsArray() ? "array" : "object";
}

std::string Json::dump() const {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value_at(value_).Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

std::size_t Json::size() const {
  const Value& value = value_at(value_);
  if (value.IsObject()) return value.MemberCount();
  expect(value.IsArray(), "array");
  return value.Size();
}

std::vector<std::string> Json::names() const {
  expect(value_at(value_).IsObject(), "object");
  std::vector<std::string> out;
  for (const auto& member : value_at(value_).GetObject())
    out.emplace_back(member.name.GetString(), member.name.GetStringLength());
  return out;
}

std::string Json::text() const {
  const Value& value = value_at(value_);
  expect(value.IsString(), "string");
  return {value.GetString(), value.GetStringLength()};
}

std::int64_t Json::number() const {
  expect(value_at(value_).IsInt64(), "integer");
  return value_at(value_).GetInt64();
}

bool Json::boolean() const {
  expect(value_at(value_).IsBool(), "boolean");
  return value_at(value_).GetBool();
}

std::string json_string(std::string_view text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace taskward::test
