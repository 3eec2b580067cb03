#include "taskward_docs.hpp"

#include <array>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "taskward/api/openapi.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/errors.hpp"
#include "taskward/base/text.hpp"
#include "taskward/config/options.hpp"
#include "taskward/domain/task_import.hpp"
#include "taskward/json/value.hpp"
#include "taskward/model/audit_event.hpp"
#include "taskward/model/finding.hpp"
#include "taskward/model/limit.hpp"
#include "taskward/model/metrics.hpp"
#include "taskward/model/otp.hpp"
#include "taskward/model/passkey.hpp"
#include "taskward/model/permission.hpp"
#include "taskward/model/personal_token.hpp"
#include "taskward/model/task.hpp"

namespace taskward::programs {
namespace {

using Cells = std::vector<std::string>;

/// Text of a cell: a pipe would end it, and a `<` outside code would begin HTML.
std::string escaped(std::string_view text) {
  std::string out;
  bool is_code = false;
  for (const char c : text) {
    if (c == '`') is_code = !is_code;
    if (c == '|' || (c == '<' && !is_code)) out += '\\';
    out += c;
  }
  return out;
}

std::string code(std::string_view text) { return text.empty() ? "" : '`' + std::string(text) + '`'; }

void append_row(std::string& out, const Cells& cells) {
  out += '|';
  for (const std::string& cell : cells) out.append(" ").append(cell).append(" |");
  out += '\n';
}

std::string table(const Cells& head, const std::vector<Cells>& rows) {
  std::string out;
  append_row(out, head);
  append_row(out, Cells(head.size(), "---"));
  for (const Cells& row : rows) append_row(out, row);
  return out;
}

const json::Object& object_at(const json::Object& object, std::string_view name) {
  const json::Value* value = json::find(object, name);
  const auto* found = value == nullptr ? nullptr : value->get_if<json::Object>();
  if (found == nullptr) throw std::logic_error("the OpenAPI document has no object " + std::string(name));
  return *found;
}

std::string text_at(const json::Object& object, std::string_view name) {
  const json::Value* value = json::find(object, name);
  const auto* found = value == nullptr ? nullptr : value->get_if<std::string>();
  if (found == nullptr) throw std::logic_error("the OpenAPI document has no text " + std::string(name));
  return *found;
}

const json::Object& root_of(const json::Value& document) {
  const auto* root = document.get_if<json::Object>();
  if (root == nullptr) throw std::logic_error("the OpenAPI document is not a JSON object");
  return *root;
}

json::Value parsed_openapi() {
  std::string document = api::openapi_document();
  Result<json::Value> read = json::parse(document);
  if (!read) throw std::logic_error("the OpenAPI document is not JSON");
  return *std::move(read);
}

/// The text of a scalar, as a code span.
std::string scalar(const json::Value& value) {
  if (const auto* text = value.get_if<std::string>()) return code(*text);
  if (const auto* number = value.get_if<std::int64_t>()) return code(std::to_string(*number));
  if (const auto* flag = value.get_if<bool>()) return code(*flag ? "true" : "false");
  return {};
}

/// The type and bounds of a parameter.
std::string value_text(const json::Object& schema) {
  const json::Value* items = json::find(schema, "items");
  if (items != nullptr) return "several of: " + value_text(*items->get_if<json::Object>());
  std::string out;
  if (const json::Value* choices = json::find(schema, "enum")) {
    for (const json::Value& one : *choices->get_if<json::Array>())
      out.append(out.empty() ? "" : ", ").append(scalar(one));
  } else if (json::find(schema, "format") != nullptr) {
    out = text_at(schema, "format");
  } else {
    out = text_at(schema, "type");
    const json::Value* least = json::find(schema, "minimum");
    const json::Value* most = json::find(schema, "maximum");
    if (most != nullptr) out += ", " + (least == nullptr ? "`0`" : scalar(*least)) + " to " + scalar(*most);
    if (const json::Value* longest = json::find(schema, "maxLength"))
      out += ", at most " + scalar(*longest) + " characters";
  }
  if (const json::Value* fallback = json::find(schema, "default")) out += "; default " + scalar(*fallback);
  return out;
}

/// The query parameters of `GET path`.
std::string parameters_markdown(std::string_view path) {
  const json::Value document = parsed_openapi();
  const json::Object& operation = object_at(object_at(object_at(root_of(document), "paths"), path), "get");
  std::vector<Cells> rows;
  for (const json::Value& one : *json::find(operation, "parameters")->get_if<json::Array>()) {
    const auto& parameter = *one.get_if<json::Object>();
    if (json::find(parameter, "in") == nullptr || text_at(parameter, "in") != "query") continue;
    rows.push_back(
        {code(text_at(parameter, "name")), value_text(object_at(parameter, "schema")),
         json::find(parameter, "description") == nullptr ? "" : escaped(text_at(parameter, "description"))});
  }
  return table({"Parameter", "Value", "Meaning"}, rows);
}

std::string with_unit(std::int64_t count, std::string_view unit) {
  return std::to_string(count) + ' ' + std::string(unit) + (count == 1 ? "" : "s");
}

std::string duration(std::chrono::seconds length) {
  using namespace std::chrono_literals;
  if (length % 24h == 0s) return with_unit(length / 24h, "day");
  if (length % 1h == 0s) return with_unit(length / 1h, "hour");
  if (length % 1min == 0s) return with_unit(length / 1min, "minute");
  return with_unit(length.count(), "second");
}

std::string size(std::size_t bytes) {
  constexpr std::size_t kibi = 1024;
  constexpr std::size_t mebi = kibi * kibi;
  return bytes % mebi == 0 ? std::to_string(bytes / mebi) + " MiB" : std::to_string(bytes / kibi) + " KiB";
}

std::string routes_markdown() {
  const json::Value document = parsed_openapi();
  const json::Object& paths = object_at(root_of(document), "paths");
  std::vector<Cells> rows;
  for (const api::Route& route : api::every_route()) {
    const std::string_view method = http::name(route.method);
    const json::Object& operation = object_at(object_at(paths, route.path), lower(method));
    rows.push_back({code(std::string(method) + ' ' + std::string(route.path)), code(name(route.permission)),
                    route.scope == model::Scope::none ? "" : code(name(route.scope)),
                    escaped(text_at(operation, "summary"))});
  }
  return table({"Route", "Permission", "Scope", "Summary"}, rows);
}

std::string task_parameters_markdown() { return parameters_markdown("/tasks"); }
std::string user_parameters_markdown() { return parameters_markdown("/admin/users"); }
std::string audit_parameters_markdown() { return parameters_markdown("/admin/audit"); }

std::string permissions_markdown() {
  Cells head{"Permission"};
  for (const model::Role role : model::kRoles) head.push_back(code(name(role)));
  std::vector<Cells> rows;
  for (const model::Permission permission : model::kPermissions) {
    if (permission == model::Permission::anyone) continue;
    Cells row{code(name(permission))};
    for (const model::Role role : model::kRoles) row.emplace_back(holds(role, permission) ? "yes" : "");
    rows.push_back(std::move(row));
  }
  return table(head, rows);
}

std::string errors_markdown() {
  std::vector<Cells> rows;
  for (const ErrorFacts& error : every_error())
    rows.push_back({std::to_string(error.status), code(error.name), escaped(error.detail)});
  return table({"Status", "Code", "Default detail"}, rows);
}

std::string field_errors_markdown() {
  std::vector<std::string> names;
  for (const FaultCode one : kFaultCodes) names.push_back(code(name(one)));
  return joined(names, ", ") + "\n";
}

std::string settings_markdown() {
  std::vector<Cells> rows;
  for (const config::Option& option : config::every_option()) {
    const std::string secret = option.secrecy == config::Secrecy::secret ? " Secret." : "";
    rows.push_back({code(option.key), escaped(code(option.fallback)), escaped(option.allowed),
                    escaped(option.help) + secret});
  }
  return table({"Setting", "Default", "Value", "Meaning"}, rows);
}

std::string limits_markdown() {
  const auto per = [](const model::Limit& limit) {
    return std::to_string(limit.most) + " in " + duration(limit.window);
  };
  return table(
      {"What", "Limit"},
      {
          {"Password checks of one client: logins, `PUT /auth/password`, `DELETE /auth/me`, `POST "
           "/auth/reauthenticate`",
           per(model::kLoginLimit)},
          {"Registrations of one client", per(model::kRegisterLimit)},
          {"Refreshes of one client", per(model::kRefreshLimit)},
          {"Requests of one client for a one-time code", per(model::kCodeRequestLimit)},
          {"Checks of one-time codes by one client", per(model::kCodeCheckLimit)},
          {"Second factors that one client sends, and challenges for passkeys that it asks for",
           per(model::kSecondFactorLimit)},
          {"Recovery codes tried for one account", per(model::kRecoveryCodeLimit)},
          {"Passkeys of an account", std::to_string(model::kPasskeysMost)},
          {"Lifetime of a challenge for a passkey", duration(model::kChallengeLifetime)},
          {"Consecutive failures before a name, or the account, is locked",
           std::to_string(model::kLockAfter)},
          {"Duration of the first lock; each further lock lasts twice as long", duration(model::kLockFirst)},
          {"Longest lock", duration(model::kLockMost)},
          {"Lifetime of a one-time code", duration(model::kCodeLifetime)},
          {"Wrong attempts before a one-time code is void", std::to_string(model::kCodeTries)},
          {"Codes for one address and purpose", per(model::kCodesPerAddress)},
          {"Interval between two codes for one address and purpose", duration(model::kCodePause)},
          {"Request body", size(http::kBodyMaxBytes)},
          {"Body of `POST /tasks/import`", size(api::kLargeBodyMaxBytes)},
          {"Tasks in one import", std::to_string(domain::kImportMax)},
          {"Tasks in one batch", std::to_string(model::kBatchMax)},
          {"Items on one page", std::to_string(model::kPageLimitMax)},
          {"Time in the trash", duration(model::kTrashPeriod)},
          {"Valid personal access tokens of one account", std::to_string(model::kTokensPerAccount)},
      });
}

std::string audit_actions_markdown() {
  std::vector<Cells> rows;
#define X(action, text, meaning) rows.push_back({code(text), escaped(meaning)});
  TASKWARD_AUDIT_ACTIONS(X)
#undef X
  return table({"Action", "Recorded when"}, rows);
}

std::string metrics_markdown() {
  std::vector<Cells> rows;
  for (const model::MetricFacts& metric : model::every_metric()) {
    std::vector<std::string> labels;
    for (const std::string_view label : split(metric.labels, ' ')) labels.push_back(code(label));
    rows.push_back(
        {code(metric.name), std::string(name(metric.kind)), joined(labels, ", "), escaped(metric.help)});
  }
  return table({"Metric", "Type", "Labels", "Meaning"}, rows);
}

std::string findings_markdown() {
  std::vector<Cells> rows;
  for (const model::FindingFacts& one : model::every_finding())
    rows.push_back(
        {code(one.code), std::string(name(one.severity)), escaped(one.meaning), escaped(one.action)});
  return table({"Code", "Severity", "Meaning", "What to do"}, rows);
}

struct DocumentTable {
  std::string_view name;
  std::string (*text)();
};
constexpr std::array kTables{
    DocumentTable{"doc-routes", routes_markdown},
    DocumentTable{"doc-task-parameters", task_parameters_markdown},
    DocumentTable{"doc-user-parameters", user_parameters_markdown},
    DocumentTable{"doc-audit-parameters", audit_parameters_markdown},
    DocumentTable{"doc-permissions", permissions_markdown},
    DocumentTable{"doc-errors", errors_markdown},
    DocumentTable{"doc-field-errors", field_errors_markdown},
    DocumentTable{"doc-settings", settings_markdown},
    DocumentTable{"doc-limits", limits_markdown},
    DocumentTable{"doc-audit-actions", audit_actions_markdown},
    DocumentTable{"doc-metrics", metrics_markdown},
    DocumentTable{"doc-findings", findings_markdown},
};

}  // namespace

std::optional<std::string> document_table(std::string_view name) {
  for (const DocumentTable& table : kTables)
    if (table.name == name) return table.text();
  return std::nullopt;
}

std::string document_table_names() {
  std::string names;
  for (const DocumentTable& table : kTables) names.append(" ").append(table.name);
  return names;
}

}  // namespace taskward::programs
