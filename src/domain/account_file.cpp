#include "taskward/domain/account_file.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "factor_changes.hpp"
#include "taskward/base/csv.hpp"
#include "taskward/base/lines.hpp"
#include "taskward/base/text.hpp"
#include "taskward/base/unicode.hpp"
#include "taskward/base/utf8.hpp"
#include "taskward/crypto/aead.hpp"
#include "taskward/crypto/base32.hpp"
#include "taskward/crypto/encoding.hpp"
#include "taskward/crypto/password_hash.hpp"
#include "taskward/json/value.hpp"
#include "taskward/model/email_address.hpp"

namespace taskward::domain {
namespace {

/// Secrets of other systems have 80 bits or more.
constexpr std::size_t kTotpSecretLeastBytes = 10;
constexpr std::size_t kTotpSecretMostBytes = 64;
constexpr std::size_t kRecoveryCodesMost = 20;

/// An account as the file has it.
struct GivenAccount : store::ImportedAccount {
  Secret totp_secret;
  std::vector<std::string> recovery_sha256;
};

bool store_flag(bool& into, std::string_view text) {
  const std::string small = lower(text);
  const bool yes = small == "true" || small == "t" || small == "1";
  if (!yes && small != "false" && small != "f" && small != "0") return false;
  into = yes;
  return true;
}

std::string_view unless(bool is_valid, std::string_view fault) {
  return is_valid ? std::string_view() : fault;
}

/// One column or member. An empty text is the same as an omitted one.
struct Column {
  std::string_view name;
  enum class Kind : std::uint8_t { text, flag } kind;
  /// Returns why the text is invalid, as a clause such as "must be …"; empty if it is valid.
  std::string_view (*store)(GivenAccount& into, std::string_view text);
};

constexpr std::array kColumns{
    Column{"email", Column::Kind::text,
           [](GivenAccount& into, std::string_view text) {
             auto reading = model::read_email(text);
             if (reading.fault.empty()) into.email = std::move(reading.address);
             return reading.fault;
           }},
    Column{"username", Column::Kind::text,
           [](GivenAccount& into, std::string_view text) {
             into.username = text;
             return unless(
                 model::is_username(text),
                 "must have 3 to 64 letters, digits, '.', '_' and '-', starting with a letter or digit");
           }},
    Column{"name", Column::Kind::text,
           [](GivenAccount& into, std::string_view text) {
             into.name = text;
             return unless(
                 code_points(text).value_or(0) <= model::kNameMaxCharacters && has_visible_character(text) &&
                     is_one_line(text),
                 "must have at most 100 characters, one of them visible, and no control characters or line "
                 "breaks");
           }},
    Column{"password_hash", Column::Kind::text,
           [](GivenAccount& into, std::string_view text) {
             into.password_hash = crypto::imported_hash(text);
             return unless(crypto::bcrypt_cost(text).has_value(),
                           "must be a bcrypt hash starting with $2a$, $2b$ or $2y$ and a cost from 04 to 16");
           }},
    Column{"role", Column::Kind::text,
           [](GivenAccount& into, std::string_view text) {
             const auto role = model::role(text);
             into.role = role.value_or(into.role);
             return unless(role.has_value(), "must be one of guest, user, admin");
           }},
    Column{"is_active", Column::Kind::flag,
           [](GivenAccount& into, std::string_view text) {
             return unless(store_flag(into.is_active, text), "must be true or false");
           }},
    Column{"email_verified", Column::Kind::flag,
           [](GivenAccount& into, std::string_view text) {
             return unless(store_flag(into.email_verified, text), "must be true or false");
           }},
    Column{"totp_secret", Column::Kind::text,
           [](GivenAccount& into, std::string_view text) {
             auto bytes = crypto::from_base32(text);
             const bool is_valid =
                 bytes && bytes->size() >= kTotpSecretLeastBytes && bytes->size() <= kTotpSecretMostBytes;
             if (is_valid) into.totp_secret = Secret::take(*bytes);
             return unless(is_valid, "must be a secret of 10 to 64 bytes in base32");
           }},
    Column{"recovery_code_hashes", Column::Kind::text,
           [](GivenAccount& into, std::string_view text) {
             bool is_valid = true;
             for (const std::string_view one : split(text, ' ')) {
               if (one.empty()) continue;
               const auto hash = crypto::from_hex(lower(one));
               is_valid = is_valid && hash && hash->size() == sizeof(crypto::Sha256);
               if (is_valid) into.recovery_sha256.push_back(*hash);
             }
             auto sorted = into.recovery_sha256;
             std::sort(sorted.begin(), sorted.end());
             is_valid = is_valid && std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
             return unless(is_valid && into.recovery_sha256.size() <= kRecoveryCodesMost,
                           "must be at most 20 different SHA-256 hashes in hexadecimal, separated by spaces");
           }},
};

const Column* find_column(std::string_view name) {
  const auto* found =
      std::find_if(kColumns.begin(), kColumns.end(), [&](const Column& one) { return one.name == name; });
  return found == kColumns.end() ? nullptr : found;
}

/// Adds the lines to a file; refused ones with all their faults.
class Collector {
 public:
  Collector(AccountFile& file, const DerivedKeys& keys, const Clock& clock, RandomSource& random)
      : file_(file), keys_(keys), clock_(clock), random_(random) {}

  void begin(std::size_t line) {
    line_ = line;
    account_ = {};
    why_.clear();
  }
  void fault(std::string_view what) {
    if (!why_.empty()) why_ += "; ";
    why_ += what;
  }
  void take(const Column& column, std::string_view text) {
    if (text.empty()) return;
    const std::string_view why = column.store(account_, text);
    if (!why.empty()) fault(std::string(column.name) + ": " + std::string(why));
  }
  /// Checks rules that involve several members or lines, then keeps or refuses the line.
  void finish() {
    if (why_.empty() && !account_.email && !account_.username) fault("has neither email nor username");
    if (why_.empty() && account_.email_verified && !account_.email)
      fault("email_verified: must not be true without email");
    const bool has_totp = !account_.totp_secret.empty();
    if (!account_.recovery_sha256.empty() && !has_totp)
      fault("recovery_code_hashes: must not be given without totp_secret");
    if (has_totp && keys_.totp.empty()) fault("totp_secret: cannot be encrypted without SECRET_KEY");
    if (account_.email) check_unique("email", lower(*account_.email), emails_);
    if (account_.username) check_unique("username", lower(*account_.username), usernames_);
    refuse_if_faulty();
    if (!why_.empty()) return;
    account_.id = UserId::make(clock_, random_);
    account_.record = AuditId::make(clock_, random_);
    if (has_totp)
      account_.sealed_totp =
          crypto::seal(keys_.totp, account_.totp_secret.reveal(), totp_context(account_.id), random_);
    for (const std::string& sha256 : account_.recovery_sha256)
      account_.recovery_hashes.emplace_back(crypto::view(hash_of_imported_code(keys_, account_.id, sha256)));
    file_.accounts.push_back(std::move(account_));
    file_.lines.push_back(line_);
  }
  void refuse(std::size_t line, std::string_view what) {
    begin(line);
    fault(what);
    refuse_if_faulty();
  }

 private:
  void refuse_if_faulty() {
    if (!why_.empty()) file_.refused.push_back({line_, why_});
  }
  void check_unique(std::string_view column, std::string name,
                    std::unordered_map<std::string, std::size_t>& seen) {
    const auto [earlier, fresh] = seen.emplace(std::move(name), line_);
    if (!fresh) fault(std::string(column) + ": already appears in line " + std::to_string(earlier->second));
  }

  AccountFile& file_;
  const DerivedKeys& keys_;
  const Clock& clock_;
  RandomSource& random_;
  std::size_t line_ = 0;
  GivenAccount account_;
  std::string why_;
  std::unordered_map<std::string, std::size_t> emails_;
  std::unordered_map<std::string, std::size_t> usernames_;
};

/// The columns named by the header line; nothing, and a refused line, if it is invalid.
std::optional<std::vector<const Column*>> read_header(CsvReader& csv, Collector& into) {
  const auto header = csv.next();
  if (!header || !header->fault.empty()) {
    into.refuse(header ? header->line : 1, header ? header->fault : "there is no header line");
    return std::nullopt;
  }
  std::string wrong;
  std::vector<const Column*> columns;
  for (std::size_t i = 0; i < header->fields.size(); ++i) {
    const Column* column = find_column(trimmed(header->fields[i]));
    // Not quoted: in a file without a header line it may be a password hash.
    if (column == nullptr)
      wrong = "column " + std::to_string(i + 1) + " is not one of " + import_columns();
    else if (std::find(columns.begin(), columns.end(), column) != columns.end())
      wrong = "column " + std::string(column->name) + " appears more than once";
    columns.push_back(column);
  }
  const auto has = [&](std::string_view name) {
    return std::find(columns.begin(), columns.end(), find_column(name)) != columns.end();
  };
  if (wrong.empty() && !has("email") && !has("username")) wrong = "there is no column email or username";
  if (wrong.empty()) return columns;
  into.refuse(header->line, wrong);
  return std::nullopt;
}

void read_csv(std::istream& in, Collector& into) {
  CsvReader csv(in, kImportLineMaxBytes);
  const auto columns = read_header(csv, into);
  if (!columns) return;
  while (const auto record = csv.next()) {
    if (!record->fault.empty()) {
      into.refuse(record->line, record->fault);
    } else if (record->fields.size() != columns->size()) {
      into.refuse(record->line, "wrong number of fields: " + std::to_string(record->fields.size()) +
                                    " instead of " + std::to_string(columns->size()));
    } else {
      into.begin(record->line);
      for (std::size_t i = 0; i < columns->size(); ++i) into.take(*(*columns)[i], record->fields[i]);
      into.finish();
    }
  }
}

/// Takes a member's value as the text that a CSV file would have. Null is the same as an omitted member.
void take_member(const Column& column, const json::Value& value, Collector& into) {
  if (value.is_null()) return;
  const auto* text = value.get_if<std::string>();
  const auto* flag = value.get_if<bool>();
  if (column.kind == Column::Kind::text && text != nullptr)
    into.take(column, *text);
  else if (column.kind == Column::Kind::flag && flag != nullptr)
    into.take(column, *flag ? "true" : "false");
  else
    into.fault(std::string(column.name) + ": " +
               (column.kind == Column::Kind::text ? "must be a string" : "must be true or false"));
}

void read_ndjson(std::istream& in, Collector& into) {
  LineReader lines(in, kImportLineMaxBytes);
  while (auto line = lines.next()) {
    if (!line->fault.empty()) {
      into.refuse(line->number, line->fault);
      continue;
    }
    if (trimmed(line->text).empty() || trimmed(line->text) == "\r") continue;
    auto value = json::parse(line->text);
    const auto* object = value ? value->get_if<json::Object>() : nullptr;
    if (object == nullptr) {
      into.refuse(line->number, value ? "is not a JSON object" : "is not valid JSON");
      continue;
    }
    into.begin(line->number);
    for (const auto& [name, member] : *object) {
      if (const Column* column = find_column(name))
        take_member(*column, member, into);
      else
        into.fault("has a member that is not one of " + import_columns());
    }
    into.finish();
  }
}

}  // namespace

std::string import_columns() {
  std::string out;
  for (const Column& column : kColumns) out += (out.empty() ? "" : ", ") + std::string(column.name);
  return out;
}

AccountFile read_accounts(std::istream& in, AccountFormat format, const DerivedKeys& keys, const Clock& clock,
                          RandomSource& random) {
  AccountFile file;
  Collector into(file, keys, clock, random);
  if (format == AccountFormat::csv)
    read_csv(in, into);
  else
    read_ndjson(in, into);
  return file;
}

}  // namespace taskward::domain
