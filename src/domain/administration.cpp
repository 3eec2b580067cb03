#include "taskward/domain/administration.hpp"

#include "account_cursor.hpp"
#include "taskward/domain/authenticate.hpp"
#include "taskward/domain/codes.hpp"
#include "taskward/domain/hashing.hpp"
#include "taskward/domain/outbox.hpp"
#include "taskward/domain/password_policy.hpp"
#include "taskward/store/access.hpp"
#include "taskward/store/users.hpp"

namespace taskward::domain {
namespace {

/// The address may change while mail to it is being sealed.
constexpr int kMaxAttempts = 3;

Result<std::string> hash_new_password(const Resources& resources, const Secret& password,
                                      const AccountNames& names, const model::Origin& origin) {
  if (auto fault = resources.password_policy.fault("password", password, names))
    return validation_failed({std::move(*fault)});
  return hash_password(resources, origin, password);
}

store::SealedMail announcement(const Resources& resources, const std::string& old_email,
                               const std::string& new_email) {
  return seal_mail(resources.derived_keys.mail, resources.clock, resources.random,
                   {model::MailKind::email_changed, old_email, {{"address", new_email}}}, std::nullopt);
}

/// Whether the change affects who can log in to the account, or what the account can do.
bool is_sensitive(const model::AccountChange& change) {
  return change.role == model::Role::admin || change.is_active == true || change.email || change.username ||
         change.unlock || change.reset_password;
}

/// The access for a sensitive change. It requires a recent authentication, and no personal access token: one
/// that leaks must not become a session.
Result<Administer> access_for(const Resources& resources, const Administer& access,
                              bool is_sensitive_change) {
  if (!is_sensitive_change) return access;
  auto recent = Authentication::step_up(resources, access, model::Assurance::recent);
  if (!recent) return std::move(recent).error();
  return Administer(*recent);
}

bool is_own_by_token(const Administer& access, const UserId& account) {
  return access.kind() == model::Bearer::Kind::personal_token && access.user() == account;
}

/// Seals the mail of the change, for the account's current address.
Result<Done> seal_mail_of(const Resources& resources, const store::Addressee& now,
                          store::AccountChangeOrder& order) {
  const model::AccountChange& change = order.change;
  order.addressee = now.email;
  if (change.email && now.email) order.announcement = announcement(resources, *now.email, *change.email);
  if (!change.reset_password) return Done{};
  const auto& to = change.email ? change.email : now.email;
  if (!to) {
    return validation_failed(
        {{"password_reset", FaultCode::invalid_value, "requires the account to have an e-mail address"}});
  }
  if (!change.is_active.value_or(now.is_active)) {
    return validation_failed(
        {{"password_reset", FaultCode::invalid_value, "requires the account to be active"}});
  }
  PreparedCode prepared = prepare_password_reset(resources, *to);
  order.reset = store::PasswordResetMail{prepared.code, std::move(prepared.mail)};
  return Done{};
}

}  // namespace

Result<AccountPage> list_accounts(const Resources& resources, const Administer& access,
                                  const AccountQuery& query, const model::Origin& origin) {
  const Secret& key = resources.derived_keys.cursors;
  // One item more than shown, to detect whether there is a next page.
  store::AccountListing listing{query.filter, query.limit + 1, std::nullopt, query.total};
  if (query.cursor) {
    listing.after = read_account_cursor(*query.cursor, key, access.user(), query.filter);
    if (!listing.after) {
      return validation_failed(
          {{"cursor", FaultCode::invalid_value, "must be a next_cursor of a list with the same filter"}});
    }
  }
  auto listed = store::list_accounts(resources.database, access, listing, resources.stamp(origin));
  if (!listed) return std::move(listed).error();
  AccountPage page{std::move(listed->accounts), std::nullopt, listed->total};
  const auto limit = static_cast<std::size_t>(query.limit);
  if (page.accounts.size() > limit) {
    page.accounts.resize(limit);
    const model::Account& last = page.accounts.back();
    page.next_cursor = account_cursor({last.created_at, last.id}, key, access.user(), query.filter);
  }
  return page;
}

Result<model::Account> create_account(const Resources& resources, const Administer& by,
                                      const AccountOrder& order, const model::Origin& origin) {
  store::NewAccount account{
      UserId::make(resources.clock, resources.random),   order.email, order.username, std::nullopt,
      order.role.value_or(resources.rules.default_role), order.name,  order.is_active};
  const auto access = access_for(resources, by, account.role == model::Role::admin);
  if (!access) return access.error();
  if (order.password) {
    // The token does not prove the current role; hashing is expensive, so it is checked first.
    if (auto may = store::check_access(resources.database, *access, resources.stamp(origin),
                                       store::kRefusedRegistration);
        !may)
      return std::move(may).error();
    auto hash = hash_new_password(resources, *order.password, AccountNames::of(order), origin);
    if (!hash) return std::move(hash).error();
    account.password_hash = std::move(*hash);
  }
  auto created = store::insert_account(resources.database, *access, account, resources.stamp(origin));
  if (!created) return std::move(created).error();
  model::Account out;
  static_cast<model::User&>(out) = std::move(*created);
  out.updated_at = out.created_at;
  return out;
}

Result<model::Account> change_account(const Resources& resources, const Actor& by, const UserId& user,
                                      const model::AccountChange& change,
                                      const std::optional<Secret>& password, const model::Origin& origin) {
  std::optional<Administer> access;
  if (const Administer* administrator = by.administrator()) {
    auto allowed =
        access_for(resources, *administrator, is_sensitive(change) || is_own_by_token(*administrator, user));
    if (!allowed) return std::move(allowed).error();
    access = std::move(*allowed);
  }
  const Actor actor = access ? Actor(*access) : by;
  store::AccountChangeOrder order;
  order.user = user;
  order.change = change;
  order.unlock_record = AuditId::make(resources.clock, resources.random);
  order.reset_record = AuditId::make(resources.clock, resources.random);
  for (int tries = 0; tries < kMaxAttempts; ++tries) {
    if (change.email || change.reset_password || password) {
      const auto now = store::find_addressee(resources.database, actor, user, resources.stamp(origin));
      if (!now) return now.error();
      if (auto sealed = seal_mail_of(resources, *now, order); !sealed) return std::move(sealed).error();
      if (password && !order.password_hash) {
        const auto& email = change.email ? change.email : now->email;
        const auto& username = change.username ? change.username : now->username;
        auto hash = hash_new_password(
            resources, *password,
            {email ? *email : std::string_view(), username ? *username : std::string_view()}, origin);
        if (!hash) return std::move(hash).error();
        order.password_hash = std::move(*hash);
      }
    }
    auto changed = store::change_account(resources.database, actor, order, resources.stamp(origin));
    if (!changed) return std::move(changed).error();
    if (*changed) return std::move(**changed);
  }
  return Error(ErrorCode::service_unavailable, {}, "the account's address changed repeatedly");
}

Result<Done> delete_account(const Resources& resources, const Administer& access, const UserId& user,
                            const model::Origin& origin) {
  if (is_own_by_token(access, user)) return needs_session();
  return store::delete_account(resources.database, access, user, resources.stamp(origin));
}

}  // namespace taskward::domain
