#include "taskward/domain/outbox.hpp"

#include "taskward/crypto/aead.hpp"

namespace taskward::domain {
namespace {

std::string seal_context(const model::MailId& id, model::MailKind kind) {
  return "outbox:" + std::string(model::name(kind)) + ':' + id.text();
}

}  // namespace

store::SealedMail seal_mail(const Secret& mail_key, const Clock& clock, RandomSource& random,
                            const model::Mail& mail, std::optional<std::chrono::seconds> useful_for) {
  store::SealedMail sealed;
  sealed.id = model::MailId::make(clock, random);
  sealed.kind = mail.kind;
  sealed.useful_for = useful_for;
  const Secret packed = mail.packed();
  sealed.sealed = crypto::seal(mail_key, packed.reveal(), seal_context(sealed.id, mail.kind), random);
  return sealed;
}

std::optional<model::Mail> open_mail(const Secret& mail_key, const model::MailId& id, model::MailKind kind,
                                     const std::string& sealed) {
  const auto opened = crypto::open_sealed(mail_key, sealed, seal_context(id, kind));
  if (!opened) return std::nullopt;
  return model::Mail::unpacked(kind, opened->reveal());
}

std::optional<std::string> recipient_of(const Secret& mail_key, const store::ListedMail& mail) {
  const auto kind = model::mail_kind(mail.kind);
  if (!kind || !mail.sealed || mail_key.empty()) return std::nullopt;
  auto opened = open_mail(mail_key, mail.id, *kind, *mail.sealed);
  if (!opened) return std::nullopt;
  return std::move(opened->to);
}

}  // namespace taskward::domain
