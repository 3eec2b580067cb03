// SQL for adding, using and removing second factors.
#pragma once

#include <string>
#include <vector>

#include "taskward/db/array.hpp"
#include "taskward/db/connection.hpp"
#include "taskward/db/params.hpp"
#include "taskward/db/statement.hpp"
#include "taskward/store/second_factors.hpp"

namespace taskward::store {

/// How a factor is used: the CTE `used` has a row if the factor was accepted for the user of the CTE
/// `attempt` (user_id).
struct FactorSql {
  std::string name;  ///< also the reason in the record
  std::string used;
  std::string methods;  ///< SQL over the row of `used` as f: the methods of the authentication
};

/// From $first on: the step.
[[nodiscard]] FactorSql totp_use(int first);

/// From $first on: the possible hashes (array_of_hashes), and the notice to the owner (add_mail).
[[nodiscard]] FactorSql recovery_code_use(int first);

/// From $first on the parameters of add_passkey_use. `whose` is SQL over the challenge w and the attempt a:
/// whether the challenge belongs to it. The attempt need not have a user. A counter that went back is
/// recorded with the stamp from $stamp on, which is used for nothing else then.
[[nodiscard]] FactorSql passkey_use(int first, int stamp, ChallengePurpose purpose, const std::string& whose);
void add_passkey_use(db::Params& params, const PasskeyUse& use);

/// In the database.
[[nodiscard]] std::string_view name(ChallengePurpose purpose) noexcept;
[[nodiscard]] std::string quoted(ChallengePurpose purpose);

/// SQL: the methods of the session s. Those of older releases have only the first.
inline constexpr std::string_view kSessionMethods =
    "coalesce(s.amr, array[case s.method when 'password' then 'pwd' else 'otp' end])";

/// SQL: the mfa_logins row m and its user u, if the login can still be completed with the token $n.
[[nodiscard]] std::string live_login(int token);

/// The row of the caller's account (id, second_factor), locked, if a factor may be added: an account that has
/// one already needs a session that proved it.
[[nodiscard]] std::string factor_owner();

/// A CTE that stores the recovery codes $n if the CTE `changed` (id) added the first second factor of the
/// account `before`.
[[nodiscard]] std::string first_codes(int hashes);

/// CTEs that store that the account of the CTE `changed` has a second factor, and the session both factors.
/// `methods` is SQL for the methods of the new one.
[[nodiscard]] std::string now_with_factor(const std::string& methods);

/// CTEs after the CTE `changed` (id), which removed a factor: the account has a second factor only if another
/// is left, and recovery codes and sessions with two factors only with one. `other` is SQL over the user u
/// for whether one is.
[[nodiscard]] std::string without_factor(const std::string& other);

/// $1 user. Run before a statement that counts or removes factors, in its transaction, so that it sees those
/// that are added under this lock.
extern const db::Statement lock_account;
[[nodiscard]] db::Rows run_locked(db::Connection& database, const UserId& account,
                                  const db::Statement& statement, const db::Params& params);

/// An array of bytea in hexadecimal.
[[nodiscard]] db::ArrayText array_of_hashes(const std::vector<std::string>& hashes);

}  // namespace taskward::store
