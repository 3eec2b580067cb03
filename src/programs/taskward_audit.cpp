// taskward audit: verifies, exports and proves the audit record by its seals (docs/seals.md).
#include "taskward_audit.hpp"

#include <array>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/store/schema.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"from", "TIME", "verify, export: records from this time on (RFC 3339)."},
    config::Flag{"to", "TIME", "verify, export: records before this time."},
    config::Flag{"head", "FILE", "verify: earlier output of `taskward audit head`, which must still hold."},
    config::Flag{"retention", "MONTHS",
                 "verify: how long records must be kept (AUDIT_RETENTION); 0 means without limit."},
    config::Flag{"public-key", "FILE",
                 "verify: another public key that is accepted: the one in an export from before SECRET_KEY "
                 "was changed."},
    config::Flag{"dir", "DIR", "export: the folder to create; it must not exist."},
    config::Flag{"mail", "ADDRESS", "head: mail it to this address instead of printing it."},
    config::Flag{"json", "", "verify, prove: print one JSON object."},
};

struct Part {
  std::string_view name;
  std::string_view flags;  // in addition to --help and --config
  std::size_t operands;
  int (*run)(const config::CommandLine&);
};
constexpr std::array kParts{Part{"verify", " from to head retention public-key json ", 0, audit_verify},
                            Part{"export", " from to dir ", 0, audit_export},
                            Part{"prove", " json ", 1, audit_prove}, Part{"head", " mail ", 0, audit_head}};

/// Reading a large table may take long before its first row.
constexpr std::chrono::hours kStatementTimeout{1};

void refuse_foreign_words(const Part& part, const config::CommandLine& line) {
  for (const auto& [flag, value] : line.flags) {
    if (flag != kConfigFlag.name && part.flags.find(' ' + flag + ' ') == std::string_view::npos)
      throw config::BadCommandLine("--" + flag + " is not an option of " + std::string(part.name));
  }
  if (line.operands.size() != part.operands + 1)
    throw config::BadCommandLine(part.operands == 0 ? std::string(part.name) + " takes no operand"
                                                    : std::string(part.name) + " needs the id of a record");
}

config::Loaded load(const config::CommandLine& line) {
  config::Loaded loaded = load_settings(line);
  config::require(loaded, "SECRET_KEY");
  return loaded;
}

std::optional<Timestamp> time_of(const config::CommandLine& line, const std::string& flag) {
  const auto text = line.value(flag);
  if (!text) return std::nullopt;
  const auto time = parse_rfc3339(*text);
  if (!time)
    throw config::BadCommandLine("--" + flag + ": '" + *text +
                                 "' is not a time such as 2026-01-31T00:00:00Z");
  return time;
}

}  // namespace

AuditOperation::AuditOperation(const config::CommandLine& line)
    : service(std::move(load(line).settings), LogLevel::warning),
      key(domain::seal_key(service.derived_keys.seals)),
      connection(std::make_unique<db::Connection>(
          db::ConnectionOptions{service.settings.database_url, "taskward-audit",
                                service.settings.database_prepare == config::Switch::on
                                    ? db::Preparation::on_first_use
                                    : db::Preparation::each_time,
                                kStatementTimeout},
          service.log, store::check_schema)) {}

store::AuditSpan span_of(const config::CommandLine& line) {
  const store::AuditSpan span{time_of(line, "from"), time_of(line, "to")};
  if (span.from && span.to && *span.from >= *span.to)
    throw config::BadCommandLine("--from must be before --to");
  return span;
}

int audit_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags, 2);
  if (line.has("help")) {
    std::cout << "Usage: taskward audit verify [--from TIME] [--to TIME] [--head FILE] [--retention MONTHS]\n"
                 "                             [--public-key FILE] [--json]\n"
                 "  Reports the first record or seal that was changed, removed, reordered or inserted. Exit "
                 "status:\n"
                 "  0 the record is intact, 3 it is not, 1 this could not be determined.\n"
                 "       taskward audit export [--from TIME] [--to TIME] --dir DIR\n"
                 "  Writes records, seals, the public key and the procedure for verifying them.\n"
                 "       taskward audit prove ID [--json]\n"
                 "  Proves that a record is in a seal.\n"
                 "       taskward audit head [--mail ADDRESS]\n"
                 "  Prints or mails the newest seal, which authenticates all earlier records. Store it where "
                 "it cannot\n"
                 "  be changed by those who can write to the database.\n\n"
              << config::options_help(kFlags);
    return kSuccess;
  }
  const std::string what = line.operands.empty() ? "" : line.operands.front();
  for (const Part& part : kParts) {
    if (part.name != what) continue;
    refuse_foreign_words(part, line);
    return part.run(line);
  }
  throw config::BadCommandLine("audit needs one of verify, export, prove and head");
}

}  // namespace taskward::programs
