// What a relying party checks. A software authenticator makes each response right except for one thing.
#include "taskward/crypto/webauthn.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "tests/support/webauthn_authenticator.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::crypto {
namespace {

using testing::Authenticator;
using testing::cbor_bytes_of;
using testing::cbor_of;
using testing::cbor_text_of;
using testing::CborMap;
using testing::repeat;

constexpr std::string_view kCreate = "webauthn.create";
constexpr std::string_view kGet = "webauthn.get";

std::string replaced(std::string text, std::string_view part, std::string_view by) {
  const std::size_t at = text.find(part);
  if (at == std::string::npos) throw std::runtime_error("no such part");
  return text.replace(at, part.size(), by);
}

struct Fixture : testing::PasskeyFixture {
  /// The outcome of both ceremonies with this client data, whose type is `TYPE`. Fails the test if they
  /// differ.
  std::string both(const std::string& client_data_json) const {
    const auto of_type = [&](std::string_view type) {
      return testing::contains(client_data_json, "TYPE") ? replaced(client_data_json, "TYPE", type)
                                                         : client_data_json;
    };
    const Authenticator authenticator;
    const std::string registration = reason(registered(of_type(kCreate), authenticator.attestation_object()));
    const std::string login =
        reason(asserted(authenticator.stored(), authenticator.assertion(of_type(kGet))));
    BOOST_TEST(registration == login, client_data_json);
    return registration;
  }
  const std::string good = client_data("TYPE");

  /// The outcome of both ceremonies with this authenticator. Fails the test if they differ.
  std::string both(const Authenticator& authenticator,
                   UserVerification verification = UserVerification::preferred) const {
    const std::string created = registration(authenticator.attestation_object(), verification);
    BOOST_TEST(created == login(authenticator, verification));
    return created;
  }
};

BOOST_FIXTURE_TEST_SUITE(webauthn, Fixture)

// ---------------------------------------------------------------- what is returned

BOOST_AUTO_TEST_CASE(passkey_of_every_algorithm_is_registered_and_logs_in) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    Authenticator authenticator(algorithm);
    const auto passkey = registered(creation, authenticator.attestation_object());
    BOOST_TEST_REQUIRE(reason(passkey) == "ok");
    BOOST_TEST(passkey->credential_id == authenticator.credential_id);
    BOOST_TEST((passkey->algorithm == algorithm));
    BOOST_TEST((passkey->public_key == testing::spki_of(authenticator.key)));
    BOOST_TEST(passkey->sign_count == 0x01020304U);
    BOOST_TEST(std::string(passkey->aaguid.begin(), passkey->aaguid.end()) == "an AAGUID for us");

    authenticator.sign_count = 0xfffefdfc;
    const auto login = asserted({passkey->public_key, passkey->algorithm}, authenticator.assertion(request));
    BOOST_TEST_REQUIRE(reason(login) == "ok");
    BOOST_TEST(login->sign_count == 0xfffefdfcU);
  }
}

BOOST_AUTO_TEST_CASE(flags_of_the_authenticator_are_reported) {
  using namespace testing;
  for (const unsigned more : {0U, kUserVerified, kBackupEligible, kBackupEligible | kBackedUp,
                              kUserVerified | kBackupEligible | kBackedUp}) {
    Authenticator authenticator;
    authenticator.flags = kUserPresent | more;
    const auto passkey = registered(creation, authenticator.attestation_object());
    const auto login = asserted(authenticator.stored(), authenticator.assertion(request));
    BOOST_TEST_REQUIRE(reason(passkey) == "ok");
    BOOST_TEST_REQUIRE(reason(login) == "ok");
    BOOST_TEST(passkey->user_verified == ((more & kUserVerified) != 0));
    BOOST_TEST(passkey->backup_eligible == ((more & kBackupEligible) != 0));
    BOOST_TEST(passkey->backed_up == ((more & kBackedUp) != 0));
    BOOST_TEST(login->user_verified == passkey->user_verified);
    BOOST_TEST(login->backup_eligible == passkey->backup_eligible);
    BOOST_TEST(login->backed_up == passkey->backed_up);
  }
}

BOOST_AUTO_TEST_CASE(reserved_flags_are_ignored) {
  Authenticator authenticator;
  authenticator.flags |= 0x22;
  BOOST_TEST(both(authenticator) == "ok");
}

// ---------------------------------------------------------------- client data

BOOST_AUTO_TEST_CASE(client_data_of_another_operation_is_refused) {
  const Authenticator authenticator;
  BOOST_TEST(reason(registered(request, authenticator.attestation_object())) == "wrong_type");
  BOOST_TEST(reason(asserted(authenticator.stored(), authenticator.assertion(creation))) == "wrong_type");
  for (const char* type :
       {R"("")", R"("payment.get")", R"("TYPE ")", R"("webauthn")", R"(["TYPE"])", "null", "1"})
    BOOST_TEST(both(replaced(good, R"("TYPE")", type)) == "wrong_type", type);
  BOOST_TEST(both(replaced(good, R"("type":"TYPE",)", "")) == "wrong_type");
}

BOOST_AUTO_TEST_CASE(another_challenge_is_refused) {
  const std::string encoded = base64url(challenge);
  for (const std::string& other :
       {std::string(), base64url("thirty-two random bytes, perhapS"), base64url(challenge + 'x'),
        base64url(challenge.substr(1)), encoded + '=', encoded + ' ', challenge, upper(encoded)})
    BOOST_TEST(both(replaced(good, '"' + encoded + '"', '"' + other + '"')) == "wrong_challenge", other);
  for (const std::string& other : {std::string("null"), std::string("0"), "[\"" + encoded + "\"]"})
    BOOST_TEST(both(replaced(good, '"' + encoded + '"', other)) == "wrong_challenge", other);
  BOOST_TEST(both(replaced(good, R"("challenge":)", R"("Challenge":)")) == "wrong_challenge");
}

BOOST_AUTO_TEST_CASE(any_other_origin_is_refused) {
  for (const char* origin :
       {"", "https://tasks.example.org/", "https://tasks.example.org:443", "https://tasks.example.org:8443",
        "http://tasks.example.org", "https://example.org", "https://evil.tasks.example.org",
        "https://TASKS.example.org", "https://tasks.example.org.evil.example",
        "https://evil.example/https://tasks.example.org", "tasks.example.org", " https://tasks.example.org",
        "https://tasks.example.org ", "null",
        "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck"})
    BOOST_TEST(both(replaced(good, R"("https://tasks.example.org")", '"' + std::string(origin) + '"')) ==
                   "wrong_origin",
               origin);
  for (const char* value : {"null", "1", R"(["https://tasks.example.org"])"})
    BOOST_TEST(both(replaced(good, R"("https://tasks.example.org")", value)) == "wrong_origin", value);
  BOOST_TEST(both(replaced(good, R"("origin")", R"("Origin")")) == "wrong_origin");
}

BOOST_AUTO_TEST_CASE(use_in_a_frame_of_another_origin_is_refused) {
  for (const char* more :
       {R"(,"crossOrigin":true)", R"(,"crossOrigin":"true")", R"(,"crossOrigin":1)", R"(,"crossOrigin":null)",
        R"(,"crossOrigin":[])", R"(,"crossOrigin":true,"topOrigin":"https://evil.example")",
        R"(,"topOrigin":"https://evil.example")", R"(,"topOrigin":"https://tasks.example.org")",
        R"(,"crossOrigin":false,"topOrigin":null)"})
    BOOST_TEST(both(client_data("TYPE", more)) == "cross_origin", more);
  for (const char* more : {"", R"(,"crossOrigin":false)"})
    BOOST_TEST(both(client_data("TYPE", more)) == "ok", more);
}

BOOST_AUTO_TEST_CASE(unknown_members_white_space_and_escapes_in_client_data_are_accepted) {
  for (const char* more :
       {R"(,"tokenBinding":{"status":"supported"})", R"(,"tokenBinding":"not-supported")",
        R"(,"other_keys_can_be_added_here":"do not compare clientDataJSON against a template")",
        R"(,"":{"a":[1,2.5,null,{"type":"webauthn.get"}]})", R"(,"Type":"x","CHALLENGE":1)"})
    BOOST_TEST(both(client_data("TYPE", more)) == "ok", more);
  BOOST_TEST(both(replaced(good, ",", " ,\r\n\t")) == "ok");
  BOOST_TEST(both(replaced(good, "https://", R"(https:\/\u002f)")) == "ok");
  BOOST_TEST(both(replaced(good, R"("origin")", R"("o\u0072igin")")) == "ok");
}

BOOST_AUTO_TEST_CASE(byte_order_mark_before_client_data_is_ignored) {
  BOOST_TEST(both("\xEF\xBB\xBF" + good) == "ok");
  BOOST_TEST(both("\xEF\xBB\xBF\xEF\xBB\xBF" + good) == "malformed");
}

BOOST_AUTO_TEST_CASE(client_data_that_is_not_a_strict_json_object_is_refused) {
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("null"), std::string("\"x\""), '[' + good + ']',
        good + good, good + '\0', good + 'x', "x" + good, replaced(good, "{", R"({"type":"TYPE",)"),
        replaced(good, "{", R"({"origin":"https://evil.example",)"),
        replaced(good, "{", R"({"or\u0069gin":"https://tasks.example.org",)"),
        replaced(good, "https", "\xff"), client_data("TYPE", R"(,"x":"\ud800")"),
        client_data("TYPE", ",\"x\":" + std::string(40, '[') + std::string(40, ']'))})
    BOOST_TEST(both(bad) == "malformed", bad);
}

BOOST_AUTO_TEST_CASE(client_data_of_16384_bytes_is_accepted_but_not_of_16385) {
  for (const std::string_view type : {kCreate, kGet}) {
    const std::size_t rest = client_data(type, R"(,"x":"")").size();
    const auto of_size = [&](std::size_t size) {
      return client_data(type, R"(,"x":")" + std::string(size - rest, 'x') + '"');
    };
    const Authenticator authenticator;
    const auto outcome = [&](const std::string& text) {
      return type == kCreate ? reason(registered(text, authenticator.attestation_object()))
                             : reason(asserted(authenticator.stored(), authenticator.assertion(text)));
    };
    BOOST_TEST(outcome(of_size(kClientDataMaxBytes)) == "ok");
    BOOST_TEST(outcome(of_size(kClientDataMaxBytes + 1)) == "malformed");
  }
}

BOOST_AUTO_TEST_CASE(challenge_of_less_than_16_bytes_is_a_bug_of_the_caller) {
  const Authenticator authenticator;
  for (const std::size_t size : {0U, 15U}) {
    const std::string_view few = std::string_view(challenge).substr(0, size);
    BOOST_CHECK_THROW(
        static_cast<void>(verify_registration(
            relying_party, few, creation, authenticator.attestation_object(), UserVerification::preferred)),
        std::logic_error);
    BOOST_CHECK_THROW(
        static_cast<void>(verify_assertion(relying_party, few, authenticator.stored(),
                                           authenticator.assertion(request), UserVerification::preferred)),
        std::logic_error);
  }
}

BOOST_AUTO_TEST_CASE(challenge_is_read_from_client_data) {
  BOOST_TEST((challenge_of(creation) == challenge));
  BOOST_TEST((challenge_of(request) == challenge));
  BOOST_TEST((challenge_of(R"({"challenge":"AP8"})") == std::string("\0\xff", 2)));
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("[]"), std::string(R"({"challenge":null})"),
        std::string(R"({"challenge":"AP8="})"), std::string(R"({"challenge":"A"})"),
        std::string(R"({"challenge":"A+/="})"), std::string(R"({"challenge":"AP8","challenge":"AP8"})"),
        R"({"challenge":")" + std::string(16'384, 'A') + "\"}"})
    BOOST_TEST(!challenge_of(bad));
}

// ---------------------------------------------------------------- authenticator data

BOOST_AUTO_TEST_CASE(passkey_of_another_domain_is_refused) {
  for (const char* id :
       {"", "tasks.example.org", "example.com", "Example.org", "example.org.", "https://example.org"}) {
    Authenticator authenticator;
    authenticator.rp_id = id;
    BOOST_TEST(both(authenticator) == "wrong_rp_id", id);
  }
}

BOOST_AUTO_TEST_CASE(user_must_be_present) {
  Authenticator authenticator;
  authenticator.flags = testing::kUserVerified;
  BOOST_TEST(both(authenticator) == "user_not_present");
}

BOOST_AUTO_TEST_CASE(user_must_be_verified_if_required) {
  Authenticator authenticator;
  authenticator.flags = testing::kUserPresent;
  BOOST_TEST(both(authenticator, UserVerification::preferred) == "ok");
  BOOST_TEST(both(authenticator, UserVerification::required) == "user_not_verified");
  authenticator.flags |= testing::kUserVerified;
  BOOST_TEST(both(authenticator, UserVerification::required) == "ok");
}

BOOST_AUTO_TEST_CASE(backup_of_a_passkey_that_is_not_eligible_is_refused) {
  Authenticator authenticator;
  authenticator.flags |= testing::kBackedUp;
  BOOST_TEST(both(authenticator) == "wrong_backup_state");
  authenticator.flags |= testing::kBackupEligible;
  BOOST_TEST(both(authenticator) == "ok");
}

BOOST_AUTO_TEST_CASE(outputs_of_extensions_are_tolerated) {
  CborMap of_registration;
  of_registration.add("credProtect", cbor_of(2)).add("hmac-secret", CborItem(cbor_build_bool(true)));
  CborMap of_assertion;
  of_assertion.add("credBlob", cbor_bytes_of("blob")).add("hmac-secret", cbor_bytes_of(std::string(80, 'x')));
  CborMap unknown;
  unknown.add("other", CborMap().add("a", cbor_of(1)).item());
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    Authenticator authenticator(algorithm);
    authenticator.extensions = of_registration.bytes();
    BOOST_TEST(registration(authenticator) == "ok");
    BOOST_TEST(registration(authenticator.self_attestation(creation)) == "ok");
    authenticator.extensions = of_assertion.bytes();
    BOOST_TEST(login(authenticator) == "ok");
    authenticator.extensions = unknown.bytes();
    BOOST_TEST(both(authenticator) == "ok");
    authenticator.extensions = CborMap().bytes();
    BOOST_TEST(both(authenticator) == "ok");
  }
}

BOOST_AUTO_TEST_CASE(extension_data_that_is_not_a_map_is_refused) {
  for (const std::string& bad :
       {testing::encoded(cbor_of(1)), testing::encoded(cbor_text_of("credProtect")), std::string("\x80"),
        std::string("\xbf\xff", 2), std::string("\xc0\xa0", 2)}) {
    Authenticator authenticator;
    authenticator.extensions = bad;
    BOOST_TEST(registration(authenticator) != "ok");
    BOOST_TEST(login(authenticator) == "malformed");
  }
}

BOOST_AUTO_TEST_CASE(authenticator_data_has_exactly_the_parts_of_its_flags) {
  for (const std::string& trailer : {std::string(1, '\0'), CborMap().bytes(), std::string(100, 'x')}) {
    Authenticator authenticator;
    authenticator.trailer = trailer;
    BOOST_TEST(both(authenticator) == "malformed");
    authenticator.extensions = CborMap().bytes();
    BOOST_TEST(both(authenticator) == "malformed");
  }
  Authenticator without_extensions;
  without_extensions.flags |= testing::kHasExtensions;
  BOOST_TEST(both(without_extensions) == "malformed");
  Authenticator without_key;
  without_key.cose_key.clear();
  BOOST_TEST(registration(without_key) == "malformed");
  Authenticator without_credential;
  without_credential.flags |= testing::kHasCredential;
  BOOST_TEST(login(without_credential) == "malformed");
}

BOOST_AUTO_TEST_CASE(registration_has_a_credential_and_an_assertion_has_none) {
  const Authenticator authenticator;
  const std::string object = CborMap()
                                 .add("fmt", cbor_text_of("none"))
                                 .add("attStmt", CborMap().item())
                                 .add("authData", cbor_bytes_of(authenticator.assertion_data()))
                                 .bytes();
  BOOST_TEST(registration(object) == "malformed");
  const std::string data = authenticator.registration_data();
  BOOST_TEST(reason(asserted(authenticator.stored(),
                             {request, data, authenticator.signature(data, request)})) == "malformed");
}

BOOST_AUTO_TEST_CASE(memory_is_not_allocated_for_what_extension_data_only_announces) {
  // A map of 2^28 members would take 4 GiB.
  Authenticator authenticator;
  authenticator.extensions = from_hex("bb0000000010000000").value();
  BOOST_TEST(both(authenticator) == "malformed");
  authenticator.extensions.clear();
  authenticator.cose_key = from_hex("bb0000000010000000").value();
  BOOST_TEST(registration(authenticator) == "malformed");
}

BOOST_AUTO_TEST_CASE(authenticator_data_of_an_assertion_has_at_most_4096_bytes) {
  const auto of_size = [](std::size_t size) {
    Authenticator authenticator;
    const std::size_t rest =
        37 + CborMap().add("x", cbor_bytes_of(std::string(3000, 'x'))).bytes().size() - 3000;
    authenticator.extensions = CborMap().add("x", cbor_bytes_of(std::string(size - rest, 'x'))).bytes();
    return authenticator;
  };
  BOOST_TEST_REQUIRE(of_size(kAuthenticatorDataMaxBytes).assertion_data().size() ==
                     kAuthenticatorDataMaxBytes);
  BOOST_TEST(login(of_size(kAuthenticatorDataMaxBytes)) == "ok");
  BOOST_TEST(login(of_size(kAuthenticatorDataMaxBytes + 1)) == "malformed");
}

// ---------------------------------------------------------------- public keys and credential ids

BOOST_AUTO_TEST_CASE(key_of_an_unsupported_algorithm_or_curve_is_refused) {
  const std::string point(32, '\1');
  const auto key = [](std::int64_t kty, std::int64_t alg, std::int64_t crv, std::size_t coordinate) {
    CborMap map;
    map.add(cbor_of(1), cbor_of(kty)).add(cbor_of(3), cbor_of(alg)).add(cbor_of(-1), cbor_of(crv));
    map.add(cbor_of(-2), cbor_bytes_of(std::string(coordinate, '\1')));
    if (kty == 2) map.add(cbor_of(-3), cbor_bytes_of(std::string(coordinate, '\1')));
    return map.bytes();
  };
  for (const std::string& unsupported :
       {key(2, -35, 2, 48), key(2, -36, 3, 66), key(2, -47, 8, 32), key(1, -8, 7, 57), key(1, -19, 6, 32),
        key(2, -7, 2, 32), key(2, -7, 1, 48), key(1, -7, 1, 32), key(2, -8, 6, 32), key(3, -7, 1, 32),
        CborMap().bytes(), testing::encoded(cbor_of(1)), std::string("\x80")}) {
    Authenticator authenticator;
    authenticator.cose_key = unsupported;
    BOOST_TEST(registration(authenticator) == "unsupported_algorithm", hex(unsupported));
  }
}

BOOST_AUTO_TEST_CASE(invalid_public_keys_are_refused) {
  const Authenticator es256(CoseAlgorithm::ES256);
  const Authenticator eddsa(CoseAlgorithm::EdDSA);
  const std::string x = testing::number_of(es256.key, OSSL_PKEY_PARAM_EC_PUB_X);
  const auto ec = [](const std::string& own_x, const std::string& own_y) {
    CborMap map;
    map.add(cbor_of(1), cbor_of(2)).add(cbor_of(3), cbor_of(-7)).add(cbor_of(-1), cbor_of(1));
    if (!own_x.empty()) map.add(cbor_of(-2), cbor_bytes_of(own_x));
    if (!own_y.empty()) map.add(cbor_of(-3), cbor_bytes_of(own_y));
    return map.bytes();
  };
  const auto ed25519 = [](const std::string& own_x) {
    CborMap map;
    map.add(cbor_of(1), cbor_of(1)).add(cbor_of(3), cbor_of(-8)).add(cbor_of(-1), cbor_of(6));
    if (!own_x.empty()) map.add(cbor_of(-2), cbor_bytes_of(own_x));
    return map.bytes();
  };
  const auto rsa = [](const std::string& n, const std::string& e) {
    CborMap map;
    map.add(cbor_of(1), cbor_of(3)).add(cbor_of(3), cbor_of(-257));
    map.add(cbor_of(-1), cbor_bytes_of(n)).add(cbor_of(-2), cbor_bytes_of(e));
    return map.bytes();
  };
  const std::string n = testing::number_of(testing::shared_key(CoseAlgorithm::RS256), OSSL_PKEY_PARAM_RSA_N);
  const std::string long_n =
      testing::number_of(testing::new_key(CoseAlgorithm::RS256, 3072), OSSL_PKEY_PARAM_RSA_N);
  for (const std::string& bad :
       {ec(x, x), ec(x, ""), ec("", x), ec("", ""), ec(std::string(32, '\0'), std::string(32, '\0')),
        ec(std::string(32, '\xff'), std::string(32, '\xff')), ec(x.substr(1), x), ed25519(""),
        ed25519(std::string(32, '\0')), ed25519(std::string(31, 'x')), rsa(n, std::string("\0\0\3", 3)),
        rsa(n, std::string("\1\0\2", 3)), rsa(n, "\1"), rsa(long_n, std::string("\1\0\1", 3)),
        rsa(std::string(256, '\0'), std::string("\1\0\1", 3)),
        rsa(n.substr(128), std::string("\1\0\1", 3))}) {
    Authenticator authenticator;
    authenticator.cose_key = bad;
    BOOST_TEST(registration(authenticator) == "unsupported_algorithm", hex(bad));
  }
}

BOOST_AUTO_TEST_CASE(credential_id_has_1_to_1023_bytes) {
  for (const std::size_t size : {1U, 16U, 255U, 256U, 1023U}) {
    Authenticator authenticator;
    authenticator.credential_id = std::string(size, 'i');
    const auto passkey = registered(creation, authenticator.attestation_object());
    BOOST_TEST_REQUIRE(reason(passkey) == "ok");
    BOOST_TEST((passkey->credential_id == authenticator.credential_id));
  }
  for (const std::size_t size : {0U, 1024U, 65535U - 300U}) {
    Authenticator authenticator;
    authenticator.credential_id = std::string(size, 'i');
    BOOST_TEST(registration(authenticator) == "bad_credential_id", size);
  }
}

// ---------------------------------------------------------------- attestation

BOOST_AUTO_TEST_CASE(no_attestation_has_an_empty_statement) {
  const Authenticator authenticator;
  BOOST_TEST(registration(authenticator.attestation_object("none", CborMap())) == "ok");
  CborMap statement;
  statement.add("alg", cbor_of(-7));
  BOOST_TEST(registration(authenticator.attestation_object("none", statement)) == "bad_attestation");
}

BOOST_AUTO_TEST_CASE(self_attestation_is_verified) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    Authenticator authenticator(algorithm);
    // An Ed25519 signature over more than 1024 bytes.
    authenticator.credential_id = std::string(1023, 'i');
    BOOST_TEST(registration(authenticator.self_attestation(creation)) == "ok");
    BOOST_TEST(registration(authenticator.self_attestation(request)) == "bad_signature");
    Authenticator other(algorithm);
    other.key = testing::new_key(algorithm);
    BOOST_TEST(registration(other.self_attestation(creation)) == "bad_signature");
  }
}

BOOST_AUTO_TEST_CASE(self_attestation_of_another_form_is_refused) {
  const Authenticator authenticator;
  const std::string signature = authenticator.signature(authenticator.registration_data(), creation);
  CborMap without_algorithm;
  without_algorithm.add("sig", cbor_bytes_of(signature));
  CborMap without_signature;
  without_signature.add("alg", cbor_of(-7));
  CborMap other_algorithm;
  other_algorithm.add("alg", cbor_of(-8)).add("sig", cbor_bytes_of(signature));
  CborMap positive_algorithm;
  positive_algorithm.add("alg", cbor_of(6)).add("sig", cbor_bytes_of(signature));
  CborMap text_signature;
  text_signature.add("alg", cbor_of(-7)).add("sig", cbor_text_of("x"));
  for (const CborMap* statement :
       {&without_algorithm, &without_signature, &other_algorithm, &positive_algorithm, &text_signature})
    BOOST_TEST(registration(authenticator.attestation_object("packed", *statement)) == "bad_attestation");
  BOOST_TEST(registration(authenticator.attestation_object("packed", CborMap())) == "bad_attestation");
}

BOOST_AUTO_TEST_CASE(statements_with_certificates_are_not_examined) {
  const Authenticator authenticator;
  CborMap statement;
  statement.add("x5c", cbor_bytes_of("not even a list of certificates"));
  for (const char* format :
       {"packed", "tpm", "android-key", "android-safetynet", "fido-u2f", "apple", "compound"})
    BOOST_TEST(registration(authenticator.attestation_object(format, statement)) == "ok", format);
}

BOOST_AUTO_TEST_CASE(unknown_attestation_formats_are_refused) {
  const Authenticator authenticator;
  for (const char* format : {"", "None", "NONE", "Packed", "none ", "pack", "fido-u2f2"})
    BOOST_TEST(registration(authenticator.attestation_object(format, CborMap())) == "unsupported_attestation",
               format);
}

BOOST_AUTO_TEST_CASE(attestation_object_is_a_map_with_its_three_members_once) {
  const Authenticator authenticator;
  const std::string data = authenticator.registration_data();
  enum : unsigned { kFormat = 1, kStatement = 2, kData = 4 };
  const auto object = [&](unsigned members) {
    CborMap map;
    if ((members & kFormat) != 0) map.add("fmt", cbor_text_of("none"));
    if ((members & kStatement) != 0) map.add("attStmt", CborMap().item());
    if ((members & kData) != 0) map.add("authData", cbor_bytes_of(data));
    return map;
  };
  BOOST_TEST(registration(object(kFormat | kStatement | kData).bytes()) == "ok");
  BOOST_TEST(
      registration(
          object(kFormat | kStatement | kData).add("epAtt", CborItem(cbor_build_bool(true))).bytes()) ==
      "ok");
  for (unsigned members = 0; members < 7; ++members)
    BOOST_TEST(registration(object(members).bytes()) == "malformed", members);
  const auto twice = [&] { return object(kFormat | kStatement | kData); };
  BOOST_TEST(registration(twice().add("fmt", cbor_text_of("none")).bytes()) == "malformed");
  BOOST_TEST(registration(twice().add("attStmt", CborMap().item()).bytes()) == "malformed");
  BOOST_TEST(registration(twice().add("authData", cbor_bytes_of(data)).bytes()) == "malformed");
  BOOST_TEST(registration(object(kStatement | kData).add("fmt", cbor_bytes_of("none")).bytes()) ==
             "malformed");
  BOOST_TEST(registration(object(kFormat | kStatement).add("authData", cbor_text_of("data")).bytes()) ==
             "malformed");
  BOOST_TEST(registration(object(kFormat | kData).add("attStmt", cbor_of(0)).bytes()) == "bad_attestation");
}

BOOST_AUTO_TEST_CASE(attestation_object_that_is_not_one_cbor_item_is_refused) {
  const std::string good_object = Authenticator().attestation_object();
  for (const std::string& bad :
       {std::string(), good_object + '\0', good_object + good_object, '\x81' + good_object,
        "\xc0" + good_object, std::string("\x80"), std::string("\x9b\0\0\0\0\x10\0\0\0", 9),
        std::string("\xbb\x7f\xff\xff\xff\xff\xff\xff\xff", 9), std::string(60'000, '\x81'),
        std::string(60'000, '\xa1'),
        // Of indefinite length.
        '\xbf' + good_object.substr(1) + '\xff'})
    BOOST_TEST(registration(bad) == "malformed");
}

BOOST_AUTO_TEST_CASE(attestation_object_of_65536_bytes_is_accepted_but_not_of_65537) {
  const Authenticator authenticator;
  const auto of_size = [&](std::size_t size) {
    const auto with = [&](std::size_t filler) {
      CborMap statement;
      statement.add("x5c", cbor_bytes_of(std::string(filler, 'x')));
      return authenticator.attestation_object("packed", statement);
    };
    return with(size - (with(60'000).size() - 60'000));
  };
  BOOST_TEST_REQUIRE(of_size(kAttestationObjectMaxBytes).size() == kAttestationObjectMaxBytes);
  BOOST_TEST(registration(of_size(kAttestationObjectMaxBytes)) == "ok");
  BOOST_TEST(registration(of_size(kAttestationObjectMaxBytes + 1)) == "malformed");
}

// ---------------------------------------------------------------- signatures

BOOST_AUTO_TEST_CASE(signature_by_another_key_or_of_other_data_is_refused) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    const Authenticator authenticator(algorithm);
    Authenticator other(algorithm);
    other.key = testing::new_key(algorithm);
    BOOST_TEST(reason(asserted(authenticator.stored(), other.assertion(request))) == "bad_signature");

    // Other client data that is right as well.
    PasskeyAssertion response = authenticator.assertion(request);
    response.client_data_json += ' ';
    BOOST_TEST(reason(asserted(authenticator.stored(), response)) == "bad_signature");

    Authenticator counted(algorithm);
    ++counted.sign_count;
    response = authenticator.assertion(request);
    response.authenticator_data = counted.assertion_data();
    BOOST_TEST(reason(asserted(authenticator.stored(), response)) == "bad_signature");
  }
}

BOOST_AUTO_TEST_CASE(signature_of_another_form_is_refused) {
  for (const CoseAlgorithm algorithm : kCoseAlgorithms) {
    const Authenticator authenticator(algorithm);
    const std::string signature = authenticator.assertion(request).signature;
    for (const std::string& bad :
         {std::string(), signature + '\0', signature.substr(1), '\0' + signature, std::string(64, '\0'),
          std::string(signature.size(), '\0'), std::string(1024, 'x'),
          // r = s = 1, r = s = 0.
          from_hex("3006020101020101").value(), from_hex("3006020100020100").value()}) {
      PasskeyAssertion response = authenticator.assertion(request);
      response.signature = bad;
      BOOST_TEST(reason(asserted(authenticator.stored(), response)) == "bad_signature");
    }
  }
  for (const std::size_t size : {kPasskeySignatureMaxBytes + 1, std::size_t{1'000'000}}) {
    const Authenticator authenticator;
    PasskeyAssertion response = authenticator.assertion(request);
    response.signature = std::string(size, 'x');
    BOOST_TEST(reason(asserted(authenticator.stored(), response)) == "malformed");
  }
}

BOOST_AUTO_TEST_CASE(algorithm_is_that_of_the_stored_passkey) {
  for (const CoseAlgorithm stored : kCoseAlgorithms) {
    for (const CoseAlgorithm used : kCoseAlgorithms) {
      const Authenticator authenticator(used);
      StoredPasskey passkey = authenticator.stored();
      passkey.algorithm = stored;
      BOOST_TEST(reason(asserted(passkey, authenticator.assertion(request))) ==
                 (stored == used ? "ok" : "unsupported_algorithm"));
    }
  }
  const Authenticator authenticator;
  for (const std::string& bad : {std::string(), std::string("x"), authenticator.stored().public_key + '\0'})
    BOOST_TEST(reason(asserted({bad, CoseAlgorithm::ES256}, authenticator.assertion(request))) ==
               "unsupported_algorithm");
  BOOST_TEST(reason(asserted({authenticator.stored().public_key, static_cast<CoseAlgorithm>(0)},
                             authenticator.assertion(request))) == "unsupported_algorithm");
}

BOOST_AUTO_TEST_CASE(first_wrong_thing_in_the_order_of_the_specification_is_reported) {
  // Each repair makes the next check fail.
  const Authenticator right;
  Authenticator authenticator;
  authenticator.rp_id = "evil.example";
  authenticator.flags = testing::kBackedUp;
  authenticator.key = testing::new_key(CoseAlgorithm::ES256);
  std::string text = R"({"type":"x","challenge":"x","origin":"x","crossOrigin":true})";
  const auto outcome = [&] {
    return reason(asserted(right.stored(), authenticator.assertion(text), UserVerification::required));
  };
  BOOST_TEST(outcome() == "wrong_type");
  text = replaced(text, R"("type":"x")", R"("type":"webauthn.get")");
  BOOST_TEST(outcome() == "wrong_challenge");
  text = replaced(text, R"("challenge":"x")", R"("challenge":")" + base64url(challenge) + '"');
  BOOST_TEST(outcome() == "wrong_origin");
  text = replaced(text, R"("origin":"x")", R"("origin":"https://tasks.example.org")");
  BOOST_TEST(outcome() == "cross_origin");
  text = request;
  BOOST_TEST(outcome() == "wrong_rp_id");
  authenticator.rp_id = "example.org";
  BOOST_TEST(outcome() == "user_not_present");
  authenticator.flags |= testing::kUserPresent;
  BOOST_TEST(outcome() == "user_not_verified");
  authenticator.flags |= testing::kUserVerified;
  BOOST_TEST(outcome() == "wrong_backup_state");
  authenticator.flags |= testing::kBackupEligible;
  BOOST_TEST(outcome() == "bad_signature");
  authenticator.key = right.key;
  BOOST_TEST(outcome() == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
