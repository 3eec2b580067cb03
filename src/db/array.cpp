#include "taskward/db/array.hpp"

namespace taskward::db {

void ArrayText::separate() {
  if (text_.ends_with('}')) text_.pop_back();
  if (text_.size() > 1) text_ += ',';
}

void ArrayText::add(std::string_view value) {
  separate();
  text_ += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

void ArrayText::add_null() {
  separate();
  text_ += "NULL";
}

const char* ArrayText::c_str() {
  // A trailing '}' ends the array; values end with a quote.
  if (!text_.ends_with('}')) text_ += '}';
  return text_.c_str();
}

}  // namespace taskward::db
