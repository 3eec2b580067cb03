// taskward audit verify
#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>

#include "exit_codes.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/domain/audit_verification.hpp"
#include "taskward/json/value.hpp"
#include "taskward_audit.hpp"
#include "taskward_progress.hpp"

namespace taskward::programs {
namespace {

using domain::AuditVerdict;

constexpr int kRetentionMost = 1200;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kHeadMost = 1U << 16U;

/// Finds the line of `audit head` in a text such as a mail.
std::optional<domain::KeptHead> head_in(std::string_view text) {
  const std::size_t begin = text.find("{\"number\":");
  if (begin == std::string_view::npos) return std::nullopt;
  std::string object(text.substr(begin, text.find('}', begin) - begin + 1));
  const auto parsed = json::parse(object);
  if (!parsed) return std::nullopt;
  const auto* members = parsed->get_if<json::Object>();
  const auto* number = members != nullptr ? json::find(*members, "number") : nullptr;
  const auto* hash = members != nullptr ? json::find(*members, "hash") : nullptr;
  if (number == nullptr || hash == nullptr || number->get_if<std::int64_t>() == nullptr ||
      hash->get_if<std::string>() == nullptr)
    return std::nullopt;
  const auto bytes = crypto::from_hex(*hash->get_if<std::string>());
  if (!bytes || bytes->size() != kHashBytes || *number->get_if<std::int64_t>() < 1) return std::nullopt;
  return domain::KeptHead{*number->get_if<std::int64_t>(), *bytes};
}

std::optional<domain::KeptHead> kept_head(const config::CommandLine& line) {
  const auto path = line.value("head");
  if (!path) return std::nullopt;
  std::ifstream in(*path, std::ios::binary);
  std::string text(kHeadMost, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto head = head_in(text);
  if (!head)
    throw config::BadCommandLine("--head: '" + *path +
                                 "' does not contain the output of `taskward audit head`");
  return head;
}

std::chrono::months retention_of(const config::CommandLine& line, const config::Settings& settings) {
  const auto text = line.value("retention");
  if (!text) return settings.audit_retention;
  int months = -1;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), months);
  if (fault != std::errc() || end != text->data() + text->size() || months < 0 || months > kRetentionMost)
    throw config::BadCommandLine("--retention: '" + *text +
                                 "' is not a whole number of months from 0 to 1200");
  return std::chrono::months(months);
}

int exit_code(const AuditVerdict& verdict) {
  if (verdict.fault) return kRefused;
  return verdict.doubts.empty() ? kSuccess : kFault;
}

void write_fault(json::Writer& w, const domain::AuditFault& fault) {
  w.begin_object();
  w.key("kind");
  w.string(domain::name(fault.kind));
  w.key("record");
  if (fault.record)
    w.string(fault.record->text());
  else
    w.null();
  w.key("at");
  if (fault.at)
    w.string(rfc3339_precise(*fault.at));
  else
    w.null();
  w.key("seal");
  if (fault.seal)
    w.number(*fault.seal);
  else
    w.null();
  w.key("what");
  w.string(fault.what);
  w.end_object();
}

void print_json(const AuditVerdict& verdict) {
  json::Writer w;
  w.begin_object();
  w.key("verdict");
  w.string(verdict.fault ? "tampered" : verdict.doubts.empty() ? "sound" : "doubtful");
  w.key("fault");
  if (verdict.fault)
    write_fault(w, *verdict.fault);
  else
    w.null();
  w.key("doubts");
  w.begin_array();
  for (const std::string& doubt : verdict.doubts) w.string(doubt);
  w.end_array();
  const auto number = [&w](std::string_view key, std::int64_t value) {
    w.key(key);
    w.number(value);
  };
  number("seals", verdict.seals);
  number("records", verdict.records);
  number("unsealed", verdict.unsealed);
  number("dropped", verdict.dropped);
  w.key("sealed_at");
  if (verdict.sealed_at)
    w.string(rfc3339_precise(*verdict.sealed_at));
  else
    w.null();
  w.end_object();
  std::cout << w.take() << '\n';
}

void print_text(const AuditVerdict& verdict) {
  if (verdict.fault) std::cout << "TAMPERED: " << verdict.fault->what << '\n';
  for (const std::string& doubt : verdict.doubts) std::cout << "Undetermined: " << doubt << '\n';
  std::cout << (verdict.fault ? "Intact before that: " : "Intact: ") << verdict.records << " records, "
            << verdict.seals << " seals";
  if (verdict.sealed_at) std::cout << ", the newest from " << rfc3339(*verdict.sealed_at);
  std::cout << ". Not yet sealed: " << verdict.unsealed << " records.";
  if (verdict.dropped > 0)
    std::cout << " Removed after their retention time: " << verdict.dropped << " records.";
  std::cout << '\n';
}

}  // namespace

int audit_verify(const config::CommandLine& line) {
  domain::AuditCheck check;
  check.span = span_of(line);
  check.kept = kept_head(line);
  if (const auto path = line.value("public-key")) check.keys.push_back(read_public_pem(*path));
  AuditOperation operation(line);
  check.retention = retention_of(line, operation.service.settings);
  check.keys.push_back(operation.key.verification_key());
  Progress progress;
  check.progress = [&progress](std::int64_t records) { show_verified(progress, records); };
  try {
    const AuditVerdict verdict = domain::verify_audit(*operation.connection, check);
    progress.clear();
    if (line.has("json"))
      print_json(verdict);
    else
      print_text(verdict);
    return exit_code(verdict);
  } catch (const db::StatementFailed& failure) {
    std::cerr << "taskward: the record cannot be verified: " << failure.what() << '\n';
  } catch (const std::logic_error& failure) {
    std::cerr << "taskward: the record cannot be verified: " << failure.what() << '\n';
  }
  return kFault;
}

}  // namespace taskward::programs
