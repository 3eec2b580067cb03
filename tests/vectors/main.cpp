// Runs a file of JWS test vectors in the format of Project Wycheproof's json_web_signature_test.json: groups
// of tests, each with one JWK.
//
//   vectors FILE [TEST_ID…]
//
// Prints one line per test: its id, the outcome (accepted, refused, or unsupported if the algorithm of the
// group's key is not supported), the expected result and the comment; then a summary. An unsupported key
// satisfies every expectation. The tests named by TEST_ID must differ from their expected result. Exit
// status: 0 if every test ended as required, else 1; 2 on a usage or file error.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "taskward/crypto/jwk.hpp"
#include "taskward/crypto/jws.hpp"
#include "taskward/json/value.hpp"

namespace {

using namespace taskward;

struct Count {
  int right = 0;
  int wrong = 0;
  int unsupported = 0;
};

json::Value read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  auto value = json::parse(text);
  if (!value) throw std::runtime_error(path + ": " + value.error().detail);
  return std::move(*value);
}

template <class T>
const T& member(const json::Object& object, std::string_view name) {
  const json::Value* value = json::find(object, name);
  const T* held = value == nullptr ? nullptr : value->get_if<T>();
  if (held == nullptr) throw std::runtime_error("missing or invalid member: " + std::string(name));
  return *held;
}

const json::Object& object_of(const json::Value& value) {
  const auto* object = value.get_if<json::Object>();
  if (object == nullptr) throw std::runtime_error("an object is expected");
  return *object;
}

/// The public key of a pair; a shared secret is listed under `private` only.
std::optional<crypto::VerificationKey> key_of(const json::Object& group) {
  return crypto::read_jwk(
      member<json::Object>(group, json::find(group, "public") != nullptr ? "public" : "private"));
}

std::string outcome_of(const std::optional<crypto::VerificationKey>& key, const std::string& jws) {
  if (!key) return "unsupported";
  return crypto::verify_jws(jws, *key) ? "accepted" : "refused";
}

void run_test(const json::Object& test, const std::optional<crypto::VerificationKey>& key,
              const std::vector<std::string>& differs, Count& count) {
  const std::string id = std::to_string(member<std::int64_t>(test, "tcId"));
  const std::string& expected = member<std::string>(test, "result");
  const std::string outcome = outcome_of(key, member<std::string>(test, "jws"));
  bool right = expected == "valid" ? outcome == "accepted" : expected != "invalid" || outcome != "accepted";
  std::string remark;
  if (std::find(differs.begin(), differs.end(), id) != differs.end()) {
    right = !right;
    remark = right ? "  (differs, as required)" : "  (DOES NOT DIFFER)";
  } else if (outcome == "unsupported" && expected == "valid") {
    right = true;
    ++count.unsupported;
  } else if (!right) {
    remark = "  (WRONG)";
  }
  ++(right ? count.right : count.wrong);
  std::cout << id << ' ' << outcome << ' ' << expected << ' ' << member<std::string>(test, "comment")
            << remark << '\n';
}

int run(const std::string& path, const std::vector<std::string>& differs) {
  const json::Value file = read_file(path);
  Count count;
  for (const json::Value& one : member<json::Array>(object_of(file), "testGroups")) {
    const json::Object& group = object_of(one);
    const auto key = key_of(group);
    for (const json::Value& test : member<json::Array>(group, "tests"))
      run_test(object_of(test), key, differs, count);
  }
  std::cout << count.right << " as expected (" << count.unsupported << " of them valid but unsupported), "
            << count.wrong << " not\n";
  return count.wrong == 0 && count.right > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) {
    std::cerr << "usage: vectors FILE [TEST_ID…]\n";
    return 2;
  }
  try {
    return run(words.front(), {words.begin() + 1, words.end()});
  } catch (const std::exception& fault) {
    std::cerr << "vectors: " << fault.what() << '\n';
    return 2;
  }
}
