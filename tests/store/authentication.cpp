// Registration, login, refresh and logout as a client uses them.
#include "domain_fixture.hpp"

namespace taskward::testing {
namespace {

using crypto::TokenKind;
using domain::Authentication;
using model::LogoutScope;
using model::Permission;

BOOST_FIXTURE_TEST_SUITE(authentication, DomainFixture)

BOOST_AUTO_TEST_CASE(login_works_by_either_name_in_any_case) {
  const model::User ann = register_account("Ann@Example.com", "Ann");
  for (const char* name : {"Ann@Example.com", "ann@example.COM", "Ann", "aNN"}) {
    auto pair = log_in(name);
    BOOST_TEST_REQUIRE(outcome(pair) == "ok");
    BOOST_TEST((pair->user.id == ann.id));
  }
}

BOOST_AUTO_TEST_CASE(access_and_refresh_tokens_verify_only_as_their_own_kind) {
  const model::User ann = register_account("ann@example.com", nullptr);
  auto pair = log_in("ann@example.com");
  BOOST_TEST_REQUIRE(outcome(pair) == "ok");
  auto access = claims(pair->access_token, TokenKind::access);
  auto refresh = claims(pair->refresh_token, TokenKind::refresh);
  BOOST_TEST_REQUIRE(outcome(access) == "ok");
  BOOST_TEST_REQUIRE(outcome(refresh) == "ok");
  BOOST_TEST((access->subject == ann.id));
  BOOST_TEST((access->session == refresh->session));
  BOOST_TEST((access->id != refresh->id));
  BOOST_TEST((access->expires_at - access->issued_at == pair->expires_in));
  BOOST_TEST((refresh->expires_at - refresh->issued_at == pair->refresh_expires_in));
  BOOST_TEST(outcome(claims(pair->access_token, TokenKind::refresh)) == "invalid_token");
  BOOST_TEST(outcome(claims(pair->refresh_token, TokenKind::access)) == "invalid_token");
  auto granted = Authentication::verify<Permission::own_profile>(resources, pair->access_token.reveal());
  BOOST_TEST_REQUIRE(outcome(granted) == "ok");
  BOOST_TEST(outcome(store::find_own_profile(resources.database, *granted)) == "ok");
}

BOOST_AUTO_TEST_CASE(database_holds_no_token_and_no_password) {
  register_account("ann@example.com", nullptr);
  auto pair = log_in("ann@example.com");
  const std::string stored = text("select string_agg(s::text, ' ') from taskward.sessions s") +
                             text("select string_agg(u::text, ' ') from taskward.users u") +
                             text("select string_agg(a::text, ' ') from taskward.audit a");
  BOOST_TEST(stored.find("correct horse") == std::string::npos);
  BOOST_TEST(stored.find(pair->refresh_token.reveal()) == std::string::npos);
  BOOST_TEST(stored.find("$2b$04$") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(role_in_the_token_comes_from_the_database) {
  const model::User ann = register_account("ann@example.com", nullptr);
  execute("update taskward.users set role = 'admin'");
  auto pair = log_in("ann@example.com");
  BOOST_TEST((claims(pair->access_token, TokenKind::access)->role == model::Role::admin));
  execute("update taskward.users set role = 'guest'");
  auto next = domain::rotate_tokens(resources, pair->refresh_token.reveal(), origin);
  BOOST_TEST_REQUIRE(outcome(next) == "ok");
  BOOST_TEST((claims(next->access_token, TokenKind::access)->role == model::Role::guest));
  BOOST_TEST((next->user.id == ann.id));
}

BOOST_AUTO_TEST_CASE(login_refusals_look_identical_and_record_the_true_reason) {
  register_account("ann@example.com", nullptr);
  register_account("inactive@example.com", nullptr);
  register_account("bare@example.com", nullptr);
  execute(
      "update taskward.users set is_active = false where email like 'inactive%';"
      "update taskward.users set password_hash = null where email like 'bare%'");
  clear_audit();
  const auto attempt = [&](const char* name, std::string_view with) {
    auto refused = log_in(name, with);
    BOOST_TEST_REQUIRE(!refused);
    BOOST_TEST(refused.error().detail.empty());
    BOOST_TEST(refused.error().internal.empty());
    BOOST_TEST(refused.error().faults.empty());
    return outcome(refused);
  };
  BOOST_TEST(attempt("nobody@example.com", "correct horse battery") == "invalid_credentials");
  BOOST_TEST(attempt("ann@example.com", "Correct horse battery") == "invalid_credentials");
  BOOST_TEST(attempt("ann@example.com", "") == "invalid_credentials");
  BOOST_TEST(attempt("bare@example.com", "correct horse battery") == "invalid_credentials");
  BOOST_TEST(attempt("inactive@example.com", "correct horse battery") == "invalid_credentials");
  BOOST_TEST(attempt("inactive@example.com", "wrong") == "invalid_credentials");
  BOOST_TEST(audit_lines() ==
                 (Lines{"session.login failure unknown_account", "session.login failure wrong_password",
                        "session.login failure wrong_password", "session.login failure no_password",
                        "session.login failure account_inactive", "session.login failure wrong_password"}),
             boost::test_tools::per_element());
  BOOST_TEST(count_rows("sessions") == 0);
}

BOOST_AUTO_TEST_CASE(refresh_replaces_the_token_pair) {
  register_account("ann@example.com", nullptr);
  auto pair = log_in("ann@example.com");
  auto next = domain::rotate_tokens(resources, pair->refresh_token.reveal(), origin);
  BOOST_TEST_REQUIRE(outcome(next) == "ok");
  BOOST_TEST((next->refresh_token.reveal() != pair->refresh_token.reveal()));
  const model::Origin elsewhere{"request-2", "192.0.2.8", "a test"};
  BOOST_TEST(outcome(domain::rotate_tokens(resources, pair->refresh_token.reveal(), elsewhere)) ==
             "refresh_token_reused");
  BOOST_TEST(outcome(domain::rotate_tokens(resources, next->refresh_token.reveal(), origin)) == "ok");
  BOOST_TEST(outcome(domain::rotate_tokens(resources, next->access_token.reveal(), origin)) ==
             "invalid_token");
  BOOST_TEST(outcome(domain::rotate_tokens(resources, "nonsense", origin)) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(logout_accepts_either_token_and_ends_both) {
  register_account("ann@example.com", nullptr);
  for (const bool by_access : {true, false}) {
    auto pair = log_in("ann@example.com");
    const Secret& token = by_access ? pair->access_token : pair->refresh_token;
    BOOST_TEST(outcome(domain::log_out(resources, token.reveal(), LogoutScope::session, origin)) == "ok");
    BOOST_TEST(outcome(domain::log_out(resources, token.reveal(), LogoutScope::session, origin)) ==
               "invalid_token");
    BOOST_TEST(outcome(domain::rotate_tokens(resources, pair->refresh_token.reveal(), origin)) ==
               "invalid_token");
    auto access = Authentication::verify<Permission::own_profile>(resources, pair->access_token.reveal());
    BOOST_TEST(outcome(store::find_own_profile(resources.database, *access)) == "invalid_token");
  }
  BOOST_TEST(outcome(domain::log_out(resources, "nonsense", LogoutScope::all, origin)) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(anonymous_registration_as_administrator_is_forbidden) {
  const domain::Registration requested{"boss@example.com", std::nullopt, password.clone(),
                                       model::Role::admin};
  BOOST_TEST(outcome(domain::register_account(resources, requested, std::nullopt, origin)) == "forbidden");
  BOOST_TEST(count_rows("users") == 0);
  BOOST_TEST(audit_lines() == Lines{"access.denied denied account.register"},
             boost::test_tools::per_element());
  const TestUser admin = new_user(model::Role::admin);
  BOOST_TEST(outcome(domain::register_account(resources, requested, admin.admin_access(), origin)) == "ok");
  BOOST_TEST(outcome(log_in("boss@example.com")) == "ok");
}

BOOST_AUTO_TEST_CASE(invalid_password_creates_no_account_and_no_record) {
  for (const std::string& text :
       {std::string("short"), std::string(257, 'a'), std::string("with\0a NUL in it", 16)}) {
    const domain::Registration requested{"ann@example.com", std::nullopt, Secret(text), model::Role::user};
    BOOST_TEST(outcome(domain::register_account(resources, requested, std::nullopt, origin)) ==
               "validation_failed");
    BOOST_TEST(outcome(domain::create_account(resources, requested)) == "validation_failed");
  }
  BOOST_TEST(count_rows("users") == 0);
  BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
