#include "factor_changes.hpp"

#include "taskward/base/text.hpp"
#include "taskward/crypto/recovery_code.hpp"
#include "taskward/domain/outbox.hpp"

namespace taskward::domain {
namespace {

constexpr int kRecoveryCodes = 10;

}  // namespace

std::string totp_context(const UserId& user) { return "totp:" + user.text(); }

crypto::Sha256 hash_of_recovery_code(const DerivedKeys& keys, const UserId& user, const Secret& code) {
  std::string bytes = user.text() + ':' + std::string(code.reveal());
  const crypto::Sha256 hash = crypto::hmac_sha256(keys.recovery_codes.reveal(), bytes);
  wipe(bytes);
  return hash;
}

crypto::Sha256 hash_of_imported_code(const DerivedKeys& keys, const UserId& user, std::string_view sha256) {
  return crypto::hmac_sha256(keys.recovery_codes.reveal(), user.text() + ":sha256:" + std::string(sha256));
}

std::vector<std::string> possible_hashes(const DerivedKeys& keys, const UserId& user, const Secret& typed) {
  std::vector<std::string> hashes;
  const auto add = [&](const crypto::Sha256& hash) { hashes.emplace_back(crypto::view(hash)); };
  if (const auto normal = crypto::normalized_recovery_code(typed.reveal()))
    add(hash_of_recovery_code(keys, user, *normal));
  std::string plain(typed.reveal());
  std::string joined = plain;
  std::erase_if(joined, [](char c) { return c == '-' || c == ' '; });
  for (std::string* text : {&plain, &joined}) {
    for (std::string one : {*text, lower(*text), upper(*text)}) {
      add(hash_of_imported_code(keys, user, crypto::view(crypto::sha256(one))));
      wipe(one);
    }
    wipe(*text);
  }
  return hashes;
}

RecoveryCodes make_recovery_codes(const Resources& resources, const UserId& user) {
  RecoveryCodes codes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    codes.texts.push_back(crypto::new_recovery_code(resources.random));
    const auto normal = crypto::normalized_recovery_code(codes.texts.back().reveal());
    codes.hashes.emplace_back(
        crypto::view(hash_of_recovery_code(resources.derived_keys, user, normal.value())));
  }
  return codes;
}

store::SealedMail notice(const Resources& resources, model::MailKind kind, const model::User& user,
                         std::map<std::string, std::string> fields) {
  return seal_mail(resources.derived_keys.mail, resources.clock, resources.random,
                   {kind, user.email.value_or(""), std::move(fields)}, std::nullopt);
}

std::string label_of(const model::User& user) {
  return user.email ? *user.email : user.username.value_or(user.id.text());
}

}  // namespace taskward::domain
