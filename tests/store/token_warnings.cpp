// Mails that announce the end of a personal access token: one for each, to those who need it.
#include "taskward/domain/token_warnings.hpp"

#include "authentication_fixture.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/store/token_warnings.hpp"
#include "token_fixture.hpp"

namespace taskward::testing {
namespace {

struct WarningsFixture : AuthenticationFixture {
  UserId ann = register_account("ann@example.com", "ann").id;

  /// A token of 90 days that ends after this time.
  TestToken ending(const UserId& user, const std::string& left, const std::string& lifetime = "90 days") {
    const TestToken token = new_token_of(*this, user);
    execute("update taskward.personal_tokens set expires_at = now() + interval '" + left +
            "', created_at = now() + interval '" + left + "' - interval '" + lifetime + "' where id = '" +
            token.id.text() + "'");
    return token;
  }
  bool warn() { return domain::warn_of_ends(service, derived_keys.mail, clock, random); }
};

BOOST_FIXTURE_TEST_SUITE(token_warnings, WarningsFixture)

BOOST_AUTO_TEST_CASE(owner_is_told_once_seven_days_before_the_end) {
  static_cast<void>(ending(ann, "7 days 1 minute"));
  BOOST_TEST(!warn());
  BOOST_TEST(queued_mail().empty());
  const TestToken token = ending(ann, "7 days");
  execute("update taskward.personal_tokens set name = 'backup <script>' where id = '" + token.id.text() +
          "'");
  for (int i = 0; i < 3; ++i) BOOST_TEST(!warn());
  const auto mail = queued_mail();
  BOOST_TEST_REQUIRE(mail.size() == 1U);
  BOOST_TEST((mail[0].kind == model::MailKind::token_ends));
  BOOST_TEST(mail[0].to == "ann@example.com");
  BOOST_TEST(mail[0].fields.at("name") == "backup <script>");
  BOOST_TEST(parse_rfc3339(mail[0].fields.at("expires_at")).has_value());
  BOOST_TEST(count_rows("outbox where useful_until between now() + interval '6 days 23 hours' and now() + "
                        "interval '7 days 1 minute'") == 1);
}

BOOST_AUTO_TEST_CASE(nobody_else_is_told) {
  const TestUser without_address = new_user();
  static_cast<void>(ending(without_address.user, "1 day"));
  static_cast<void>(ending(ann, "1 day", "14 days"));
  static_cast<void>(ending(ann, "-1 second"));
  const TestToken revoked = ending(ann, "1 day");
  execute("update taskward.personal_tokens set revoked_at = now() where id = '" + revoked.id.text() + "'");
  const UserId bob = register_account("bob@example.com", "bob").id;
  static_cast<void>(ending(bob, "1 day"));
  execute("update taskward.users set is_active = false where id = '" + bob.text() + "'");
  BOOST_TEST(!warn());
  BOOST_TEST(queued_mail().empty());
  execute("update taskward.users set is_active = true where id = '" + bob.text() + "'");
  BOOST_TEST(!warn());
  BOOST_TEST(mail_lines() == Lines{"token_ends bob@example.com"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_concurrent_processes_one_queues_the_mail) {
  for (int i = 0; i < 20; ++i) static_cast<void>(ending(ann, "1 day"));
  static_cast<void>(run_concurrently<bool>(*this, 6, [&](db::Connection& connection, int) {
    return domain::warn_of_ends(connection, derived_keys.mail, clock, random);
  }));
  BOOST_TEST(queued_mail().size() == 20U);
  BOOST_TEST(count_rows("personal_tokens where warned_at is not null") == 20);
}

BOOST_AUTO_TEST_CASE(mail_for_an_address_that_changed_meanwhile_is_made_again) {
  static_cast<void>(ending(ann, "1 day"));
  const auto found = store::find_ending_tokens(service, 10);
  BOOST_TEST_REQUIRE(found.size() == 1U);
  execute("update taskward.users set email = 'new@example.com' where id = '" + ann.text() + "'");
  const auto mail = domain::seal_mail(derived_keys.mail, clock, random,
                                      {model::MailKind::token_ends, found[0].email, {}}, std::nullopt);
  BOOST_TEST(!store::queue_token_warning(service, found[0], mail));
  BOOST_TEST(!warn());
  BOOST_TEST(mail_lines() == Lines{"token_ends new@example.com"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(more_than_one_batch_is_announced) {
  execute(
      "insert into taskward.personal_tokens (user_id, id, token_hash, name, scopes, created_at, expires_at)"
      " select '" +
      ann.text() +
      "', gen_random_uuid(), sha256(uuid_send(gen_random_uuid())), 'x', '{tasks:read}', now() - interval '80 "
      "days',"
      " now() + interval '1 day' from generate_series(1, 101)");
  BOOST_TEST(warn());
  BOOST_TEST(!warn());
  BOOST_TEST(queued_mail().size() == 101U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
