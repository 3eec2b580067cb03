// The exit statuses of all programs, and the messages for what ends a program early.
#pragma once

#include <exception>
#include <iostream>
#include <stdexcept>
#include <string_view>

#include "escaped_output.hpp"
#include "taskward/config/command_line.hpp"
#include "taskward/config/load.hpp"
#include "taskward/db/failure.hpp"
#include "taskward/domain/signing_keys.hpp"
#include "taskward/mail/templates.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::programs {

inline constexpr int kSuccess = 0;
inline constexpr int kFault = 1;         ///< it could not be done: an I/O error, the database is unavailable
inline constexpr int kUsage = 2;         ///< invalid command line
inline constexpr int kRefused = 3;       ///< it must not be done, or the audit record was tampered with
inline constexpr int kBadSettings = 78;  ///< EX_CONFIG of sysexits.h; RestartPreventExitStatus= in the units

/// Ends a program with kRefused.
class Refused : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// For --help.
inline constexpr std::string_view kExitStatusHelp =
    "Exit status: 0 success, 1 failure (such as: the database is unavailable), 2 invalid command line,\n"
    "3 refused (such as: no such user), 78 invalid settings.\n";

/// Runs the body of a program, with its output escaped, and turns its exceptions into a message and an exit
/// status.
template <class Body>
int guarded(std::string_view program, const Body& body) noexcept {
  const EscapedOutput out(std::cout);
  const EscapedOutput err(std::cerr);
  const auto say = [&](const std::exception& fault) { std::cerr << program << ": " << fault.what() << '\n'; };
  try {
    return body();
  } catch (const config::BadCommandLine& fault) {
    say(fault);
    std::cerr << "Try '" << program << " --help'.\n";
    return kUsage;
  } catch (const config::BadSettings& fault) {
    std::cerr << program << ": invalid settings:\n" << fault.what() << '\n';
    return kBadSettings;
  } catch (const Refused& fault) {
    say(fault);
    return kRefused;
  } catch (const domain::UnusableKeys& fault) {
    say(fault);
    return kBadSettings;
  } catch (const mail::BadTemplates& fault) {
    std::cerr << program << ": invalid mail templates (MAIL_TEMPLATES):\n" << fault.what() << '\n';
    return kBadSettings;
  } catch (const db::BadConninfo& fault) {
    say(fault);
    return kBadSettings;
  } catch (const db::OutcomeUnknown& fault) {
    std::cerr << program << ": the outcome is unknown: " << fault.what() << '\n';
    return kFault;
  } catch (const std::exception& fault) {
    say(fault);
    return kFault;
  }
}

}  // namespace taskward::programs
