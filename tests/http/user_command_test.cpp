// `taskward user` on a running service: accounts are listed, shown and changed.
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "mailbox.hpp"
#include "running_stack.hpp"
#include "users.hpp"

namespace {

using namespace taskward::test;

struct UserCommandFixture {
  const Stack& stack = running_stack();
  HttpClient client = stack.client();
  User ann = new_user(stack);

  CommandResult user(std::vector<std::string> words, const std::string& input = {}) const {
    words.insert(words.begin(), {"taskward", "user"});
    return stack.exec(words, input);
  }
  Json shown(const std::string& identifier) const {
    const CommandResult done = user({"show", identifier, "--json"});
    BOOST_REQUIRE_MESSAGE(done.status == 0, done.err);
    return Json::parse(done.out);
  }
  bool is_logged_in() { return client.get("/tasks", ann.tokens.access).status == 200; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(user_command, UserCommandFixture)

BOOST_AUTO_TEST_CASE(accounts_are_listed_as_a_table_and_as_json) {
  const std::string word = unique_name();
  for (const char* role : {"guest", "user"}) {
    BOOST_REQUIRE(
        user({"create", "--email", role + word + "@example.org", "--role", role, "--password-stdin"},
             "a long enough secret\n")
            .status == 0);
  }
  const CommandResult table = user({"list", "--q", word});
  BOOST_TEST(table.status == 0, table.err);
  std::istringstream lines(table.out);
  std::string head, first, second, more;
  std::getline(lines, head);
  std::getline(lines, first);
  std::getline(lines, second);
  BOOST_TEST(head.starts_with("ID  "));
  BOOST_TEST(!std::getline(lines, more));
  // Newest first; columns are aligned with their headings.
  BOOST_TEST(first.substr(head.find("EMAIL")).starts_with("user" + word + "@example.org "));
  BOOST_TEST(second.substr(head.find("EMAIL")).starts_with("guest" + word + "@example.org "));
  BOOST_TEST(second.substr(head.find("ROLE")).starts_with("guest "));
  const Json json =
      Json::parse(user({"list", "--q", word, "--role", "guest", "--state", "active", "--json"}).out);
  BOOST_TEST(json.size() == 1U);
  BOOST_TEST(json.at(0)["role"].text() == "guest");
  const CommandResult one = user({"list", "--q", word, "--limit", "1", "--json"});
  BOOST_TEST(Json::parse(one.out).size() == 1U);
  BOOST_TEST(one.err.find("there are more") != std::string::npos);
  BOOST_TEST(user({"list", "--q", unique_name(), "--json"}).out == "[]\n");
}

BOOST_AUTO_TEST_CASE(control_characters_are_escaped_in_the_output) {
  static_cast<void>(
      stack.sql("update taskward.users set name = E'a\\x1b]0;x\\x07\\u202e\\u009bb' where id = '" + ann.id +
                "' returning 1"));
  for (const CommandResult& done : {user({"show", ann.id}), user({"list", "--q", ann.email})}) {
    BOOST_TEST(done.status == 0, done.err);
    BOOST_TEST(done.out.find(R"(a\u{1b}]0;x\u{7}\u{202e}\u{9b}b)") != std::string::npos, done.out);
    BOOST_TEST(done.out.find('\x1b') == std::string::npos);
  }
  // JSON has the same value, without the character itself.
  const CommandResult json = user({"show", ann.id, "--json"});
  BOOST_TEST(json.out.find(R"(a\u001B]0;x\u0007\u202e\u009bb)") != std::string::npos, json.out);
  BOOST_TEST(Json::parse(json.out)["name"].text() ==
             "a\x1b]0;x\x07\u202e\u009b"
             "b");
  // Messages repeat what was typed.
  const std::string typed =
      "\u009b"
      "2J";
  for (const CommandResult& refused :
       {user({"create", "--email", typed}), user({typed}), user({"set", ann.id, "--" + typed})}) {
    BOOST_TEST(refused.status != 0);
    BOOST_TEST(refused.err.find("\u009b") == std::string::npos, refused.err);
    BOOST_TEST(refused.err.find("\\u009b"
                                "2J") != std::string::npos,
               refused.err);
  }
}

BOOST_AUTO_TEST_CASE(account_is_shown_by_id_email_or_username) {
  const std::string name = unique_name();
  BOOST_TEST(user({"set", ann.email, "--username", name, "--name", "Ann Ü."}).status == 0);
  for (const std::string& identifier : {ann.id, ann.email, name})
    BOOST_TEST(shown(identifier)["id"].text() == ann.id);
  const Json account = shown(name);
  BOOST_TEST(account["name"].text() == "Ann Ü.");
  BOOST_TEST(account["live_sessions"].number() == 1);
  const CommandResult text = user({"show", name});
  BOOST_TEST(text.out.find(ann.email + " (not verified)\n") != std::string::npos, text.out);
  BOOST_TEST(text.out.find("$2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(account_changes_take_effect_immediately) {
  BOOST_TEST(user({"set", ann.email, "--role", "guest"}).status == 0);
  BOOST_TEST(client.post("/tasks", R"({"title":"Tea"})", ann.tokens.access).status == 403);
  BOOST_TEST(is_logged_in());
  BOOST_TEST(user({"set", ann.email, "--active", "no"}).status == 0);
  BOOST_TEST(!is_logged_in());
  BOOST_TEST(user({"set", ann.email, "--active", "yes", "--password-stdin"}, "a quite new secret\n").status ==
             0);
  ann.password = "a quite new secret";
  ann.tokens = log_in(stack, ann);
  const CommandResult weak = user({"set", ann.email, "--password-stdin"}, "password1\n");
  BOOST_TEST(weak.status == 3);
  BOOST_TEST(weak.err.find("password") != std::string::npos);
  BOOST_TEST(is_logged_in());
  const std::string email = new_email();
  BOOST_TEST(user({"set", ann.email, "--email", email, "--password-reset"}).out == ann.id + '\n');
  BOOST_TEST(!is_logged_in());
  BOOST_TEST(mail_to(stack, ann.email).find(email) != std::string::npos);
  BOOST_TEST(code_in(mail_to(stack, email)).size() == 6U);
  const CommandResult taken = user({"set", email, "--email", new_user(stack).email});
  BOOST_TEST(taken.status == 3);
  // Each action has an audit record without an actor.
  BOOST_TEST(
      stack.sql("select count(*) filter (where actor_id is null and client_address is null), count(*) from"
                " taskward.audit where object_id = '" +
                ann.id + "' and action in ('account.change', 'code.request')") == "6|6");
}

BOOST_AUTO_TEST_CASE(lockout_is_lifted_and_sessions_are_listed_and_ended) {
  const User wrong{"", ann.email, "not the password", {}};
  for (int i = 0; i < 5; ++i) BOOST_TEST(client.post("/auth/login", credentials(wrong)).status == 401);
  BOOST_TEST(client.post("/auth/login", credentials(ann)).status == 423);
  BOOST_TEST(shown(ann.id)["state"].text() == "locked");
  BOOST_TEST(user({"unlock", ann.email}).status == 0);
  const Tokens second = log_in(stack, ann);
  const Json sessions = Json::parse(user({"sessions", ann.email, "--json"}).out);
  BOOST_REQUIRE(sessions.size() == 2U);
  BOOST_TEST(user({"sessions", ann.email}).out.find(sessions.at(1)["id"].text()) != std::string::npos);
  BOOST_TEST(user({"sessions", ann.email, "--end-one", sessions.at(0)["id"].text()}).status == 0);
  BOOST_TEST(client.get("/tasks", second.access).status == 401);
  BOOST_TEST(is_logged_in());
  BOOST_TEST(user({"sessions", ann.email, "--end-one", sessions.at(0)["id"].text()}).status == 3);
  BOOST_TEST(user({"sessions", ann.email, "--end"}).out == "1 session was ended.\n");
  BOOST_TEST(!is_logged_in());
}

BOOST_AUTO_TEST_CASE(deletion_needs_confirmation) {
  BOOST_TEST(user({"delete", ann.email}).status == 2);
  BOOST_TEST(is_logged_in());
  BOOST_TEST(user({"delete", ann.email, "--yes"}).status == 0);
  BOOST_TEST(!is_logged_in());
  BOOST_TEST(user({"delete", ann.email, "--yes"}).status == 3);
}

BOOST_AUTO_TEST_CASE(unknown_users_and_usage_errors_have_distinct_exit_codes,
                     *boost::unit_test::label("slow")) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"show"}, {"set"}, {"unlock"}, {"delete"}, {"sessions"}}) {
    BOOST_TEST_CONTEXT(words.front()) {
      BOOST_TEST(user(words).status == 2);
      auto identifier = words;
      identifier.push_back(
          "no\x1b"
          "body");
      if (words.front() == "set") identifier.insert(identifier.end(), {"--role", "user"});
      if (words.front() == "delete") identifier.push_back("--yes");
      const CommandResult done = user(identifier);
      BOOST_TEST(done.status == 3, done.err);
      BOOST_TEST(done.err == "taskward: there is no user 'no\\u{1b}body'\n");
      BOOST_TEST(user({words.front(), "--help"}).status == 0);
    }
  }
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"dance"},
                                                {"list", "--role", "king"},
                                                {"list", "--state", "asleep"},
                                                {"list", "--limit", "0"},
                                                {"set", ann.email},
                                                {"set", ann.email, "--active", "maybe"},
                                                {"set", ann.email, "--email", "x"},
                                                {"set", ann.email, "--name", "a\nb"},
                                                {"sessions", ann.email, "--end", "--end-one", ann.id},
                                                {"sessions", ann.email, "--end-one", "x"}}) {
    const CommandResult done = user(words);
    BOOST_TEST(done.status == 2, done.err);
  }
  BOOST_TEST(
      stack.exec({"env", "DATABASE_URL=postgresql://taskward@127.0.0.1:1/none", "taskward", "user", "list"})
          .status == 1);
  BOOST_TEST(stack.exec({"env", "DEFAULT_ROLE=king", "taskward", "user", "list"}).status == 78);
}

BOOST_AUTO_TEST_SUITE_END()
