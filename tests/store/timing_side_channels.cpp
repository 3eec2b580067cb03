// Responses that must be indistinguishable must take the same time.
//
// Samples of all kinds are interleaved, so that load on the machine affects them equally, and their medians
// are compared. A failed measurement is repeated up to five times, because noise is not reproducible.
#include <chrono>

#include "authentication_fixture.hpp"

namespace taskward::testing {
namespace {

using Work = std::function<void(int round)>;

/// The median duration of each kind of work in microseconds. `before` runs before each sample and is not
/// measured.
std::vector<double> medians(const std::vector<Work>& kinds, int rounds, const std::function<void()>& before) {
  std::vector<std::vector<double>> samples(kinds.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const std::size_t kind = (i + static_cast<std::size_t>(round)) % kinds.size();
      before();
      const auto begin = std::chrono::steady_clock::now();
      kinds[kind](round);
      const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
      samples[kind].push_back(took.count());
    }
  }
  std::vector<double> out;
  for (auto& one : samples) {
    const auto middle = one.begin() + static_cast<std::ptrdiff_t>(one.size() / 2);
    std::nth_element(one.begin(), middle, one.end());
    out.push_back(*middle);
  }
  return out;
}

/// The difference of the largest and the smallest value, relative to the smallest.
double spread(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return (*most - *least) / *least;
}

struct TimeFixture : AuthenticationFixture {
  static constexpr int kRounds = 80;
  // Slow enough that a skipped check would be noticed.
  const crypto::PasswordHasher slow_hasher{6, random};
  const domain::Resources slow_resources{service, clock,           random,       keys,  slow_hasher,
                                         hashing, password_policy, derived_keys, rules, meter,
                                         health,  hints,           known_tokens};

  void check_equal_times(const std::vector<Work>& kinds, double bound, const std::function<void()>& before) {
    std::string measured;
    for (int attempt = 0; attempt < 5; ++attempt) {
      const auto times = medians(kinds, kRounds, before);
      std::string line;
      for (const double time : times) line += std::to_string(static_cast<int>(time)) + " us  ";
      BOOST_TEST_MESSAGE(line);
      if (spread(times) < bound) return;
      measured += line + "; ";
    }
    BOOST_ERROR("times differ by more than " << bound << ": " << measured);
  }

  Work guess(const char* name, std::string_view with) {
    return [this, name = model::AccountName::of(name), with = std::string(with)](int) {
      BOOST_TEST_REQUIRE(outcome(domain::log_in(slow_resources, name, Secret(with), origin)) ==
                         "invalid_credentials");
    };
  }
};

BOOST_FIXTURE_TEST_SUITE(timing_side_channels, TimeFixture, *boost::unit_test::label("timing"))

BOOST_AUTO_TEST_CASE(every_refused_login_takes_the_same_time) {
  for (const char* email : {"ann@example.com", "inactive@example.com", "bare@example.com"})
    register_account(email, nullptr);
  owner.query("update taskward.users set password_hash = $1::text",
              db::Params().text(slow_hasher.hash(password, random)));
  execute(
      "update taskward.users set is_active = false where email like 'inactive%';"
      "update taskward.users set password_hash = null where email like 'bare%'");
  check_equal_times(
      {guess("nobody@example.com", "correct horse battery"),
       guess("ann@example.com", "a wrong password ....."), guess("bare@example.com", "correct horse battery"),
       guess("inactive@example.com", "correct horse battery"),
       guess("inactive@example.com", "a wrong password .....")},
      0.25, [&] { execute("truncate taskward.lockouts"); });
}

BOOST_AUTO_TEST_CASE(code_requests_for_known_and_unknown_addresses_take_the_same_time) {
  // Both kinds of address have the same length, and each is used once.
  for (int i = 0; i < kRounds; ++i)
    execute("insert into taskward.users (id, email, role) values (gen_random_uuid(), 'aknown" +
            std::to_string(i) + "@example.com', 'user')");
  execute("analyze taskward.users");
  using Request =
      Result<domain::CodeRequested> (*)(const domain::Resources&, const std::string&, const model::Origin&);
  for (const Request request :
       {Request{domain::request_login_code}, Request{domain::request_password_reset}}) {
    const auto ask = [&](const std::string& kind) {
      return [this, request, kind](int round) {
        const std::string email = kind + std::to_string(round) + "@example.com";
        BOOST_TEST_REQUIRE(outcome(request(resources, email, origin)) == "ok");
      };
    };
    check_equal_times({ask("aknown"), ask("nobody")}, 0.35,
                      [&] { execute("delete from taskward.one_time_codes; delete from taskward.attempts"); });
  }
}

BOOST_AUTO_TEST_CASE(wrong_codes_for_known_and_unknown_addresses_take_the_same_time) {
  register_account("aknown@example.com", nullptr);
  const auto try_wrong_code = [&](const char* email) {
    const SentCode code = login_code(email);
    return [this, email, wrong_one = wrong_otp(code)](int) {
      BOOST_TEST_REQUIRE(code_login_outcome(email, without_challenge(wrong_one)) == "invalid_otp");
    };
  };
  check_equal_times({try_wrong_code("aknown@example.com"), try_wrong_code("nobody@example.com")}, 0.35,
                    [&] { execute("update taskward.one_time_codes set failures = 0"); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
