#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>

#include "taskward/crypto/aead.hpp"
#include "taskward/crypto/base32.hpp"
#include "taskward/crypto/password_hash.hpp"
#include "taskward/domain/account_file.hpp"
#include "tests/support/counting_random.hpp"
#include "tests/support/fixed_clock.hpp"

namespace taskward::domain {
namespace {

const std::string kHash = "$2y$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a";

struct AccountFileFixture {
  testing::FixedClock clock;
  testing::CountingRandom random;
  DerivedKeys keys{Secret(std::string(32, 'k'))};

  AccountFile read(const std::string& text, AccountFormat format) {
    std::istringstream in(text);
    return read_accounts(in, format, keys, clock, random);
  }
  AccountFile csv(const std::string& text) { return read(text, AccountFormat::csv); }
  AccountFile ndjson(const std::string& text) { return read(text, AccountFormat::ndjson); }

  /// "line: reason" of each rejected line.
  static std::string rejections(const AccountFile& file) {
    std::string out;
    for (const RefusedLine& one : file.refused)
      out += (out.empty() ? "" : " | ") + std::to_string(one.line) + ": " + one.why;
    BOOST_TEST(out.find("$2") == out.find("$2a$, $2b$ or $2y$"), "the message contains a hash: " << out);
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(account_file, AccountFileFixture)

BOOST_AUTO_TEST_CASE(internationalised_domain_names_are_converted) {
  const auto file =
      csv("email\nuser@b\u00FCcher.example\nUSER@xn--bcher-kva.example\nuser@\u2603.example\nb\u00FCcher@"
          "example.org\n");
  BOOST_TEST_REQUIRE(file.accounts.size() == 1U);
  BOOST_TEST(file.accounts[0].email.value() == "user@xn--bcher-kva.example");
  BOOST_TEST(
      rejections(file) ==
      "3: email: already appears in line 2 | "
      "4: email: must have a valid domain name after the @ (IDNA 2008) | "
      "5: email: must have only ASCII characters before the @, because mail servers need not support others");
}

BOOST_AUTO_TEST_CASE(account_columns_may_be_in_any_order_and_optional) {
  const auto file =
      csv("\xEF\xBB\xBFrole,password_hash,email,username,name,is_active,email_verified\r\n"
          "admin," +
          kHash +
          ",Ada@example.org,ada,\"Lovelace, Ada\",f,TRUE\r\n"
          ",,,bob,,,\r\n");
  BOOST_TEST(rejections(file) == "");
  BOOST_TEST_REQUIRE(file.accounts.size() == 2U);
  const auto& ada = file.accounts[0];
  BOOST_TEST(ada.email.value() == "Ada@example.org");
  BOOST_TEST(ada.username.value() == "ada");
  BOOST_TEST(ada.name.value() == "Lovelace, Ada");
  BOOST_TEST(ada.password_hash.value() == crypto::imported_hash(kHash));
  BOOST_TEST((ada.role == model::Role::admin));
  BOOST_TEST(!ada.is_active);
  BOOST_TEST(ada.email_verified);
  const auto& bob = file.accounts[1];
  BOOST_TEST(!bob.email.has_value());
  BOOST_TEST(!bob.name.has_value());
  BOOST_TEST(!bob.password_hash.has_value());
  BOOST_TEST((bob.role == model::Role::user));
  BOOST_TEST(bob.is_active);
  BOOST_TEST(!bob.email_verified);
  BOOST_TEST((bob.id != ada.id));
  BOOST_TEST((file.lines == std::vector<std::size_t>{2, 3}));
}

BOOST_AUTO_TEST_CASE(ndjson_accounts_have_the_same_fields) {
  const auto file =
      ndjson(R"({"email":"ada@example.org","is_active":false,"email_verified":true,"name":null})"
             "\r\n\n"
             R"({"username":"bob","role":"guest","password_hash":")" +
             kHash + "\"}");
  BOOST_TEST(rejections(file) == "");
  BOOST_TEST_REQUIRE(file.accounts.size() == 2U);
  BOOST_TEST(!file.accounts[0].is_active);
  BOOST_TEST(file.accounts[0].email_verified);
  BOOST_TEST((file.accounts[1].role == model::Role::guest));
  BOOST_TEST(file.accounts[1].password_hash.value() == crypto::imported_hash(kHash));
  BOOST_TEST((file.lines == std::vector<std::size_t>{1, 3}));
}

BOOST_AUTO_TEST_CASE(second_factors_are_sealed_and_hashed_for_the_account) {
  const std::string hash(64, 'a');
  const auto file = csv("username,totp_secret,recovery_code_hashes\nada,jbsw y3dp ehpk 3pxp,\"" + hash +
                        "  " + std::string(64, 'B') + "\"\nbob,JBSWY3DPEHPK3PXP,\n");
  BOOST_TEST(rejections(file) == "");
  BOOST_TEST_REQUIRE(file.accounts.size() == 2U);
  for (const auto& account : file.accounts) {
    const auto secret =
        crypto::open_sealed(keys.totp, account.sealed_totp.value(), "totp:" + account.id.text());
    BOOST_TEST_REQUIRE(secret.has_value());
    BOOST_TEST(secret->reveal() == crypto::from_base32("JBSWY3DPEHPK3PXP").value());
  }
  BOOST_TEST(file.accounts[0].recovery_hashes.size() == 2U);
  BOOST_TEST(file.accounts[0].recovery_hashes[0] != std::string(32, '\xaa'));
  BOOST_TEST(file.accounts[1].recovery_hashes.empty());
}

BOOST_AUTO_TEST_CASE(invalid_second_factors_are_refused) {
  const auto refused = [&](const std::string& secret, const std::string& codes) {
    return rejections(csv("username,totp_secret,recovery_code_hashes\nada," + secret + ',' + codes + '\n'));
  };
  const std::string wrong_secret = "2: totp_secret: must be a secret of 10 to 64 bytes in base32";
  for (const std::string& secret : {std::string("JBSWY3DPEHPK3PX"), std::string("JBSWY3DPEHPK3PX1"),
                                    std::string("otpauth://totp/x"), std::string(104, 'A')})
    BOOST_TEST(refused(secret, "") == wrong_secret, secret);
  const std::string wrong_codes =
      "2: recovery_code_hashes: must be at most 20 different SHA-256 hashes in hexadecimal, separated by "
      "spaces";
  std::string many;
  for (int i = 0; i < 21; ++i) many += std::to_string(10 + i) + std::string(62, '0') + ' ';
  const std::string one(64, 'a');
  for (const std::string& codes :
       {std::string("7K3M-Q2ZD-0V9X-HA4T"), std::string(63, 'a'), one + 'a', one + ' ' + one, many})
    BOOST_TEST(refused("JBSWY3DPEHPK3PXP", codes) == wrong_codes, codes);
  BOOST_TEST(refused("", one) == "2: recovery_code_hashes: must not be given without totp_secret");
  keys = DerivedKeys{Secret()};
  BOOST_TEST(refused("JBSWY3DPEHPK3PXP", "") == "2: totp_secret: cannot be encrypted without SECRET_KEY");
}

BOOST_AUTO_TEST_CASE(rejected_csv_line_is_reported_without_quoting_it) {
  const std::string header = "email,username,name,password_hash,role,is_active,email_verified\n";
  const auto rejections_of = [&](const std::string& line) { return rejections(csv(header + line + "\n")); };
  BOOST_TEST(rejections_of("ada,,,,,,").starts_with("2: email: must be an e-mail address"));
  BOOST_TEST(rejections_of(",a b,,,,,").starts_with("2: username: must have 3 to 64 letters"));
  BOOST_TEST(
      rejections_of(",ada," + std::string(101, 'x') + ",,,,").starts_with("2: name: must have at most 100"));
  BOOST_TEST(rejections_of(",ada,\"a\nb\",,,,").starts_with("2: name: must have at most 100"));
  BOOST_TEST(rejections_of(",ada,a\x07,,,,").starts_with("2: name: must have"));
  for (const std::string& hash :
       {std::string("secret"), "$2x" + kHash.substr(3), kHash.substr(0, 59), "$2a$03" + kHash.substr(6),
        "$2a$17" + kHash.substr(6), "$1" + kHash.substr(3), std::string("$argon2id$v=19$m=1,t=1,p=1$x$y")}) {
    BOOST_TEST(
        rejections_of(",ada,,\"" + hash + "\",,,").starts_with("2: password_hash: must be a bcrypt hash"),
        hash);
  }
  BOOST_TEST(rejections_of(",ada,,,king,,") == "2: role: must be one of guest, user, admin");
  BOOST_TEST(rejections_of(",ada,,,,maybe,") == "2: is_active: must be true or false");
  BOOST_TEST(rejections_of("a@b.example,,,,,,2") == "2: email_verified: must be true or false");
  BOOST_TEST(rejections_of(",ada,,,,,true") == "2: email_verified: must not be true without email");
  BOOST_TEST(rejections_of(",,Ada,,,,") == "2: has neither email nor username");
  BOOST_TEST(rejections_of("a@b.example") == "2: wrong number of fields: 1 instead of 7");
  BOOST_TEST(rejections_of("a@b.example,\"x") == "2: has an unterminated quoted field");
  BOOST_TEST(rejections_of(",ada,\xff,,,,") == "2: is not UTF-8");
  BOOST_TEST(rejections_of(",ada," + std::string(kImportLineMaxBytes, 'x')) ==
             "2: is longer than 65536 bytes");
  // A hash in the wrong column is not quoted either.
  BOOST_TEST(rejections_of(kHash + "," + kHash + ",,,,,").find("vGA1") == std::string::npos);
  BOOST_TEST(rejections_of("ada,x,,bad,king,,").find("email:") != std::string::npos);
  BOOST_TEST(rejections_of("ada,x,,bad,king,,").find("; role:") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(malformed_ndjson_line_is_reported) {
  const auto rejections_of = [&](const std::string& line) { return rejections(ndjson(line)); };
  BOOST_TEST(rejections_of("{\"email\":") == "1: is not valid JSON");
  BOOST_TEST(rejections_of("[]") == "1: is not a JSON object");
  BOOST_TEST(rejections_of("{\"email\":1}") == "1: email: must be a string");
  BOOST_TEST(rejections_of(R"({"username":"ada","is_active":"true"})") ==
             "1: is_active: must be true or false");
  BOOST_TEST(
      rejections_of(R"({"username":"ada","x":1})").starts_with("1: has a member that is not one of email, "));
  BOOST_TEST(rejections_of(R"({"username":"ada","username":"bob"})") == "1: is not valid JSON");
  BOOST_TEST(rejections_of("{}") == "1: has neither email nor username");
  BOOST_TEST(rejections_of("\xff") == "1: is not UTF-8");
  BOOST_TEST(rejections_of("") == "");
}

BOOST_AUTO_TEST_CASE(csv_header_is_required) {
  BOOST_TEST(rejections(csv("")) == "1: there is no header line");
  BOOST_TEST(rejections(csv("ada@example.org," + kHash + "\nx,y\n"))
                 .starts_with("1: column 2 is not one of email, username, name, password_hash"));
  BOOST_TEST(rejections(csv("email,Email\n")).starts_with("1: column 2 is not one of"));
  BOOST_TEST(rejections(csv("email,email\n")) == "1: column email appears more than once");
  BOOST_TEST(rejections(csv("name,role\n")) == "1: there is no column email or username");
  BOOST_TEST(rejections(csv("\"email\n")) == "1: has an unterminated quoted field");
}

BOOST_AUTO_TEST_CASE(duplicate_account_names_are_rejected_ignoring_case) {
  const auto file =
      csv("email,username\na@b.example,ada\nA@B.EXAMPLE,bob\nc@b.example,ADA\nd@b.example,a@b\n");
  BOOST_TEST(rejections(file) ==
             "3: email: already appears in line 2 | 4: username: already appears in line 2 | 5: username: "
             "must have 3 to 64 "
             "letters, digits, '.', '_' and '-', starting with a letter or digit");
  BOOST_TEST(file.accounts.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::domain
