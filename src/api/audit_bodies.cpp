#include "taskward/api/audit_bodies.hpp"

#include "taskward/base/rfc3339.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::api {
namespace {

using json::Writer;
using model::AuditRecord;

Part<AuditRecord> time_part() {
  Schema schema = schema_of<Timestamp>();
  schema.note = "With microseconds.";
  return {"at", std::move(schema),
          [](Writer& w, const AuditRecord& record) { w.string(rfc3339_precise(record.at)); }};
}

}  // namespace

const Parts<AuditRecord>& audit_record_parts() {
  static const Parts<AuditRecord> parts{
      "AuditRecord",
      {
          part<&AuditRecord::id>("id"),
          time_part(),
          part<&AuditRecord::actor_id>("actor_id",
                                       "Null for the command line and for unauthenticated requests."),
          part<&AuditRecord::actor_role>("actor_role"),
          part<&AuditRecord::action>("action"),
          part<&AuditRecord::object_type>("object_type"),
          part<&AuditRecord::object_id>("object_id"),
          part<&AuditRecord::outcome>("outcome", "success, failure or denied."),
          part<&AuditRecord::reason>("reason"),
          part<&AuditRecord::client_address>("client_address"),
          part<&AuditRecord::user_agent>("user_agent"),
          part<&AuditRecord::request_id>("request_id"),
          part<&AuditRecord::changed_fields>("changed_fields"),
          part<&AuditRecord::token_id>("token_id", "The personal access token that the actor used."),
      }};
  return parts;
}

const Parts<AuditPageBody>& audit_page_parts() {
  using Body = AuditPageBody;
  static const Parts<Body> parts{
      "AuditPage",
      {
          objects_part<&Body::items, &audit_record_parts>("items"),
          part<&Body::limit>("limit"),
          part_if_any<&Body::next_cursor>("next_cursor", "Absent on the last page."),
      }};
  return parts;
}

std::string audit_record_line(const AuditRecord& record) {
  Writer w;
  write_object(w, record, audit_record_parts());
  return w.take();
}

}  // namespace taskward::api
