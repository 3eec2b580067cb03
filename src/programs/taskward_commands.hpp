// The subcommands of `taskward`. Each receives the arguments after its name and returns the exit status.
#pragma once

#include <span>
#include <string>

#include "service.hpp"

namespace taskward::programs {

int setup_command(std::span<const std::string> words);
int doctor_command(std::span<const std::string> words);
int status_command(std::span<const std::string> words);
int certificate_command(std::span<const std::string> words);
int migrate_command(std::span<const std::string> words);
int user_command(std::span<const std::string> words);
int user_import_command(std::span<const std::string> words);
int user_list_command(std::span<const std::string> words);
int user_show_command(std::span<const std::string> words);
int user_set_command(std::span<const std::string> words);
int user_unlock_command(std::span<const std::string> words);
int user_reset_mfa_command(std::span<const std::string> words);
int user_delete_command(std::span<const std::string> words);
int user_sessions_command(std::span<const std::string> words);
int user_token_command(std::span<const std::string> words);
int key_command(std::span<const std::string> words);
int audit_command(std::span<const std::string> words);
int backup_command(std::span<const std::string> words);
int restore_command(std::span<const std::string> words);
int mail_command(std::span<const std::string> words);
int config_command(std::span<const std::string> words);
int routes_command(std::span<const std::string> words);
int errors_command(std::span<const std::string> words);
int openapi_command(std::span<const std::string> words);
int generate_command(std::span<const std::string> words);
int listen_command(std::span<const std::string> words);

}  // namespace taskward::programs
