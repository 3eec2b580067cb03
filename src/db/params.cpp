#include "taskward/db/params.hpp"

#include <charconv>
#include <stdexcept>

namespace taskward::db {

Params& Params::add(const char* value, int length, int format) {
  if (count_ == kMost) throw std::logic_error("a statement with more than 24 parameters");
  values_[count_] = value;
  lengths_[count_] = length;
  formats_[count_] = format;
  ++count_;
  return *this;
}

Params& Params::number(std::int64_t value) {
  if (count_ == kMost) throw std::logic_error("a statement with more than 24 parameters");
  // Text format, so that the server converts it to the width of the parameter.
  auto& digits = numbers_[count_];
  *std::to_chars(digits.data(), digits.data() + digits.size() - 1, value).ptr = '\0';
  return add(digits.data(), 0, 0);
}

}  // namespace taskward::db
