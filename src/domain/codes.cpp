#include "taskward/domain/codes.hpp"

#include <array>

#include "taskward/base/text.hpp"
#include "taskward/crypto/aead.hpp"
#include "taskward/crypto/digest.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/one_time_code.hpp"
#include "taskward/domain/limits.hpp"
#include "taskward/domain/outbox.hpp"

namespace taskward::domain {
namespace {

using crypto::Sha256;
using model::CodePurpose;
using model::MailKind;

/// HMAC of the texts. Each is terminated by NUL, which none contains, so that different lists differ in
/// bytes.
template <class... Texts>
Sha256 keyed(const Resources& resources, const Texts&... texts) {
  std::string bytes;
  ((bytes += texts, bytes += '\0'), ...);
  const Sha256 digest = crypto::hmac_sha256(resources.derived_keys.codes.reveal(), bytes);
  wipe(bytes);
  return digest;
}

Sha256 subject_of(const Resources& resources, CodePurpose purpose, std::string_view email,
                  const std::optional<UserId>& account) {
  return keyed(resources, "subject", model::name(purpose), lower(email),
               account ? account->text() : std::string());
}

Sha256 hash_of_code(const Resources& resources, const Sha256& subject, std::string_view otp) {
  return keyed(resources, "code", crypto::hex(crypto::view(subject)), otp);
}

Sha256 hash_of_challenge(const Resources& resources, std::string_view challenge) {
  return keyed(resources, "challenge", challenge);
}

/// What the stored recipient is bound to, so that it cannot be mistaken for that of another code.
std::string recipient_context(const Sha256& subject, std::string_view code) {
  return "code:" + crypto::hex(crypto::view(subject)) + ':' + crypto::hex(code);
}

/// The address to which mail for `email` is sent.
std::string recipient_of(const Resources& resources, const std::string& email) {
  return store::find_stored_address(resources.database, email).value_or(email);
}

struct FreshCode {
  Secret otp;
  Secret challenge;
  store::NewCode stored;
};

FreshCode make_code(const Resources& resources, CodePurpose purpose, const std::string& email,
                    const std::optional<UserId>& account) {
  FreshCode fresh;
  fresh.otp = crypto::random_digits(resources.random, resources.rules.otp_digits);
  std::array<std::uint8_t, 16> bytes{};
  resources.random.fill(bytes);
  std::string challenge = crypto::base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  fresh.challenge = Secret::take(challenge);
  fresh.stored.purpose = purpose;
  fresh.stored.subject = subject_of(resources, purpose, email, account);
  fresh.stored.recipient = keyed(resources, "recipient", lower(email));
  fresh.stored.code = hash_of_code(resources, fresh.stored.subject, fresh.otp.reveal());
  fresh.stored.challenge = hash_of_challenge(resources, fresh.challenge.reveal());
  fresh.stored.sealed_recipient = crypto::seal(
      resources.derived_keys.mail, email,
      recipient_context(fresh.stored.subject, crypto::view(fresh.stored.code)), resources.random);
  return fresh;
}

store::SealedMail code_mail(const Resources& resources, MailKind kind, const std::string& email,
                            const Secret& otp) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(model::kCodeLifetime).count();
  const model::Mail mail{
      kind, email, {{"code", std::string(otp.reveal())}, {"minutes", std::to_string(minutes)}}};
  return seal_mail(resources.derived_keys.mail, resources.clock, resources.random, mail,
                   model::kCodeLifetime);
}

/// For an address without an active account.
store::SealedMail mail_without_account(const Resources& resources, MailKind kind, const std::string& email) {
  return seal_mail(resources.derived_keys.mail, resources.clock, resources.random, {kind, email, {}},
                   model::kCodeLifetime);
}

Result<CodeRequested> requested(const Result<Done>& outcome, FreshCode&& fresh) {
  if (!outcome) return outcome.error();
  return CodeRequested{std::move(fresh.challenge), model::kCodeLifetime, model::kCodePause};
}

}  // namespace

Result<CodeRequested> request_login_code(const Resources& resources, const std::string& email,
                                         const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kCodeRequestLimit, origin); !allowed)
    return std::move(allowed).error();
  const std::string to = recipient_of(resources, email);
  FreshCode fresh = make_code(resources, CodePurpose::login, to, std::nullopt);
  const auto mail = code_mail(resources, MailKind::login_code, to, fresh.otp);
  if (resources.rules.is_registration_open) {
    return requested(store::request_code(resources.database, fresh.stored, mail, resources.stamp(origin)),
                     std::move(fresh));
  }
  return requested(store::request_code(resources.database, fresh.stored, to, mail,
                                       mail_without_account(resources, MailKind::login_without_account, to),
                                       resources.stamp(origin)),
                   std::move(fresh));
}

Result<CodeRequested> request_password_reset(const Resources& resources, const std::string& email,
                                             const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kCodeRequestLimit, origin); !allowed)
    return std::move(allowed).error();
  const std::string to = recipient_of(resources, email);
  FreshCode fresh = make_code(resources, CodePurpose::password_reset, to, std::nullopt);
  const auto mail = code_mail(resources, MailKind::password_reset_code, to, fresh.otp);
  return requested(
      store::request_code(resources.database, fresh.stored, to, mail,
                          mail_without_account(resources, MailKind::password_reset_without_account, to),
                          resources.stamp(origin)),
      std::move(fresh));
}

Result<CodeRequested> request_email_change(const Resources& resources,
                                           const model::SessionAccess<model::Permission::own_profile>& access,
                                           const std::string& email, const model::Origin& origin) {
  if (auto allowed = count_attempt(resources, model::kCodeRequestLimit, origin); !allowed)
    return std::move(allowed).error();
  FreshCode fresh = make_code(resources, CodePurpose::email_change, email, access.user());
  const auto mail = code_mail(resources, MailKind::email_change_code, email, fresh.otp);
  return requested(
      store::request_code(resources.database, access, fresh.stored, mail, resources.stamp(origin)),
      std::move(fresh));
}

PreparedCode prepare_password_reset(const Resources& resources, const std::string& email) {
  const FreshCode fresh = make_code(resources, CodePurpose::password_reset, email, std::nullopt);
  return {fresh.stored, code_mail(resources, MailKind::password_reset_code, email, fresh.otp)};
}

std::string address_of_code(const Resources& resources, CodePurpose purpose, const std::string& email,
                            const std::optional<UserId>& account) {
  const Sha256 subject = subject_of(resources, purpose, email, account);
  const auto stored = store::find_code_recipient(resources.database, purpose, subject);
  if (!stored) return email;
  const auto opened = crypto::open_sealed(resources.derived_keys.mail, stored->sealed,
                                          recipient_context(subject, stored->code));
  return opened ? std::string(opened->reveal()) : email;
}

store::CodeAttempt try_of(const Resources& resources, CodePurpose purpose, std::string_view email,
                          const SubmittedCode& given, const std::optional<UserId>& account) {
  store::CodeAttempt attempt;
  attempt.purpose = purpose;
  attempt.subject = subject_of(resources, purpose, email, account);
  attempt.code = hash_of_code(resources, attempt.subject, given.otp.reveal());
  if (given.challenge) attempt.challenge = hash_of_challenge(resources, given.challenge->reveal());
  return attempt;
}

}  // namespace taskward::domain
