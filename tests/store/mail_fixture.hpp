// Mail in the outbox, inserted as the service's statements insert it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "fixture.hpp"
#include "taskward/domain/derived_keys.hpp"
#include "taskward/domain/outbox.hpp"

namespace taskward::testing {

struct MailFixture : StoreFixture {
  const Secret secret_key{kRootSecret};
  const domain::DerivedKeys keys{secret_key};

  /// Queues a login code for the address.
  model::MailId queue(const std::string& to = "ada@example.com",
                      std::optional<std::chrono::seconds> useful_for = std::nullopt) {
    const auto sealed = domain::seal_mail(
        keys.mail, clock, random, {model::MailKind::login_code, to, {{"code", "123456"}, {"minutes", "10"}}},
        useful_for);
    db::Params params;
    params.id(sealed.id).text(model::name(sealed.kind)).bytes(sealed.sealed);
    if (useful_for)
      params.number(useful_for->count());
    else
      params.null();
    owner.query(
        "insert into taskward.outbox (id, kind, sealed, useful_until) values"
        " ($1::uuid, $2::text, $3::bytea, now() + make_interval(secs => $4::double precision))",
        params);
    return sealed.id;
  }

  store::ClaimId new_claim() { return new_id<store::ClaimId>(); }

  /// The value of an SQL expression on the row of the mail, as text.
  std::string column(const model::MailId& id, const std::string& expression) {
    return owner
        .query("select coalesce((" + expression + ")::text, '-') from taskward.outbox where id = $1::uuid",
               db::Params().id(id))
        .row(0)
        .text();
  }
  std::string state(const model::MailId& id) { return column(id, "state"); }
  std::int64_t count_in_state(const std::string& state) {
    return count_rows("outbox where state = '" + state + "'");
  }
  void make_due() { execute("update taskward.outbox set next_try_at = now(), claimed_until = now()"); }
};

}  // namespace taskward::testing
