// The commands that only print: config, routes, errors, generate.
#include <array>
#include <functional>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/api/nginx_facts.hpp"
#include "taskward/api/openapi.hpp"
#include "taskward_commands.hpp"
#include "taskward_docs.hpp"
#include "taskward_snippets.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kPlainFlags{kHelpFlag};
constexpr std::array kSettingsFlags{kHelpFlag, kConfigFlag};

/// A command that has no options and prints a text.
int print(std::span<const std::string> words, std::string_view about,
          const std::function<std::string()>& text) {
  const config::CommandLine line = config::read_command_line(words, kPlainFlags);
  if (line.has("help"))
    std::cout << about << '\n';
  else
    std::cout << text();
  return kSuccess;
}

struct Generated {
  std::string_view name;
  std::string (*text)();
};
/// What is generated from the settings, and not from tables.
constexpr std::string_view kFromSettings = "nginx-real-ip";
std::string nginx_real_ip(const config::Settings& settings) {
  return api::nginx_real_ip(settings.trusted_proxies, settings.proxy_protocol == config::Switch::on);
}

constexpr std::array kGenerated{
    Generated{"example-config", config::example_file},
    Generated{"env-example", config::example_environment},
};

}  // namespace

int config_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kSettingsFlags);
  if (line.has("help")) {
    std::cout << "Usage: taskward config\n\nShows all settings with their values and sources. Secrets are "
                 "masked.\n\n"
              << config::options_help(kSettingsFlags);
    return kSuccess;
  }
  std::cout << config::describe(load_settings(line));
  return kSuccess;
}

int routes_command(std::span<const std::string> words) {
  return print(
      words,
      "Usage: taskward routes\n\nShows all routes: their permission and the roles that have it, the scope "
      "of\npersonal access tokens, and the assurance that they require of the authentication.",
      api::routes_table);
}

int errors_command(std::span<const std::string> words) {
  return print(words, "Usage: taskward errors\n\nShows all error codes, their statuses and default texts.",
               api::errors_table);
}

int openapi_command(std::span<const std::string> words) {
  return print(words, "Usage: taskward openapi\n\nPrints the API description that GET /openapi.json serves.",
               [] { return api::openapi_document() + '\n'; });
}

int generate_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kSettingsFlags, 1);
  if (!line.operands.empty() && line.operands.front() == kFromSettings) {
    std::cout << nginx_real_ip(load_settings(line).settings);
    return kSuccess;
  }
  std::string names = ' ' + std::string(kFromSettings);
  const auto is_printed = [&](const auto& table) {
    for (const auto& one : table) {
      if (!line.operands.empty() && line.operands.front() == one.name) {
        std::cout << one.text();
        return true;
      }
      names += ' ' + std::string(one.name);
    }
    return false;
  };
  if (is_printed(kGeneratedSnippets) || is_printed(kGenerated)) return kSuccess;
  if (!line.operands.empty()) {
    if (const auto table = document_table(line.operands.front())) {
      std::cout << *table;
      return kSuccess;
    }
  }
  names += document_table_names();
  if (line.has("help")) {
    std::cout << "Usage: taskward generate WHAT\n\nPrints a file generated from the tables in the code, or "
                 "from the settings. WHAT is one of"
              << names << ".\n\n"
              << config::options_help(kSettingsFlags);
    return kSuccess;
  }
  throw config::BadCommandLine("generate needs one of" + names);
}

}  // namespace taskward::programs
