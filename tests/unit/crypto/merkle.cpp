// Merkle trees: the test vectors of the reference implementation of RFC 6962 (Certificate Transparency), and
// inclusion proofs for every leaf of every tree up to 40 leaves.
#include "taskward/crypto/merkle.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/crypto/encoding.hpp"

namespace taskward::crypto {
namespace {

// The inputs of the reference test vectors.
const std::vector<std::string> kInputs{
    "",
    std::string(1, '\0'),
    "\x10",
    "\x20\x21",
    "\x30\x31",
    "\x40\x41\x42\x43",
    "\x50\x51\x52\x53\x54\x55\x56\x57",
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
};
const std::vector<std::string> kRoots{
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

std::vector<Sha256> hashes(std::size_t count) {
  std::vector<Sha256> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(leaf_hash(kInputs[i % kInputs.size()] + std::string(i / 8, 'x')));
  return out;
}

Sha256 node(const Sha256& left, const Sha256& right) {
  return sha256('\1' + std::string(view(left)) + std::string(view(right)));
}

/// Verifies an inclusion proof as in RFC 9162, section 2.1.3.2, independently of how the path was computed.
Sha256 root_from_path(Sha256 hash, std::size_t index, std::size_t size, const std::vector<Sha256>& path) {
  std::size_t last = size - 1;
  for (const Sha256& sibling : path) {
    if (index % 2 == 1 || index == last) {
      hash = node(sibling, hash);
      while (index % 2 == 0 && index != 0) {
        index /= 2;
        last /= 2;
      }
    } else {
      hash = node(hash, sibling);
    }
    index /= 2;
    last /= 2;
  }
  BOOST_TEST(last == 0U);
  return hash;
}

BOOST_AUTO_TEST_SUITE(merkle)

BOOST_AUTO_TEST_CASE(root_of_an_empty_tree_is_the_hash_of_the_empty_string) {
  BOOST_TEST(hex(view(merkle_root({}))) ==
             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(roots_match_the_certificate_transparency_vectors) {
  for (std::size_t size = 1; size <= kRoots.size(); ++size)
    BOOST_TEST(hex(view(merkle_root(hashes(size)))) == kRoots[size - 1]);
}

BOOST_AUTO_TEST_CASE(inclusion_proof_verifies_exactly_its_leaf) {
  for (std::size_t size = 1; size <= 40; ++size) {
    const auto leaves = hashes(size);
    const Sha256 root = merkle_root(leaves);
    for (std::size_t index = 0; index < size; ++index) {
      const auto path = merkle_path(leaves, index);
      BOOST_TEST((root_from_path(leaves[index], index, size, path) == root));
      BOOST_TEST((root_from_path(leaf_hash("another"), index, size, path) != root));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
