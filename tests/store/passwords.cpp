// Changing a password and setting one by a code: which sessions end, and what is left alone.
#include "taskward/store/passwords.hpp"
#include "taskward/domain/profile.hpp"
#include "taskward/store/tasks.hpp"
#include "way_in_fixture.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct PasswordFixture : WayInFixture {
  static constexpr const char* kAnn = "ann@example.com";
  const Secret right{"correct horse battery"};
  const Secret fresh{"another good password"};
  UserId id = register_account(kAnn, "ann").id;
  Result<model::TokenPair> first = log_in(kAnn);
  Result<model::TokenPair> second = log_in(kAnn);
  domain::OwnProfile ann = access_of(first);

  std::string change(const Secret& current, const Secret& wanted) {
    return outcome(domain::change_password(resources, ann, current, wanted, origin));
  }
  std::string reset(const domain::GivenCode& code, const Secret& wanted) {
    return outcome(domain::reset_password(resources, kAnn, code, wanted, origin));
  }
  std::string refresh(const Result<model::TokenPair>& pair) {
    return outcome(domain::rotate_tokens(resources, pair->refresh_token.reveal(), origin));
  }
  std::string view(const Result<model::TokenPair>& pair) {
    return outcome(store::find_own_profile(resources.database, access_of(pair)));
  }
};

BOOST_FIXTURE_TEST_SUITE(passwords, PasswordFixture)

BOOST_AUTO_TEST_CASE(a_changed_password_ends_the_other_sessions_only) {
  register_account("bob@example.com", nullptr);
  const auto bob = log_in("bob@example.com");
  const auto writes = AnyAccess::of<model::Permission::write_tasks>(ann.user(), ann.session());
  BOOST_TEST(outcome(store::insert_task(service, writes, new_id<TaskId>(), {"a task", "", {}}, kQuota, {},
                                        stamp())) == "ok");
  const auto everything_else = [&] {
    return text(
        "select (select string_agg(t::text, ' ') from taskward.tasks t) || (select string_agg(u.email ||"
        " coalesce(u.username, '') || u.role || u.is_active, ' ' order by id) from taskward.users u)");
  };
  const std::string before = everything_else();
  forget_audit();
  BOOST_TEST(change(right, fresh) == "ok");
  BOOST_TEST(view(first) == "ok");
  BOOST_TEST(refresh(first) == "ok");
  BOOST_TEST(view(second) == "invalid_token");
  BOOST_TEST(refresh(second) == "invalid_token");
  BOOST_TEST(refresh(bob) == "ok");
  BOOST_TEST(text("select revoked_reason from taskward.sessions where revoked_at is not null") ==
             "password_changed");
  BOOST_TEST(everything_else() == before);
  BOOST_TEST(outcome(log_in(kAnn)) == "invalid_credentials");
  BOOST_TEST(outcome(log_in(kAnn, fresh.reveal())) == "ok");
  const auto records = audit();
  BOOST_TEST(records[0].deed() == "password.change success -");
  BOOST_TEST(records[0].actor == id.text());
  BOOST_TEST(records[0].object == id.text());
}

BOOST_AUTO_TEST_CASE(a_wrong_current_password_changes_nothing) {
  for (const char* wrong : {"", "Correct horse battery", "correct horse battery "})
    BOOST_TEST(change(Secret(wrong), fresh) == "invalid_credentials");
  BOOST_TEST(view(second) == "ok");
  BOOST_TEST(outcome(log_in(kAnn)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_refused_new_password_is_told_before_the_old_one_is_looked_at) {
  for (const Secret& bad :
       {Secret("short"), Secret(std::string(73, 'x')), Secret(std::string("long\0enough", 11))}) {
    const auto refused = domain::change_password(resources, ann, Secret("wrong"), bad, origin);
    BOOST_TEST_REQUIRE(outcome(refused) == "validation_failed");
    BOOST_TEST(refused.error().faults.at(0).field == "new_password");
  }
  BOOST_TEST(number("select count(*) from taskward.lockouts where failures > 0 or locks > 0") == 0);
}

BOOST_AUTO_TEST_CASE(of_two_changes_at_once_one_is_made) {
  for (int round = 0; round < 10; ++round) {
    const Someone who = someone();
    const auto outcomes = together<std::string>(*this, 2, [&](db::Connection& connection, int i) {
      return outcome(
          store::change_password(connection, who.profile(), "a hash", "hash " + std::to_string(i), stamp()));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "invalid_credentials") == 1);
    BOOST_TEST(is_alive(who));
  }
}

BOOST_AUTO_TEST_CASE(a_reset_ends_every_session_proves_the_address_and_unlocks) {
  register_account("bob@example.com", nullptr);
  const auto bob = log_in("bob@example.com");
  for (const char* name : {kAnn, "ann"}) {
    for (int i = 0; i < 5; ++i) static_cast<void>(log_in(name, "wrong"));
  }
  const SentCode code = reset_code(kAnn);
  forget_audit();
  BOOST_TEST(reset(carried(code), fresh) == "ok");
  for (const auto* pair : {&first, &second}) {
    BOOST_TEST(view(*pair) == "invalid_token");
    BOOST_TEST(refresh(*pair) == "invalid_token");
  }
  BOOST_TEST(view(bob) == "ok");
  BOOST_TEST(number("select count(*) from taskward.sessions where revoked_reason = 'password_reset'") == 2);
  BOOST_TEST(number("select count(*) from taskward.lockouts where failures > 0 or locks > 0") == 0);
  BOOST_TEST(audit().at(0).deed() == "password.reset success -");
  BOOST_TEST(audit().at(0).actor == id.text());
  BOOST_TEST(outcome(log_in("ann")) == "invalid_credentials");
  const auto again = log_in("ann", fresh.reveal());
  BOOST_TEST_REQUIRE(outcome(again) == "ok");
  BOOST_TEST(again->user.email_verified);
  BOOST_TEST(reset(carried(code), right) == "invalid_otp");
}

BOOST_AUTO_TEST_CASE(a_reset_gives_a_password_to_an_account_without_one) {
  execute("update taskward.users set password_hash = null");
  BOOST_TEST(reset(carried(reset_code(kAnn)), fresh) == "ok");
  BOOST_TEST(outcome(log_in(kAnn, fresh.reveal())) == "ok");
}

BOOST_AUTO_TEST_CASE(a_reset_makes_no_account_and_wakes_none) {
  const SentCode code = reset_code(kAnn);
  execute("update taskward.users set is_active = false");
  forget_audit();
  BOOST_TEST(reset(carried(code), fresh) == "invalid_otp");
  BOOST_TEST(number("select count(*) from taskward.users where is_active") == 0);
  pass(seconds(61));
  execute("update taskward.users set is_active = true");
  const SentCode second_code = reset_code(kAnn);
  execute("delete from taskward.users");
  BOOST_TEST(reset(carried(second_code), fresh) == "invalid_otp");
  BOOST_TEST(number("select count(*) from taskward.users") == 0);
  BOOST_TEST(reset(carried(second_code), fresh) == "invalid_otp");
  auto done = deeds();
  std::erase(done, "code.request success password_reset");
  BOOST_TEST(done == (Lines{"password.reset failure account_inactive",
                            "password.reset failure unknown_account", "password.reset failure no_live_code"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(wrong_codes_of_a_reset_are_counted_and_recorded) {
  const SentCode code = reset_code(kAnn);
  forget_audit();
  for (int i = 1; i <= 6; ++i) BOOST_TEST(reset(bare(wrong(code, i)), fresh) == "invalid_otp");
  BOOST_TEST(reset(bare(code), fresh) == "invalid_otp");
  BOOST_TEST(count_of(deeds(), "password.reset failure wrong_code") == 5);
  BOOST_TEST(count_of(deeds(), "password.reset failure no_live_code") == 2);
  BOOST_TEST(reset(carried(code), fresh) == "ok");
}

BOOST_AUTO_TEST_CASE(a_code_resets_once_of_many_at_once) {
  for (int round = 0; round < 3; ++round) {
    const SentCode code = reset_code(kAnn);
    const auto outcomes = together<std::string>(*this, 16, [&](db::Connection& connection, int i) {
      return outcome(domain::reset_password(on(connection), kAnn, carried(code),
                                            Secret("password number " + std::to_string(i)), origin));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 1);
    BOOST_TEST(count_of(outcomes, "invalid_otp") == 15);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes[i] == "ok")
        BOOST_TEST(outcome(log_in(kAnn, "password number " + std::to_string(i))) == "ok");
    }
    pass(seconds(61));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
