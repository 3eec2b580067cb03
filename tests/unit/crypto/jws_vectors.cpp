// The examples of RFC 7515 (appendix A), RFC 7520 (section 4) and RFC 8037 (appendix A).
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/jwk.hpp"
#include "taskward/crypto/jws.hpp"
#include "taskward/crypto/signing_key.hpp"
#include "tests/unit/support_json.hpp"

namespace taskward::crypto {
namespace {

struct Example {
  std::string_view source;
  std::string jwk;
  std::string jws;
  std::string payload;
};

const std::string kJoe = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
const std::string kFrodo =
    "It\xe2\x80\x99s a dangerous business, Frodo, going out your door. You step onto the road, and if you "
    "don't keep your feet, there\xe2\x80\x99s no knowing where you might be swept off to.";

const std::string kJoePart =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const std::string kFrodoPart =
    "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9h"
    "ZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3"
    "ZXB0IG9mZiB0by4";

const std::vector<Example>& examples() {
  static const std::vector<Example> all{
      {"RFC 7515, A.1",
       R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
       "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + kJoePart +
           ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
       kJoe},
      {"RFC 7515, A.2",
       R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})",
       "eyJhbGciOiJSUzI1NiJ9." + kJoePart +
           ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
           "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
           "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
           "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_"
           "IoypGlUPQGe77Rw",
       kJoe},
      {"RFC 7515, A.3",
       R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
       "eyJhbGciOiJFUzI1NiJ9." + kJoePart +
           ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
       kJoe},
      {"RFC 7520, 4.1",
       R"({"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","n":"n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw","e":"AQAB"})",
       "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." + kFrodoPart +
           ".MRjdkly7_-"
           "oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-"
           "BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_"
           "qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_"
           "de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_"
           "fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
       kFrodo},
      {"RFC 7520, 4.4",
       R"({"kty":"oct","kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037","use":"sig","alg":"HS256","k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"})",
       "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9." + kFrodoPart +
           ".s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
       kFrodo},
      {"RFC 8037, A.4", R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
       "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
       "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
       "Example of Ed25519 signing"},
  };
  return all;
}

VerificationKey key_of(const Example& example) {
  auto key = read_jwk(testing::object_in(example.jwk));
  BOOST_TEST_REQUIRE(key.has_value(), example.source);
  return *key;
}

BOOST_AUTO_TEST_SUITE(jws_vectors)

BOOST_AUTO_TEST_CASE(every_rfc_example_verifies_and_gives_its_payload) {
  for (const Example& example : examples()) {
    const auto payload = verify_jws(example.jws, key_of(example));
    BOOST_TEST_REQUIRE(static_cast<bool>(payload), example.source);
    BOOST_TEST(*payload == example.payload, example.source);
  }
}

BOOST_AUTO_TEST_CASE(rfc_example_is_rejected_with_another_key) {
  for (const Example& example : examples()) {
    for (const Example& other : examples()) {
      if (&other == &example) continue;
      BOOST_TEST(!verify_jws(example.jws, key_of(other)), example.source << " under " << other.source);
    }
  }
}

BOOST_AUTO_TEST_CASE(altered_rfc_example_is_rejected) {
  for (const Example& example : examples()) {
    const std::size_t first = example.jws.find('.');
    for (const std::size_t at : {std::size_t{2}, first + 1, example.jws.size() - 3}) {
      std::string altered = example.jws;
      altered[at] = altered[at] == 'A' ? 'B' : 'A';
      BOOST_TEST(!verify_jws(altered, key_of(example)), example.source << " at " << at);
    }
  }
}

BOOST_AUTO_TEST_CASE(ed25519_signature_matches_rfc_8037_a_4) {
  // The seed of RFC 8037, A.1, as PKCS #8 (RFC 8410, 7).
  using namespace std::string_literals;
  const auto key = SigningKey::from_pkcs8(
      JwsAlgorithm::EdDSA, Secret("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"s +
                                  from_base64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").value()));
  BOOST_TEST_REQUIRE(key.has_value());
  const std::string& jws = examples().back().jws;
  const std::size_t end = jws.rfind('.');
  BOOST_TEST(base64url(key->sign(jws.substr(0, end))) == jws.substr(end + 1));
  BOOST_TEST(key->kid() == key_of(examples().back()).kid());
}

BOOST_AUTO_TEST_CASE(unsecured_jws_of_rfc_7515_a_5_is_rejected_with_every_key) {
  for (const Example& example : examples())
    BOOST_TEST(!verify_jws("eyJhbGciOiJub25lIn0." + kJoePart + ".", key_of(example)), example.source);
}

BOOST_AUTO_TEST_CASE(es512_key_of_rfc_7515_a_4_is_not_supported) {
  BOOST_TEST(!read_jwk(testing::object_in(
      R"({"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4XUQnSzq31UKTc","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"})")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::crypto
