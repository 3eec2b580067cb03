#include "taskward/db/array.hpp"

namespace taskward::db {

void ArrayText::part() {
  if (text_.ends_with('}')) text_.pop_back();
  if (text_.size() > 1) text_ += ',';
}

void ArrayText::add(std::string_view value) {
  part();
  text_ += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

void ArrayText::add_null() {
  part();
  text_ += "NULL";
}

const char* ArrayText::c_str() {
  // Only the array's own end: a value ends with a quote.
  if (!text_.ends_with('}')) text_ += '}';
  return text_.c_str();
}

}  // namespace taskward::db
