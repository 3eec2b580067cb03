#include "audit_query.hpp"
#include "task_query.hpp"
#include "taskward/api/audit_shapes.hpp"
#include "taskward/api/endpoints.hpp"
#include "taskward/api/responses.hpp"
#include "taskward/domain/audit_search.hpp"

namespace taskward::api {
namespace {

constexpr std::string_view kLines = "application/x-ndjson";

/// Records as lines, of which each but the last is ended when the next begins: between them a space may
/// stand, which means nothing in JSON and tells whoever waits that the search goes on.
class LinesOfRecords {
 public:
  void add(std::string& into, const std::vector<model::AuditRecord>& records) {
    for (const model::AuditRecord& record : records) {
      end(into);
      into += audit_record_line(record);
      is_open_ = true;
    }
  }
  static void wait(std::string& into) { into += ' '; }
  void end(std::string& into) {
    if (is_open_) into += '\n';
    is_open_ = false;
  }

 private:
  bool is_open_ = false;
};

Result<http::Response> stream_records(const Call& call, const Administer& access, AuditQuery&& query) {
  if (query.limit)
    return validation_failed({{"limit", FaultCode::invalid_value,
                               "must not be given with " + std::string(kLines) + ", which has all records"}});
  http::Response response(200);
  response.with("Content-Type", std::string(kLines)).with("Vary", "Accept");
  response.with("Content-Disposition", "attachment; filename=\"audit.ndjson\"");
  if (call.request.method == "HEAD") {
    // Nobody takes a copy; it is a look.
    auto seen = domain::read_audit(call.resources, access, query.filter, 1, query.before, call.origin());
    if (!seen) return std::move(seen).error();
    response.rest = [](std::string&) { return http::Piece::end; };
    return response;
  }
  domain::AuditExport source(call.resources, access, std::move(query.filter), query.before, call.origin());
  // The first of them now, as long as a refusal can still be told.
  auto records = source.next();
  if (!records) return std::move(records).error();
  LinesOfRecords lines;
  lines.add(response.body, *records);
  if (records->empty() && !source.is_over()) LinesOfRecords::wait(response.body);
  response.rest = [lines, source](std::string& into) mutable {
    if (source.is_over()) {
      lines.end(into);
      return http::Piece::end;
    }
    auto more = source.next();
    if (!more) return http::Piece::broken;
    lines.add(into, *more);
    if (more->empty() && !source.is_over()) LinesOfRecords::wait(into);
    return http::Piece::more;
  };
  return response;
}

}  // namespace

Result<http::Response> read_audit(const Call& call, const Administer& access) {
  auto query = read_audit_query(call.request.query);
  if (!query) return std::move(query).error();
  if (http::asks_for(call.request.accept, kLines, "application/json"))
    return stream_records(call, access, *std::move(query));
  const int limit = query->limit.value_or(model::kAuditPageDefault);
  auto found = domain::read_audit(call.resources, access, query->filter, limit, query->before, call.origin());
  if (!found) return std::move(found).error();
  AuditPageBody page{std::move(found->records), limit, std::nullopt};
  if (found->next) page.next_cursor = found->next->text();
  http::Response response = object_response(200, page, audit_page_parts());
  response.with("Vary", "Accept");
  if (page.next_cursor)
    response.with("Link", "</admin/audit?" + next_page_query(call.request.query, *page.next_cursor) +
                              ">; rel=\"next\"");
  return response;
}

}  // namespace taskward::api
