// Claims on mail, recording their results, and the operator's commands.
#include "taskward/store/outbox.hpp"

#include <algorithm>
#include <map>

#include "concurrently.hpp"
#include "mail_fixture.hpp"

namespace taskward::testing {
namespace {

using namespace std::chrono_literals;
using model::MailState;
using store::ClaimedMail;
using Kind = store::RetryConflict::Kind;

constexpr std::chrono::seconds kLease{60};

struct OutboxFixture : MailFixture {
  std::optional<ClaimedMail> claim(std::chrono::seconds lease = kLease) {
    return store::claim_mail(service, new_claim(), lease);
  }
  std::vector<store::ListedMail> listed(std::vector<MailState> states) {
    return store::list_mail(service, states, 100);
  }
};

BOOST_FIXTURE_TEST_SUITE(outbox, OutboxFixture)

BOOST_AUTO_TEST_CASE(claim_returns_the_queued_mail_and_excludes_other_claims) {
  BOOST_TEST(!claim().has_value());
  const auto id = queue();
  const auto claimed = claim();
  BOOST_REQUIRE(claimed.has_value());
  BOOST_TEST((claimed->claim.mail == id));
  BOOST_TEST(claimed->kind == "login_code");
  BOOST_TEST(claimed->attempts == 1);
  BOOST_TEST(claimed->is_still_useful);
  BOOST_TEST(claimed->last_error == "");
  const auto opened = domain::open_mail(keys.mail, id, model::MailKind::login_code, claimed->sealed);
  BOOST_TEST(opened->to == "ada@example.com");
  BOOST_TEST(!claim().has_value());
}

BOOST_AUTO_TEST_CASE(expired_claim_is_taken_over_and_its_holder_records_nothing) {
  const auto id = queue();
  const auto dead = claim(0s);
  const auto alive = claim();
  BOOST_REQUIRE(alive.has_value());
  BOOST_TEST(alive->attempts == 2);
  BOOST_TEST(!store::record_handed_over(service, dead->claim));
  BOOST_TEST(!store::record_deferred(service, dead->claim, 1s, "x"));
  BOOST_TEST(!store::record_dead(service, dead->claim, "x"));
  BOOST_TEST(state(id) == "waiting");
  BOOST_TEST(store::record_handed_over(service, alive->claim));
}

BOOST_AUTO_TEST_CASE(delivered_mail_is_erased_once) {
  const auto id = queue();
  const auto claimed = claim();
  BOOST_TEST(store::record_handed_over(service, claimed->claim));
  BOOST_TEST(!store::record_handed_over(service, claimed->claim));
  BOOST_TEST(
      column(id, "state || (sealed is null) || (handed_over_at is not null) || (claimed_by is null)") ==
      "handed_overtruetruetrue");
  make_due();
  BOOST_TEST(!claim().has_value());
}

BOOST_AUTO_TEST_CASE(deferred_mail_is_claimed_again_after_its_pause) {
  const auto id = queue();
  BOOST_TEST(store::record_deferred(service, claim()->claim, 90'000ms, "the server is away"));
  BOOST_TEST(!claim().has_value());
  BOOST_TEST(column(id, "next_try_at between now() + interval '80 s' and now() + interval '90 s'") == "true");
  make_due();
  const auto again = claim();
  BOOST_TEST(again->attempts == 2);
  BOOST_TEST(again->last_error == "the server is away");
}

BOOST_AUTO_TEST_CASE(expiry_is_noticed_on_time_and_counts_as_no_attempt) {
  const auto id = queue("ada@example.com", 30s);
  BOOST_TEST(store::record_deferred(service, claim()->claim, 900s, "x"));
  BOOST_TEST(column(id, "next_try_at = useful_until") == "true");
  execute("update taskward.outbox set useful_until = now(), next_try_at = now()");
  const auto late = claim();
  BOOST_REQUIRE(late.has_value());
  BOOST_TEST(!late->is_still_useful);
  BOOST_TEST(late->attempts == 1);
}

BOOST_AUTO_TEST_CASE(new_mail_precedes_retried_mail) {
  static_cast<void>(queue());
  BOOST_TEST(store::record_deferred(service, claim()->claim, 0s, "x"));
  const auto fresh = queue();
  BOOST_TEST((claim()->claim.mail == fresh));
  BOOST_TEST(claim()->attempts == 2);
}

BOOST_AUTO_TEST_CASE(failure_reasons_are_truncated_and_sanitized) {
  const auto id = queue();
  std::string reason = "bad \xff byte, a NUL" + std::string(1, '\0') + " and ";
  for (int i = 0; i < 300; ++i) reason += "é";
  BOOST_TEST(store::record_deferred(service, claim()->claim, 0s, reason));
  BOOST_TEST(column(id, "last_error like 'bad ? byte, a NUL? and é%'") == "true");
  BOOST_TEST(column(id, "octet_length(last_error) between 298 and 300") == "true");
}

BOOST_AUTO_TEST_CASE(concurrent_claims_give_each_mail_to_one_deliverer) {
  constexpr int kMails = 200;
  for (int i = 0; i < kMails; ++i) static_cast<void>(queue());
  const auto counts = run_concurrently<int>(*this, 8, [&](db::Connection& connection, int) {
    int done = 0;
    while (const auto claimed = store::claim_mail(connection, new_claim(), kLease)) {
      BOOST_TEST(claimed->attempts == 1);
      if (store::record_handed_over(connection, claimed->claim)) ++done;
    }
    return done;
  });
  int sum = 0;
  for (const int count : counts) sum += count;
  BOOST_TEST(sum == kMails);
  BOOST_TEST(count_in_state("handed_over") == kMails);
  BOOST_TEST(number("select max(attempts) from taskward.outbox") == 1);
}

BOOST_AUTO_TEST_CASE(list_returns_the_requested_states_newest_first) {
  const auto sent = queue();
  BOOST_TEST(store::record_handed_over(service, claim()->claim));
  const auto dead = queue();
  BOOST_TEST(store::record_dead(service, claim()->claim, "550 no"));
  const auto waiting = queue();
  const auto both = listed({MailState::waiting, MailState::dead});
  BOOST_REQUIRE(both.size() == 2U);
  BOOST_TEST((both[0].id == waiting && both[1].id == dead));
  BOOST_TEST(both[0].state == "waiting");
  BOOST_TEST(both[1].state == "dead");
  BOOST_TEST(both[1].last_error == "550 no");
  BOOST_TEST(both[1].attempts == 1);
  const auto handed_over = listed({MailState::handed_over});
  BOOST_REQUIRE(handed_over.size() == 1U);
  BOOST_TEST((handed_over[0].id == sent));
  BOOST_TEST(!handed_over[0].sealed.has_value());
  BOOST_TEST(store::list_mail(service, std::array{MailState::waiting, MailState::dead}, 1).size() == 1U);
}

BOOST_AUTO_TEST_CASE(retry_requeues_all_requested_mail_or_none) {
  const auto dead = queue();
  BOOST_TEST(store::record_dead(service, claim()->claim, "x"));
  const auto expired = queue("ada@example.com", 30s);
  BOOST_TEST(store::record_dead(service, claim()->claim, "x"));
  execute("update taskward.outbox set useful_until = now() where useful_until is not null");
  const auto waiting = queue();
  const auto unknown = new_id<model::MailId>();

  const auto obstacles =
      store::retry_mail(service, std::array{dead, expired, waiting, unknown}, new_id<AuditId>());
  std::map<model::MailId, Kind> found;
  for (const auto& one : obstacles) found.emplace(one.id, one.kind);
  const std::map<model::MailId, Kind> expected{
      {expired, Kind::expired}, {waiting, Kind::not_dead}, {unknown, Kind::unknown}};
  BOOST_TEST((found == expected));
  BOOST_TEST(state(dead) == "dead");

  BOOST_TEST(store::retry_mail(service, std::array{dead, dead}, new_id<AuditId>()).empty());
  BOOST_TEST(column(dead, "state || attempts || (next_try_at <= now())") == "waiting0true");
  BOOST_TEST(state(expired) == "dead");
}

BOOST_AUTO_TEST_CASE(retry_all_requeues_dead_mail_that_has_not_expired) {
  for (int i = 0; i < 3; ++i) {
    static_cast<void>(queue());
    BOOST_TEST(store::record_dead(service, claim()->claim, "x"));
  }
  const auto expired = queue("ada@example.com", 30s);
  BOOST_TEST(store::record_dead(service, claim()->claim, "x"));
  execute("update taskward.outbox set useful_until = now() where useful_until is not null");
  BOOST_TEST(store::retry_all_mail(service, new_id<AuditId>()) == 3);
  BOOST_TEST(store::retry_all_mail(service, new_id<AuditId>()) == 0);
  BOOST_TEST(count_in_state("waiting") == 3);
  BOOST_TEST(state(expired) == "dead");
  BOOST_TEST(text("select string_agg(reason, ' ') from taskward.audit where action = 'mail.retry'") == "3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
