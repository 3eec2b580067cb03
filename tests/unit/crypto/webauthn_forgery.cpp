// Truncated and altered responses of authenticators.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/webauthn_authenticator.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

using testing::Authenticator;
using testing::with_bit_flipped;

/// A copy in memory of exactly its size, so that AddressSanitizer finds any read beyond its end.
class Exact {
 public:
  explicit Exact(std::string_view text) : bytes_(new char[text.size()]), size_(text.size()) {
    std::copy(text.begin(), text.end(), bytes_.get());
  }
  operator std::string_view() const { return {bytes_.get(), size_}; }  // NOLINT: implicit on purpose

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

bool are_equal(const NewPasskey& a, const NewPasskey& b) {
  return a.credential_id == b.credential_id && a.public_key == b.public_key && a.algorithm == b.algorithm &&
         a.sign_count == b.sign_count && a.aaguid == b.aaguid && a.user_verified == b.user_verified &&
         a.backup_eligible == b.backup_eligible && a.backed_up == b.backed_up;
}

/// Of the many bits of RSA every seventh, which is each of the eight in a byte in turn.
std::size_t stride(CoseAlgorithm algorithm) { return algorithm == CoseAlgorithm::RS256 ? 7 : 1; }

struct Fixture : testing::PasskeyFixture {
  /// With outputs of an extension, so that all parts are there.
  static Authenticator authenticator_for(CoseAlgorithm algorithm) {
    Authenticator authenticator(algorithm);
    authenticator.extensions = testing::CborMap().add("credProtect", testing::cbor_of(2)).bytes();
    return authenticator;
  }
  /// Whether the response is accepted.
  bool logs_in(const StoredPasskey& passkey, const PasskeyAssertion& response) const {
    return static_cast<bool>(asserted(passkey, response));
  }
  bool registers(std::string_view client_data_json, std::string_view attestation_object) const {
    return static_cast<bool>(registered(client_data_json, attestation_object));
  }
};

BOOST_FIXTURE_TEST_SUITE(webauthn_forgery, Fixture)

BOOST_AUTO_TEST_CASE(truncated_registration_is_refused) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    const Authenticator authenticator = authenticator_for(algorithm);
    for (const std::string& object :
         {authenticator.attestation_object(), authenticator.self_attestation(creation)}) {
      BOOST_TEST_REQUIRE(registers(Exact(creation), Exact(object)));
      for (std::size_t size = 0; size < object.size(); ++size)
        BOOST_REQUIRE_MESSAGE(!registers(creation, Exact(object.substr(0, size))), size);
      for (std::size_t size = 0; size < creation.size(); ++size)
        BOOST_REQUIRE_MESSAGE(!registers(Exact(creation.substr(0, size)), object), size);
    }
  }
}

BOOST_AUTO_TEST_CASE(truncated_authenticator_data_in_a_whole_attestation_object_is_refused) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    const std::string data = authenticator_for(algorithm).registration_data();
    const auto object = [](std::string_view authenticator_data) {
      return testing::CborMap()
          .add("fmt", testing::cbor_text_of("none"))
          .add("attStmt", testing::CborMap().item())
          .add("authData", testing::cbor_bytes_of(authenticator_data))
          .bytes();
    };
    BOOST_TEST_REQUIRE(registers(creation, object(data)));
    for (std::size_t size = 0; size < data.size(); ++size)
      BOOST_REQUIRE_MESSAGE(!registers(creation, object(std::string_view(data).substr(0, size))), size);
  }
}

BOOST_AUTO_TEST_CASE(truncated_assertion_is_refused) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    const Authenticator authenticator = authenticator_for(algorithm);
    const StoredPasskey passkey = authenticator.stored();
    const PasskeyAssertion good = authenticator.assertion(request);
    BOOST_TEST_REQUIRE(logs_in(passkey, good));
    for (auto part : {&PasskeyAssertion::client_data_json, &PasskeyAssertion::authenticator_data,
                      &PasskeyAssertion::signature}) {
      const std::string& whole = good.*part;
      for (std::size_t size = 0; size < whole.size(); ++size) {
        PasskeyAssertion response = good;
        response.*part = whole.substr(0, size);
        BOOST_REQUIRE_MESSAGE(!logs_in(passkey, response), size);
        response.*part = whole.substr(whole.size() - size);
        BOOST_REQUIRE_MESSAGE(!logs_in(passkey, response), size);
        // Signed, so that only its contents can be wrong.
        if (part != &PasskeyAssertion::authenticator_data) continue;
        response.*part = whole.substr(0, size);
        response.signature = authenticator.signature(response.authenticator_data, request);
        BOOST_REQUIRE_MESSAGE(!logs_in(passkey, response), size);
      }
    }
    for (std::size_t size = 0; size < passkey.public_key.size(); ++size)
      BOOST_REQUIRE_MESSAGE(!logs_in({passkey.public_key.substr(0, size), algorithm}, good), size);
  }
}

BOOST_AUTO_TEST_CASE(assertion_with_any_bit_flipped_is_refused) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    const Authenticator authenticator = authenticator_for(algorithm);
    const StoredPasskey passkey = authenticator.stored();
    const PasskeyAssertion good = authenticator.assertion(request);
    for (auto part : {&PasskeyAssertion::client_data_json, &PasskeyAssertion::authenticator_data,
                      &PasskeyAssertion::signature}) {
      for (std::size_t bit = 0; bit < (good.*part).size() * 8; bit += stride(algorithm)) {
        PasskeyAssertion response = good;
        response.*part = with_bit_flipped(response.*part, bit);
        BOOST_REQUIRE_MESSAGE(!logs_in(passkey, response), static_cast<int>(algorithm) << " bit " << bit);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(public_key_with_any_bit_flipped_refuses_the_assertion_or_is_the_same_key) {
  // OpenSSL accepts a few other encodings of the same key, such as the hybrid form of a point.
  const auto is_encoding_of = [](const testing::TestKey& key, const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const testing::TestKey read(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())), EVP_PKEY_free);
    return read != nullptr && EVP_PKEY_eq(read.get(), key.get()) == 1;
  };
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    const Authenticator authenticator = authenticator_for(algorithm);
    const StoredPasskey passkey = authenticator.stored();
    const PasskeyAssertion good = authenticator.assertion(request);
    int accepted = 0;
    for (std::size_t bit = 0; bit < passkey.public_key.size() * 8; ++bit) {
      const StoredPasskey altered{with_bit_flipped(passkey.public_key, bit), algorithm};
      if (!logs_in(altered, good)) continue;
      ++accepted;
      BOOST_TEST(is_encoding_of(authenticator.key, altered.public_key), bit);
    }
    BOOST_TEST(accepted < 10);
  }
}

BOOST_AUTO_TEST_CASE(self_attestation_with_any_bit_flipped_is_refused) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    const std::string object = authenticator_for(algorithm).self_attestation(creation);
    for (std::size_t bit = 0; bit < object.size() * 8; bit += stride(algorithm))
      BOOST_REQUIRE_MESSAGE(!registers(creation, with_bit_flipped(object, bit)), static_cast<int>(algorithm)
                                                                                     << " bit " << bit);
    for (std::size_t bit = 0; bit < creation.size() * 8; bit += 7)
      BOOST_REQUIRE_MESSAGE(!registers(with_bit_flipped(creation, bit), object), bit);
  }
}

// Without attestation nothing is signed. What is accepted is then another passkey, except for bits that mean
// nothing: the two reserved flags, and what an extension reports.
BOOST_AUTO_TEST_CASE(registration_with_a_bit_flipped_is_refused_or_another_passkey) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    const Authenticator authenticator(algorithm);
    const std::string object = authenticator.attestation_object();
    const auto good = registered(creation, object);
    BOOST_TEST_REQUIRE(static_cast<bool>(good));
    std::vector<std::size_t> without_effect;
    for (std::size_t bit = 0; bit < object.size() * 8; ++bit) {
      const auto altered = registered(creation, with_bit_flipped(object, bit));
      if (altered && are_equal(*altered, *good)) without_effect.push_back(bit);
    }
    const std::size_t flags = (object.find(authenticator.registration_data()) + 32) * 8;
    BOOST_TEST(without_effect == (std::vector<std::size_t>{flags + 1, flags + 5}),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(random_changes_never_make_another_valid_response) {
  std::mt19937 random(16);  // NOLINT: repeatable
  for (const CoseAlgorithm algorithm : {CoseAlgorithm::ES256, CoseAlgorithm::EdDSA}) {
    const Authenticator authenticator = authenticator_for(algorithm);
    const StoredPasskey passkey = authenticator.stored();
    const PasskeyAssertion good = authenticator.assertion(request);
    const std::string object = authenticator.self_attestation(creation);
    const auto altered = [&](std::string text) {
      // Bytes are replaced, inserted and removed.
      for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
        const std::size_t at = random() % text.size();
        const auto byte = static_cast<char>(random());
        switch (random() % 3) {
          case 0:
            text[at] = byte;
            break;
          case 1:
            text.insert(at, 1, byte);
            break;
          default:
            text.erase(at, 1);
        }
      }
      return text;
    };
    for (int i = 0; i < 3000; ++i) {
      const std::string other = altered(object);
      BOOST_REQUIRE(other == object || !registers(creation, Exact(other)));
      PasskeyAssertion response = good;
      response.authenticator_data = altered(good.authenticator_data);
      BOOST_REQUIRE(response.authenticator_data == good.authenticator_data || !logs_in(passkey, response));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
