// Standard output and standard error of the programs.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>

namespace taskward::programs {

/// While it lives, what is written to the stream cannot control a terminal: control characters other than
/// tabs and line feeds, and the others of base/printable.hpp, are written as in JSON (\u009b), so that JSON
/// stays the same, and bytes that are not UTF-8 as \x9b.
class EscapedOutput : public std::streambuf {
 public:
  explicit EscapedOutput(std::ostream& stream);
  EscapedOutput(const EscapedOutput&) = delete;
  EscapedOutput& operator=(const EscapedOutput&) = delete;
  ~EscapedOutput() override;

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  enum class Rest { kept, written };
  /// Writes what has been received. `rest`: an incomplete UTF-8 sequence at the end.
  bool drain(Rest rest);

  std::ostream& stream_;
  std::streambuf* const target_;
  std::string received_;
};

}  // namespace taskward::programs
