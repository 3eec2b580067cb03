// Lines of a text that somebody else has written, one at a time, each bounded and checked.
//
// A line ends with a line feed or with the text; a carriage return stays in it. A byte order mark at the
// beginning is left out.
#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <string>

namespace taskward {

struct Line {
  std::size_t number = 0;  ///< from 1
  std::string text;        ///< UTF-8 without a NUL
  std::string fault;  ///< what is wrong with it, as a clause; there is no text then. Empty when it is sound
};

class LineReader {
 public:
  /// A longer line than `most` bytes is a fault. The stream outlives the reader.
  LineReader(std::istream& in, std::size_t most) : in_(in), most_(most) {}

  /// Nothing at the end. Throws std::runtime_error when the stream breaks.
  [[nodiscard]] std::optional<Line> next();

 private:
  std::istream& in_;
  std::size_t most_;
  std::size_t number_ = 0;
};

}  // namespace taskward
