#include "taskward/api/audit_shapes.hpp"

#include <optional>

#include "taskward/base/rfc3339.hpp"
#include "taskward/json/writer.hpp"

namespace taskward::api {
namespace {

using json::Writer;
using model::AuditRecord;

void write_text_or_null(Writer& w, const std::optional<std::string>& text) {
  if (text)
    w.string(*text);
  else
    w.null();
}

template <class AnId>
void write_id_or_null(Writer& w, const std::optional<AnId>& id) {
  if (id)
    w.string(id->text());
  else
    w.null();
}

void write_texts_or_null(Writer& w, const std::optional<std::vector<std::string>>& texts) {
  if (!texts) {
    w.null();
    return;
  }
  w.begin_array();
  for (const std::string& text : *texts) w.string(text);
  w.end_array();
}

}  // namespace

const std::vector<Part<AuditRecord>>& audit_record_parts() {
  static const std::vector<Part<AuditRecord>> parts{
      {"id", [](Writer& w, const AuditRecord& one) { w.string(one.id.text()); }},
      {"at", [](Writer& w, const AuditRecord& one) { w.string(rfc3339_precise(one.at)); }},
      {"actor_id", [](Writer& w, const AuditRecord& one) { write_id_or_null(w, one.actor_id); }},
      {"actor_role", [](Writer& w, const AuditRecord& one) { write_text_or_null(w, one.actor_role); }},
      {"action", [](Writer& w, const AuditRecord& one) { w.string(one.action); }},
      {"object_type", [](Writer& w, const AuditRecord& one) { write_text_or_null(w, one.object_type); }},
      {"object_id", [](Writer& w, const AuditRecord& one) { write_id_or_null(w, one.object_id); }},
      {"outcome", [](Writer& w, const AuditRecord& one) { w.string(one.outcome); }},
      {"reason", [](Writer& w, const AuditRecord& one) { write_text_or_null(w, one.reason); }},
      {"client_address",
       [](Writer& w, const AuditRecord& one) { write_text_or_null(w, one.client_address); }},
      {"user_agent", [](Writer& w, const AuditRecord& one) { write_text_or_null(w, one.user_agent); }},
      {"request_id", [](Writer& w, const AuditRecord& one) { write_text_or_null(w, one.request_id); }},
      {"changed_fields",
       [](Writer& w, const AuditRecord& one) { write_texts_or_null(w, one.changed_fields); }},
  };
  return parts;
}

std::string audit_record_line(const AuditRecord& record) {
  Writer w;
  write_object(w, record, audit_record_parts());
  return w.take();
}

}  // namespace taskward::api
