// Rate limits by client: exact, with a sliding window, and not for exempt clients.
#include "authentication_fixture.hpp"
#include "taskward/domain/limits.hpp"

namespace taskward::testing {
namespace {

using std::chrono::seconds;

struct LimitFixture : AuthenticationFixture {
  LimitFixture() { rules.limit_exempt.clear(); }

  /// Logs in with a new name each time, so that no name is locked.
  Result<model::TokenPair> log_in_from(std::string_view address) {
    const model::Origin from{"request-1", address, "a test"};
    return pair_of(domain::log_in(resources, model::AccountName::of("nobody" + std::to_string(++names_)),
                                  Secret("a password"), from));
  }
  std::string attempt(std::string_view address) { return outcome(log_in_from(address)); }
  std::int64_t refusals() { return count_rows("audit where action = 'limit.exceeded'"); }
  /// Checks that `most` attempts are allowed per minute, and no more.
  template <class Attempt>
  void check_limit(int most, const Attempt& once) {
    for (int i = 0; i < most; ++i) BOOST_TEST_REQUIRE(once() != "too_many_requests", i);
    BOOST_TEST(once() == "too_many_requests");
    advance_time(seconds(61));
    BOOST_TEST(once() != "too_many_requests");
  }

 private:
  int names_ = 0;
};

BOOST_FIXTURE_TEST_SUITE(rate_limits, LimitFixture)

BOOST_AUTO_TEST_CASE(client_has_five_login_attempts_per_minute) {
  for (int i = 0; i < 5; ++i) BOOST_TEST(attempt("198.51.100.7") == "invalid_credentials");
  const auto refused = log_in_from("198.51.100.7");
  BOOST_TEST_REQUIRE(outcome(refused) == "too_many_requests");
  BOOST_TEST_REQUIRE(refused.error().retry_after.has_value());
  BOOST_TEST((*refused.error().retry_after >= seconds(50) && *refused.error().retry_after <= seconds(60)));
  // Other clients are not limited.
  BOOST_TEST(attempt("198.51.100.8") == "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(successful_logins_count_towards_the_limit) {
  register_account("ann@example.com", nullptr);
  for (int i = 0; i < 5; ++i) BOOST_TEST(outcome(log_in("ann@example.com")) == "ok");
  BOOST_TEST(outcome(log_in("ann@example.com")) == "too_many_requests");
  BOOST_TEST(count_rows("sessions") == 5);
}

BOOST_AUTO_TEST_CASE(refused_attempts_are_not_evaluated) {
  register_account("ann@example.com", nullptr);
  for (int i = 0; i < 5; ++i) BOOST_TEST(attempt("192.0.2.7") == "invalid_credentials");
  clear_audit();
  for (int i = 0; i < 6; ++i) BOOST_TEST(outcome(log_in("ann@example.com", "wrong")) == "too_many_requests");
  BOOST_TEST(audit_lines() == Lines{"limit.exceeded denied login"}, boost::test_tools::per_element());
  advance_time(seconds(61));
  BOOST_TEST(outcome(log_in("ann@example.com")) == "ok");
}

BOOST_AUTO_TEST_CASE(forty_concurrent_attempts_count_as_five) {
  for (const char* address : {"198.51.100.7", "2001:db8::7"}) {
    const auto outcomes = run_concurrently<std::string>(*this, 40, [&](db::Connection& connection, int) {
      return outcome(
          domain::count_attempt(resources_on(connection), model::kLoginLimit, {"r", address, "a"}));
    });
    BOOST_TEST(count_of(outcomes, "ok") == 5, address);
    BOOST_TEST(count_of(outcomes, "too_many_requests") == 35, address);
  }
  BOOST_TEST(count_rows("attempts") == 2);
  BOOST_TEST(number("select max(cardinality(moments)) from taskward.attempts") == 5);
  BOOST_TEST(refusals() <= 2);
}

BOOST_AUTO_TEST_CASE(window_slides) {
  for (int i = 0; i < 3; ++i) BOOST_TEST(attempt("198.51.100.7") == "invalid_credentials");
  advance_time(seconds(40));
  for (int i = 0; i < 2; ++i) BOOST_TEST(attempt("198.51.100.7") == "invalid_credentials");
  const auto refused = log_in_from("198.51.100.7");
  BOOST_TEST_REQUIRE(outcome(refused) == "too_many_requests");
  // Until the oldest three attempts are a minute old.
  BOOST_TEST((*refused.error().retry_after >= seconds(10) && *refused.error().retry_after <= seconds(20)));
  advance_time(seconds(21));
  for (int i = 0; i < 3; ++i) BOOST_TEST(attempt("198.51.100.7") == "invalid_credentials");
  BOOST_TEST(attempt("198.51.100.7") == "too_many_requests");
  // Older attempts are not kept.
  BOOST_TEST(number("select cardinality(moments) from taskward.attempts") == 5);
}

BOOST_AUTO_TEST_CASE(refusals_do_not_extend_the_window) {
  for (int i = 0; i < 5; ++i) BOOST_TEST(attempt("198.51.100.7") == "invalid_credentials");
  for (int i = 0; i < 6; ++i) {
    advance_time(seconds(10));
    BOOST_TEST(attempt("198.51.100.7") == (i < 5 ? "too_many_requests" : "invalid_credentials"));
  }
}

BOOST_AUTO_TEST_CASE(retry_after_is_between_one_second_and_one_minute) {
  for (int i = 0; i < 5; ++i) BOOST_TEST(attempt("198.51.100.7") == "invalid_credentials");
  for (int i = 0; i < 58; ++i) {
    const auto refused = log_in_from("198.51.100.7");
    if (outcome(refused) != "too_many_requests") break;  // on a slow machine
    const auto wait = refused.error().retry_after.value();
    BOOST_TEST((wait >= seconds(1) && wait <= seconds(60)), wait.count());
    advance_time(seconds(1));
  }
}

BOOST_AUTO_TEST_CASE(ipv6_addresses_of_one_64_prefix_are_one_client) {
  for (const char* address : {"2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::", "2001:db8:1:2::1",
                              "2001:DB8:1:2:0:0:0:9"})
    BOOST_TEST(attempt(address) == "invalid_credentials");
  BOOST_TEST(attempt("2001:db8:1:2:aaaa:bbbb:cccc:dddd") == "too_many_requests");
  BOOST_TEST(attempt("2001:db8:1:3::1") == "invalid_credentials");
  BOOST_TEST(attempt("2001:db8:1:1:ffff:ffff:ffff:ffff") == "invalid_credentials");
}

BOOST_AUTO_TEST_CASE(ipv4_mapped_address_is_the_same_client) {
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(attempt(i % 2 == 0 ? "198.51.100.7" : "::ffff:198.51.100.7") == "invalid_credentials");
  BOOST_TEST(attempt("::ffff:c633:6407") == "too_many_requests");
  BOOST_TEST(attempt("198.51.100.7") == "too_many_requests");
}

BOOST_AUTO_TEST_CASE(exempt_clients_have_no_limit_and_unknown_addresses_share_one) {
  rules.limit_exempt = {model::IpNetwork::parse("198.51.100.0/28").value(),
                        model::IpNetwork::parse("2001:db8:5::/48").value()};
  for (const char* address : {"198.51.100.15", "::ffff:198.51.100.3", "2001:db8:5:9::1"}) {
    for (int i = 0; i < 8; ++i) BOOST_TEST(attempt(address) == "invalid_credentials", address);
  }
  BOOST_TEST(count_rows("attempts") == 0);
  check_limit(5, [&] { return attempt(""); });
  check_limit(5, [&] { return attempt("198.51.100.16"); });
  check_limit(5, [&] { return attempt("2001:db8:6::1"); });
}

BOOST_AUTO_TEST_CASE(refusals_are_recorded_once_per_window) {
  for (int i = 0; i < 25; ++i) static_cast<void>(attempt("198.51.100.7"));
  BOOST_TEST(refusals() == 1);
  advance_time(seconds(30));
  for (int i = 0; i < 5; ++i) static_cast<void>(attempt("198.51.100.7"));
  BOOST_TEST(refusals() == 1);
  advance_time(seconds(31));
  for (int i = 0; i < 9; ++i) static_cast<void>(attempt("198.51.100.7"));
  BOOST_TEST(refusals() == 2);
  for (const AuditRow& row : audit()) {
    if (row.action != "limit.exceeded") continue;
    BOOST_TEST(row.line() == "limit.exceeded denied login");
    BOOST_TEST(row.address == "198.51.100.7");
    BOOST_TEST(row.actor == "-");
  }
}

BOOST_AUTO_TEST_CASE(each_kind_of_attempt_has_its_own_limit) {
  int number_of = 0;
  const auto email = [&] { return "nobody" + std::to_string(++number_of) + "@example.com"; };
  check_limit(120, [&] { return outcome(domain::rotate_tokens(resources, "nonsense", origin)); });
  check_limit(30, [&] { return outcome(domain::request_login_code(resources, email(), origin)); });
  check_limit(60, [&] { return code_login_outcome(email(), without_challenge("123456")); });
  check_limit(5, [&] { return attempt("192.0.2.7"); });
  BOOST_TEST(count_rows("attempts where kind not like 'codes%'") == 4);
}

BOOST_AUTO_TEST_CASE(all_uses_of_codes_share_one_limit) {
  register_account("ann@example.com", nullptr);
  const auto ann = access_of(log_in("ann@example.com"));
  int turn = 0;
  check_limit(60, [&] {
    const auto guess = without_challenge("123456");
    switch (++turn % 4) {
      case 0:
        return code_login_outcome("x@example.com", guess);
      case 1:
        return outcome(
            domain::reset_password(resources, "x@example.com", guess, Secret("long enough"), origin));
      case 2:
        return outcome(domain::change_email(resources, ann, "x@example.com", guess, origin));
      default:
        return outcome(domain::delete_account(resources, ann, guess, origin));
    }
  });
  turn = 0;
  check_limit(30, [&] {
    const std::string to = "y" + std::to_string(++turn) + "@example.com";
    switch (turn % 3) {
      case 0:
        return outcome(domain::request_login_code(resources, to, origin));
      case 1:
        return outcome(domain::request_password_reset(resources, to, origin));
      default:
        return outcome(domain::request_email_change(resources, ann, to, origin));
    }
  });
}

BOOST_AUTO_TEST_CASE(password_confirmation_counts_as_a_login_attempt) {
  register_account("ann@example.com", nullptr);
  const auto ann = access_of(log_in("ann@example.com"));
  for (int i = 0; i < 4; ++i) {
    BOOST_TEST(outcome(domain::change_password(resources, ann, Secret("wrong"), Secret("long enough"),
                                               origin)) == "invalid_credentials");
  }
  BOOST_TEST(outcome(domain::delete_account(resources, ann, Secret("wrong"), origin)) == "too_many_requests");
  BOOST_TEST(outcome(log_in("ann@example.com")) == "too_many_requests");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
