// How the programs end, and what they say when they cannot go on.
#pragma once

#include <exception>
#include <iostream>
#include <string_view>

#include "taskward/config/command_line.hpp"
#include "taskward/config/load.hpp"
#include "taskward/db/failure.hpp"
#include "taskward/domain/signing_keys.hpp"
#include "taskward/mail/templates.hpp"
#include "taskward/store/schema.hpp"

namespace taskward::programs {

inline constexpr int kSuccess = 0;
inline constexpr int kRefused = 1;       ///< asked for something that cannot be
inline constexpr int kUsage = 2;         ///< the command line is wrong
inline constexpr int kNoSuchUser = 67;   ///< nobody has that id or name (EX_NOUSER)
inline constexpr int kNotTold = 70;      ///< what was asked for could not be found out (EX_SOFTWARE)
inline constexpr int kUnavailable = 75;  ///< the database is away; try again (EX_TEMPFAIL)
inline constexpr int kBadSettings = 78;  ///< only an operator can mend it (EX_CONFIG)

/// Runs a program's body and turns what it throws into a message and an exit code.
template <class Body>
int guarded(std::string_view program, const Body& body) noexcept {
  const auto say = [&](const std::exception& fault) { std::cerr << program << ": " << fault.what() << '\n'; };
  try {
    return body();
  } catch (const config::BadCommandLine& fault) {
    say(fault);
    std::cerr << "Try `" << program << " --help`.\n";
    return kUsage;
  } catch (const config::BadSettings& fault) {
    std::cerr << program << ": the settings cannot be used:\n" << fault.what() << '\n';
    return kBadSettings;
  } catch (const domain::UnusableKeys& fault) {
    say(fault);
    return kBadSettings;
  } catch (const mail::BadTemplates& fault) {
    std::cerr << program << ": the templates of mail (MAIL_TEMPLATES) cannot be used:\n"
              << fault.what() << '\n';
    return kBadSettings;
  } catch (const db::BadConninfo& fault) {
    say(fault);
    return kBadSettings;
  } catch (const db::Unavailable& fault) {
    say(fault);
    return kUnavailable;
  } catch (const db::OutcomeUnknown& fault) {
    std::cerr << program << ": it is not known whether this was done: " << fault.what() << '\n';
    return kUnavailable;
  } catch (const std::exception& fault) {
    say(fault);
    return kRefused;
  }
}

}  // namespace taskward::programs
