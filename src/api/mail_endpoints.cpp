#include "mail_endpoints.hpp"

#include "contract_samples.hpp"
#include "query_parameters.hpp"
#include "taskward/api/parts.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/outbox.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
using model::MailId;
using model::MailState;
using store::ListedMail;

constexpr std::string_view kTag = "Administration";
constexpr int kPageDefault = 50, kPageMax = 100;

struct MailQuery {
  std::vector<MailState> states{};
  int limit = kPageDefault;
  std::optional<MailId> before{};
};

/// A mail with its recipient, which is unknown after delivery.
struct MailBody {
  ListedMail mail;
  std::optional<std::string> recipient;
};
struct MailPageBody {
  std::vector<MailBody> items;
  int limit = 0;
  std::optional<std::string> next_cursor;
};

MailId id_of(const MailBody& body) { return body.mail.id; }
std::string_view kind_of(const MailBody& body) { return body.mail.kind; }
std::string_view state_of(const MailBody& body) { return body.mail.state; }
Timestamp created_at_of(const MailBody& body) { return body.mail.created_at; }
int attempts_of(const MailBody& body) { return body.mail.attempts; }
std::optional<Timestamp> next_try_at_of(const MailBody& body) {
  if (body.mail.state != model::name(MailState::waiting)) return std::nullopt;
  return body.mail.next_try_at;
}
std::optional<std::string> last_error_of(const MailBody& body) {
  if (body.mail.last_error.empty()) return std::nullopt;
  return body.mail.last_error;
}

const Parts<MailBody>& mail_parts() {
  static const Parts<MailBody> parts{
      "QueuedMail",
      {
          derived_part<MailBody, &id_of>("id"),
          derived_part<MailBody, &kind_of>("kind", "The name of its template."),
          derived_part<MailBody, &state_of>("state", "waiting, handed_over or dead."),
          part<&MailBody::recipient>("recipient", "Null after delivery: the content is deleted then."),
          derived_part<MailBody, &created_at_of>("created_at"),
          derived_part<MailBody, &attempts_of>("attempts"),
          derived_part<MailBody, &next_try_at_of>("next_try_at", "Null unless the mail waits."),
          derived_part<MailBody, &last_error_of>("last_error", "The reply of the mail server."),
      }};
  return parts;
}

const Parts<MailPageBody>& mail_page_parts() {
  static const Parts<MailPageBody> parts{
      "MailPage",
      {
          objects_part<&MailPageBody::items, &mail_parts>("items", "Newest first."),
          part<&MailPageBody::limit>("limit"),
          part_if_any<&MailPageBody::next_cursor>("next_cursor", "Absent on the last page."),
      }};
  return parts;
}

const Parameters<MailQuery>& parameters() {
  static const Parameters<MailQuery> table{
      some_of<MailQuery>(
          "state", model::kMailStates, model::mail_state,
          [](MailQuery& into) -> std::vector<MailState>& { return into.states; },
          "One or more values. The default is waiting and dead."),
      whole_number<MailQuery>(
          "limit", 1, kPageMax, [](MailQuery& into) -> int& { return into.limit; },
          "The maximum number of items per page."),
      free_text<MailQuery>(
          "cursor", 1, 0,
          [](const ParameterValue& given, MailQuery& into, Faults& faults) {
            into.before = MailId::parse(given.text);
            if (into.before) return;
            faults.push_back(
                {given.name, FaultCode::invalid_value, "must be a next_cursor returned by this route"});
          },
          "The next_cursor of another page of the same list."),
  };
  return table;
}

}  // namespace

Result<http::Response> list_mail(const Call& call, const Administer& access) {
  auto query = read_parameters(call.request.query, parameters());
  if (!query) return std::move(query).error();
  if (query->states.empty()) query->states = {MailState::waiting, MailState::dead};
  auto found = store::list_mail(call.resources.database, access, query->states, query->limit + 1,
                                query->before, call.stamp());
  if (!found) return std::move(found).error();
  MailPageBody page{{}, query->limit, std::nullopt};
  if (found->size() > static_cast<std::size_t>(query->limit)) {
    found->pop_back();
    page.next_cursor = found->back().id.text();
  }
  for (ListedMail& mail : *found) {
    auto recipient = domain::recipient_of(call.resources.derived_keys.mail, mail);
    page.items.push_back({std::move(mail), std::move(recipient)});
  }
  http::Response response = object_response(200, page, mail_page_parts());
  link_next_page(response, "/admin/mail", call.request.query, page.next_cursor);
  return response;
}

Result<http::Response> retry_mail(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto done = store::retry_mail(call.resources.database, access, call.id_as<MailId>(), call.stamp());
  if (!done) return std::move(done).error();
  return http::Response(204);
}

// ---------------------------------------------------------------- contract

namespace {

MailPageBody sample_page() {
  ListedMail mail;
  mail.id = MailId::parse("01936b5e-9a12-7b42-8f5a-1c2d3e4f5a6b").value();
  mail.kind = model::name(model::MailKind::login_code);
  mail.state = model::name(MailState::dead);
  mail.created_at = samples::moment("2026-01-15T09:30:00.000Z");
  mail.attempts = 12;
  mail.last_error = "550 5.1.1 no such mailbox";
  return {{{std::move(mail), "ada@example.org"}}, kPageDefault, std::nullopt};
}

}  // namespace

Operations mail_operations() {
  return {
      {.route = "list_mail",
       .tag = kTag,
       .summary = "List queued mail",
       .description =
           "Returns mail that waits for delivery or could not be delivered, without its content. The "
           "access is recorded in the audit log.",
       .query = facts_of(parameters()),
       .answers = {answer_of(200, "A page of mail.", sample_page(), mail_page_parts(), {"Link"})}},
      {.route = "retry_mail",
       .tag = kTag,
       .summary = "Queue a mail again",
       .description = "Mail that could not be delivered is tried again, like a new mail.",
       .answers = {no_content("The mail was queued.")},
       .problems = {E::bad_request, E::mail_not_dead, E::validation_failed}},
  };
}

}  // namespace taskward::api
