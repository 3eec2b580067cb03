// Reads lines of untrusted text, checking length and encoding.
//
// Lines end with LF; a CR before it is kept. A byte order mark at the beginning is removed.
#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <string>

namespace taskward {

struct Line {
  std::size_t number = 0;  ///< from 1
  std::string text;        ///< UTF-8 without a NUL
  std::string fault;       ///< why it is invalid, such as "is not UTF-8"; then `text` is empty
};

class LineReader {
 public:
  /// A line may have at most `most` bytes. The stream must outlive the reader.
  LineReader(std::istream& in, std::size_t most) : in_(in), most_(most) {}

  /// Nothing at the end of the stream. Throws std::runtime_error if the stream fails.
  [[nodiscard]] std::optional<Line> next();

 private:
  std::istream& in_;
  std::size_t most_;
  std::size_t number_ = 0;
};

}  // namespace taskward
