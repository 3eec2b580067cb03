#include "audit_endpoints.hpp"

#include "audit_query.hpp"
#include "contract_samples.hpp"
#include "taskward/api/audit_bodies.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/api/seal_bodies.hpp"
#include "taskward/domain/audit_proof.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/domain/audit_search.hpp"

namespace taskward::api {
namespace {

using E = ErrorCode;
constexpr std::string_view kNdjson = "application/x-ndjson";

/// Writes records as NDJSON. The line end of a record is written only before the next one, so that spaces,
/// which JSON ignores, can follow it as keep-alive bytes while the search goes on.
class NdjsonWriter {
 public:
  void add(std::string& into, const std::vector<model::AuditRecord>& records) {
    for (const model::AuditRecord& record : records) {
      end(into);
      into += audit_record_line(record);
      is_open_ = true;
    }
  }
  static void keep_alive(std::string& into) { into += ' '; }
  void end(std::string& into) {
    if (is_open_) into += '\n';
    is_open_ = false;
  }

 private:
  bool is_open_ = false;
};

Result<http::Response> stream_records(const Call& call, const Administer& access, AuditQuery&& query) {
  if (query.limit)
    return validation_failed(
        {{"limit", FaultCode::invalid_value,
          "cannot be combined with " + std::string(kNdjson) + ", which returns all records"}});
  http::Response response(200);
  response.with("Content-Type", std::string(kNdjson)).with("Vary", "Accept");
  response.with("Content-Disposition", "attachment; filename=\"audit.ndjson\"");
  if (call.request.method == "HEAD") {
    // No records leave the service, so this is recorded as a read and not as an export.
    auto seen = domain::read_audit(call.resources, access, query.filter, 1, query.before, call.origin());
    if (!seen) return std::move(seen).error();
    response.rest = [](std::string&) { return http::Piece::end; };
    return response;
  }
  domain::AuditExport source(call.resources, access, std::move(query.filter), query.before, call.origin());
  // The first part is read before the response begins, while an error can still be returned.
  auto records = source.next();
  if (!records) return std::move(records).error();
  NdjsonWriter writer;
  writer.add(response.body, *records);
  if (records->empty() && !source.is_over()) NdjsonWriter::keep_alive(response.body);
  response.rest = [writer, source](std::string& into) mutable {
    if (source.is_over()) {
      writer.end(into);
      return http::Piece::end;
    }
    auto more = source.next();
    if (!more) return http::Piece::broken;
    writer.add(into, *more);
    if (more->empty() && !source.is_over()) NdjsonWriter::keep_alive(into);
    return http::Piece::more;
  };
  return response;
}

}  // namespace

Result<http::Response> search_audit(const Call& call, const Administer& access) {
  auto query = read_audit_query(call.request.query);
  if (!query) return std::move(query).error();
  if (http::asks_for(call.request.accept, kNdjson, "application/json"))
    return stream_records(call, access, *std::move(query));
  const int limit = query->limit.value_or(model::kAuditPageDefault);
  auto found = domain::read_audit(call.resources, access, query->filter, limit, query->before, call.origin());
  if (!found) return std::move(found).error();
  AuditPageBody page{std::move(found->records), limit, std::nullopt};
  if (found->next) page.next_cursor = found->next->text();
  http::Response response = object_response(200, page, audit_page_parts());
  response.with("Vary", "Accept");
  link_next_page(response, "/admin/audit", call.request.query, page.next_cursor);
  return response;
}

Result<http::Response> get_seal_state(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  const auto state = store::read_seal_state(call.resources.database, access, call.stamp());
  if (!state) return state.error();
  const auto key = domain::seal_key(call.resources.derived_keys.seals);
  SealStateBody body{{}, std::chrono::floor<std::chrono::seconds>(state->lag)};
  if (state->newest) body.newest.emplace(*state->newest, key);
  return object_response(200, body, seal_state_parts());
}

Result<http::Response> get_proof(const Call& call, const Administer& access) {
  if (auto none = refuse_parameters(call.request.query); !none) return std::move(none).error();
  auto proof = domain::prove_record(call.resources, access, call.id_as<AuditId>(), call.origin());
  if (!proof) return std::move(proof).error();
  const auto key = domain::seal_key(call.resources.derived_keys.seals);
  return object_response(200, ProofBody{std::move(*proof), public_pem(key)}, proof_parts());
}

// ---------------------------------------------------------------- contract

namespace {

model::AuditSeal sample_seal() {
  model::AuditSeal seal;
  seal.number = 7;
  seal.era = 1;
  seal.cluster = "7300000000000000001";
  seal.xid_from = 740;
  seal.xid_below = 752;
  seal.records = 1;
  seal.first_at = seal.last_at = samples::audit_record().at;
  seal.root = std::string(32, '\x1f');
  seal.previous = std::string(32, '\x2e');
  seal.sealed_at = samples::moment("2026-01-15T09:30:07.000Z");
  seal.signature = std::string(64, '\x3d');
  return seal;
}

ProofBody sample_proof() {
  const model::AuditRecord login = samples::audit_record();
  model::SealableRecord record;
  record.id = login.id;
  record.at = login.at;
  record.transaction = 741;
  record.texts[model::kSealedAction] = login.action;
  record.texts[model::kSealedObjectType] = login.object_type;
  record.texts[model::kSealedOutcome] = login.outcome;
  return {{std::move(record), 0, {}, sample_seal()},
          "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA…\n-----END PUBLIC KEY-----\n"};
}

SealStateBody sample_seal_state() {
  SealStateBody body;
  body.newest.emplace(store::Head{sample_seal(), 412}, domain::seal_key(Secret(std::string(32, '\x01'))));
  body.lag = std::chrono::seconds(2);
  return body;
}

}  // namespace

Operations audit_operations() {
  Schema lines;
  lines.note = "One AuditRecord per line.";
  return {
      {.route = "read_audit",
       .tag = "Administration",
       .summary = "Search the audit log",
       .description = "Returns the records that match all filters, newest first. A page may have fewer "
                      "records than `limit`, even none, and still have a `next_cursor`: the search then "
                      "continues from there. With `Accept: application/x-ndjson` all matching records are "
                      "streamed, one per line. The access is recorded in the audit log.",
       .query = audit_query_facts(),
       .answers = {answer_of(200, "A page of records.",
                             AuditPageBody{{samples::audit_record()}, model::kAuditPageDefault, std::nullopt},
                             audit_page_parts(), {"Link"}),
                   {200,
                    "A page of records.",
                    kNdjson,
                    std::move(lines),
                    {"Link"},
                    audit_record_line(samples::audit_record()) + '\n'}}},
      {.route = "audit_seals",
       .tag = "Administration",
       .summary = "Get the newest seal of the audit log",
       .description = "Returns the newest seal, to be kept elsewhere, and for how long the oldest record has "
                      "waited for a seal. The access is recorded in the audit log.",
       .answers = {answer_of(200, "The newest seal.", sample_seal_state(), seal_state_parts())},
       .problems = {E::bad_request, E::validation_failed}},
      {.route = "audit_proof",
       .tag = "Administration",
       .summary = "Prove an audit record",
       .description = "Returns the proof that a seal contains the record, which can be verified without "
                      "Taskward. The access is recorded in the audit log.",
       .answers = {answer_of(200, "The proof.", sample_proof(), proof_parts())},
       .problems = {E::bad_request, E::record_not_sealed, E::seal_mismatch, E::validation_failed}},
  };
}

}  // namespace taskward::api
