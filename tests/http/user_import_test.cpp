// `taskward user import`: users of another system log in with their existing passwords.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <utility>

#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;
namespace fs = std::filesystem;

/// From crypt_blowfish's self-test, PHP's manual and the tests of Python's bcrypt.
struct Known {
  std::string hash;
  std::string password;
};
const std::vector<Known>& known_hashes() {
  static const std::vector<Known> all{
      {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
      {"$2y$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a", "rasmuslerdorf"},
      {"$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm", "Kk4DQuMMfZL9o"},
  };
  return all;
}

struct ImportFixture {
  const Stack& stack = running_stack();
  fs::path folder = fs::temp_directory_path() / ("taskward-import-" + unique_name());

  ImportFixture() {
    fs::create_directory(folder);
    // If the tests run as root, the command runs as another user.
    fs::permissions(folder, fs::perms(0755));
  }
  ImportFixture(const ImportFixture&) = delete;
  ImportFixture& operator=(const ImportFixture&) = delete;
  ~ImportFixture() { fs::remove_all(folder); }

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
    fs::permissions(folder / name, fs::perms(0644));
    return (folder / name).string();
  }
  CommandResult import(const std::string& path, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"taskward", "user", "import", path};
    words.insert(words.end(), more.begin(), more.end());
    return stack.exec(words);
  }
  std::string users() const { return stack.sql("select count(*) from taskward.users"); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(user_import, ImportFixture, *boost::unit_test::label("sanitize"))

BOOST_AUTO_TEST_CASE(imported_users_log_in_with_their_existing_passwords) {
  std::string csv = "\xEF\xBB\xBFpassword_hash,email,email_verified\r\n";
  std::string ndjson;
  std::vector<std::pair<std::string, std::string>> imported_users;
  for (const Known& known : known_hashes()) {
    imported_users.emplace_back(new_email(), known.password);
    csv += known.hash + ',' + imported_users.back().first + ",t\r\n";
    imported_users.emplace_back(new_email(), known.password);
    ndjson += R"({"email":")" + imported_users.back().first + R"(","password_hash":")" + known.hash + "\"}\n";
  }
  const CommandResult checked = import(file("people.csv", csv), {"--dry-run"});
  BOOST_TEST(checked.status == 0, checked.err);
  BOOST_TEST(checked.out == "3 accounts could be imported; nothing was changed.\n");
  const CommandResult first = import(file("people.csv", csv));
  BOOST_TEST(first.status == 0, first.err);
  BOOST_TEST(first.out == "3 accounts were imported.\n");
  const CommandResult second = import(file("people.ndjson", ndjson), {"--json"});
  BOOST_TEST(second.status == 0, second.err);
  BOOST_TEST(second.out == "{\"accounts\":3,\"imported\":3,\"refused\":[]}\n");
  for (const auto& [email, password] : imported_users) {
    const User user{"", email, password, {}};
    BOOST_TEST(stack.client().post("/auth/login", credentials(user)).status == 200, email);
    const User wrong{"", email, password + 'x', {}};
    BOOST_TEST(stack.client().post("/auth/login", credentials(wrong)).status == 401, email);
  }
}

BOOST_AUTO_TEST_CASE(imported_user_with_a_long_password_logs_in_and_all_of_it_counts_afterwards) {
  // Made of the first 72 bytes by a system that cut longer passwords.
  const std::string hash = "$2b$04$abcdefghijklmnopqrstuu6rixEKGOItKC5i1MvdHHlmR36LXX0vG";
  std::string password;
  while (password.size() < 80) password += "correct horse battery staple ";
  password.resize(80);
  const std::string email = new_email();
  BOOST_TEST(import(file("long.csv", "email,password_hash\n" + email + ',' + hash + '\n')).status == 0);
  const auto status_of = [&](const std::string& typed) {
    return stack.client().post("/auth/login", credentials(User{"", email, typed, {}})).status;
  };
  BOOST_TEST(status_of(password.substr(0, 71) + "yyyyyyyyy") == 401);
  BOOST_TEST(status_of(password) == 200);
  BOOST_TEST(status_of(password.substr(0, 72)) == 401);
  BOOST_TEST(status_of(password.substr(0, 79) + 'y') == 401);
  BOOST_TEST(status_of(password) == 200);
}

BOOST_AUTO_TEST_CASE(each_invalid_line_is_reported_and_nothing_is_imported) {
  const std::string before = users();
  const std::string taken = new_user(stack).email;
  const std::string& hash = known_hashes().front().hash;
  const std::string path =
      file("bad.csv", "email,username,password_hash,role\n" + new_email() + ",,,\n" + taken + ",,,\n" +
                          "nobody,,,\n,ok-name," + hash.substr(0, 50) + ",\n,other,,king\n" + hash + ",,,\n" +
                          ",same,,\n,SAME,,\n\xff,,,\n,\"open,,\n");
  const CommandResult refused = import(path);
  BOOST_TEST(refused.status == 3);
  BOOST_TEST(refused.out == "");
  for (const char* message :
       {":3: email: is already in use by an account\n", ":4: email: must be an e-mail address",
        ":5: password_hash: must be a bcrypt hash", ":6: role: must be one of guest, user, admin\n",
        ":7: email: must be", ":9: username: already appears in line 8\n", ":10: is not UTF-8\n",
        ":11: has an unterminated quoted field\n"}) {
    BOOST_TEST(refused.err.find(path + message) != std::string::npos,
               "missing \"" << message << "\" in " << refused.err);
  }
  BOOST_TEST(refused.err.find("CCCC") == std::string::npos, refused.err);
  BOOST_TEST(refused.err.find("8 lines are refused; nothing was imported") != std::string::npos, refused.err);
  BOOST_TEST(std::stoi(users()) == std::stoi(before) + 1);

  const CommandResult report = import(file("bad.ndjson", "{\"username\":7}\n"), {"--json"});
  BOOST_TEST(report.status == 3);
  const Json body = Json::parse(report.out);
  BOOST_TEST(body["imported"].number() == 0);
  BOOST_TEST(body["refused"].at(0)["line"].number() == 1);
  BOOST_TEST(body["refused"].at(0)["message"].text() == "username: must be a string");
}

BOOST_AUTO_TEST_CASE(unusable_file_is_reported) {
  const auto expect_refused = [&](const std::string& path, int status, const std::string& text) {
    const CommandResult refused = import(path);
    BOOST_TEST(refused.status == status, refused.err);
    BOOST_TEST(refused.err.find(text) != std::string::npos, refused.err);
  };
  expect_refused("/nonexistent/people.csv", 1, "/nonexistent/people.csv: cannot be read");
  expect_refused("people.txt", 2, "ends in neither .csv nor .ndjson");
  expect_refused(file("empty.csv", ""), 3, "empty.csv:1: there is no header line");
  expect_refused(file("random.csv", std::string("\x1f\x8b\x08\0\0\xff", 6)), 3, "random.csv:1: is not UTF-8");
  fs::create_directory(folder / "folder.csv");
  expect_refused((folder / "folder.csv").string(), 1, "folder.csv: cannot be read");
  const CommandResult none = stack.exec({"taskward", "user", "import"});
  BOOST_TEST(none.status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
