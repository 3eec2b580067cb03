#include "taskward/base/lines.hpp"

#include <stdexcept>

#include "taskward/base/utf8.hpp"

namespace taskward {

std::optional<Line> LineReader::next() {
  using Traits = std::istream::traits_type;
  if (in_.peek() == Traits::eof()) {
    if (in_.bad()) throw std::runtime_error("reading a stream failed");
    return std::nullopt;
  }
  Line line;
  line.number = ++number_;
  bool too_long = false;
  std::streambuf& bytes = *in_.rdbuf();
  for (auto byte = bytes.sbumpc(); byte != Traits::eof() && byte != '\n'; byte = bytes.sbumpc()) {
    too_long = too_long || line.text.size() == most_;
    if (!too_long) line.text += Traits::to_char_type(byte);
  }
  if (line.number == 1 && line.text.starts_with(kByteOrderMark)) line.text.erase(0, kByteOrderMark.size());
  if (too_long)
    line.fault = "is longer than " + std::to_string(most_) + " bytes";
  else if (!code_points(line.text))
    line.fault = "is not UTF-8";
  else if (line.text.find('\0') != std::string::npos)
    line.fault = "contains a NUL";
  if (!line.fault.empty()) line.text.clear();
  return line;
}

}  // namespace taskward
