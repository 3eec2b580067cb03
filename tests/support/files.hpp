// Reading files in tests.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace taskward::test {

/// The bytes of the file, without the first `from`; empty if it cannot be read.
[[nodiscard]] inline std::string read_file(const std::filesystem::path& path, std::size_t from = 0) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(from));
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Without its line break; empty if the file cannot be read.
[[nodiscard]] inline std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace taskward::test
