// A folder of migrations that a test writes, damages and reads.
#pragma once

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/store/schema.hpp"
#include "tests/support/throwaway_folder.hpp"

namespace taskward::testing {

inline constexpr const char* kFirst = "-- compatible-with: 1\ncreate table taskward.one (n integer);\n";
inline constexpr const char* kSecond = "-- compatible-with: 1\ncreate table taskward.two (n integer);\n";
inline constexpr const char* kThird = "-- compatible-with: 3\ncreate table taskward.three (n integer);\n";

class MigrationFolder {
 public:
  /// Writes the file and lists it with its correct checksum.
  void add(const std::string& name, const std::string& sql) {
    write(name, sql);
    sums_[name] = crypto::hex(crypto::view(crypto::sha256(sql)));
    write_sums();
  }
  void add_three() {
    add("0001_one.sql", kFirst);
    add("0002_two.sql", kSecond);
    add("0003_three.sql", kThird);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
  }
  void remove(const std::string& name) {
    std::filesystem::remove_all(folder_.path() / name);
    sums_.erase(name);
    write_sums();
  }
  [[nodiscard]] std::vector<store::Migration> read() const {
    return store::read_migrations(folder_.path().string());
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }

 private:
  void write_sums() const {
    std::string text;
    for (const auto& [name, sum] : sums_) text += sum + "  " + name + '\n';
    write("SHA256SUMS", text);
  }
  ThrowawayFolder folder_;
  std::map<std::string, std::string> sums_;
};

/// Whether the message of an exception contains both texts.
inline auto message_contains(std::string first, std::string second = {}) {
  return [first = std::move(first), second = std::move(second)](const std::exception& error) {
    const std::string text = error.what();
    const bool found = text.find(first) != std::string::npos && text.find(second) != std::string::npos;
    if (!found) BOOST_TEST_MESSAGE("message: " << text);
    return found;
  };
}

}  // namespace taskward::testing
