// taskward audit: checks the audit record against its seals, and takes out of it what others can check.
#include "taskward_audit.hpp"

#include <array>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/audit_seals.hpp"
#include "taskward/store/schema.hpp"
#include "taskward/store/statements.hpp"
#include "taskward_commands.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kFlags{
    kHelpFlag,
    kConfigFlag,
    config::Flag{"from", "TIME", "verify, export: records from this moment on (RFC 3339)."},
    config::Flag{"to", "TIME", "verify, export: records up to this moment."},
    config::Flag{"head", "FILE", "verify: what `taskward audit head` printed earlier; it must still be so."},
    config::Flag{"retention", "MONTHS",
                 "verify: how long records must be there; else AUDIT_RETENTION. 0 is for ever."},
    config::Flag{
        "public-key", "FILE",
        "verify: a public key that seals may be signed with besides the present one: an export's, from "
        "before SECRET_KEY was changed."},
    config::Flag{"dir", "DIR", "export: the folder to make; it must not exist."},
    config::Flag{"mail", "ADDRESS", "head: send it there instead of printing it."},
    config::Flag{"json", "", "verify, prove: as one JSON object."},
};

struct Part {
  std::string_view name;
  std::string_view flags;  // beside those that all have
  std::size_t operands;
  int (*run)(const config::CommandLine&);
};
constexpr std::array kParts{Part{"verify", " from to head retention public-key json ", 0, audit_verify},
                            Part{"export", " from to dir ", 0, audit_export},
                            Part{"prove", " json ", 1, audit_prove}, Part{"head", " mail ", 0, audit_head}};

/// A walk of a large table may take long before its first row.
constexpr std::chrono::hours kPatience{1};

void refuse_what_is_not_of(const Part& part, const config::CommandLine& line) {
  for (const auto& [flag, value] : line.flags) {
    if (flag != kConfigFlag.name && part.flags.find(' ' + flag + ' ') == std::string_view::npos)
      throw config::BadCommandLine("--" + flag + " does not belong to " + std::string(part.name));
  }
  if (line.operands.size() != part.operands + 1)
    throw config::BadCommandLine(part.operands == 0 ? std::string(part.name) + " takes no more words"
                                                    : std::string(part.name) + " needs the id of one record");
}

config::Loaded load(const config::CommandLine& line) {
  config::Loaded loaded = load_settings(line);
  config::require(loaded, "SECRET_KEY");
  return loaded;
}

std::optional<Timestamp> moment_of(const config::CommandLine& line, const std::string& flag) {
  const auto text = line.value(flag);
  if (!text) return std::nullopt;
  const auto moment = parse_rfc3339(*text);
  if (!moment)
    throw config::BadCommandLine("--" + flag + ": '" + *text + "' is no moment such as 2026-01-31T00:00:00Z");
  return moment;
}

}  // namespace

AuditOperation::AuditOperation(const config::CommandLine& line)
    : service(std::move(load(line).settings), LogLevel::warning),
      key(domain::seal_key(service.derived_keys.seals)),
      connection(std::make_unique<db::Connection>(
          db::ConnectionOptions{service.settings.database_url, "taskward-audit",
                                service.settings.database_prepare == config::Switch::on
                                    ? db::Preparation::kept
                                    : db::Preparation::each_time,
                                kPatience},
          store::every_statement(), service.log, store::check_schema)) {}

store::AuditSpan span_of(const config::CommandLine& line) {
  const store::AuditSpan span{moment_of(line, "from"), moment_of(line, "to")};
  if (span.from && span.to && *span.from >= *span.to)
    throw config::BadCommandLine("--from must be before --to");
  return span;
}

int audit_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kFlags, 2);
  if (line.has("help")) {
    std::cout << "taskward audit verify [--from TIME] [--to TIME] [--head FILE] [--retention MONTHS] "
                 "[--public-key FILE] [--json]:\n"
                 "  names the first record or seal that was changed, removed, reordered or slipped in. Exit "
                 "status: 0\n"
                 "  all is as it was sealed, 1 it is not, 70 it could not be told, 75 the database is away.\n"
                 "taskward audit export [--from TIME] [--to TIME] --dir DIR: writes records, seals, the "
                 "public key and\n"
                 "  the procedure by which anybody can check them.\n"
                 "taskward audit prove ID [--json]: shows that one record is in a seal.\n"
                 "taskward audit head [--mail ADDRESS]: prints the newest seal, or mails it. Keep it where "
                 "nobody who\n"
                 "  can write to the database can change it: it vouches for all before it.\n\n"
              << config::options_help(kFlags);
    return kSuccess;
  }
  const std::string what = line.operands.empty() ? "" : line.operands.front();
  for (const Part& part : kParts) {
    if (part.name != what) continue;
    refuse_what_is_not_of(part, line);
    return part.run(line);
  }
  throw config::BadCommandLine("audit takes one of verify, export, prove and head");
}

}  // namespace taskward::programs
