// The commands that only print: config, routes, errors, generate.
#include <array>
#include <functional>
#include <iostream>

#include "exit_codes.hpp"
#include "taskward/api/nginx_facts.hpp"
#include "taskward/api/openapi.hpp"
#include "taskward/app/fcgi_stream.hpp"
#include "taskward_commands.hpp"
#include "taskward_docs.hpp"

namespace taskward::programs {
namespace {

constexpr std::array kPlainFlags{kHelpFlag};
constexpr std::array kSettingsFlags{kHelpFlag, kConfigFlag};

/// A command without options of its own.
int print(std::span<const std::string> words, std::string_view about,
          const std::function<std::string()>& text) {
  const config::CommandLine line = config::read_command_line(words, kPlainFlags);
  if (line.has("help"))
    std::cout << about << '\n';
  else
    std::cout << text();
  return kSuccess;
}

struct Derived {
  std::string_view name;
  std::string (*text)();
};
constexpr std::array kDerived{
    Derived{"nginx-problems", api::nginx_problems},
    Derived{"nginx-pools", api::nginx_pools},
    Derived{"nginx-limits", api::nginx_limits},
    Derived{"nginx-locations", api::nginx_locations},
    Derived{"nginx-fastcgi-params", app::nginx_fastcgi_params},
    Derived{"example-config", config::example_file},
    Derived{"env-example", config::example_environment},
};

}  // namespace

int config_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kSettingsFlags);
  if (line.has("help")) {
    std::cout << "taskward config: shows every setting, its value (secrets masked) and its source.\n\n"
              << config::options_help(kSettingsFlags);
    return kSuccess;
  }
  std::cout << config::describe(load_settings(line));
  return kSuccess;
}

int routes_command(std::span<const std::string> words) {
  return print(words, "taskward routes: shows every route, its permission and the roles that hold it.",
               api::routes_table);
}

int errors_command(std::span<const std::string> words) {
  return print(words, "taskward errors: shows every error code, its status and its default text.",
               api::errors_table);
}

int openapi_command(std::span<const std::string> words) {
  return print(words, "taskward openapi: prints the published contract, as GET /openapi.json does.",
               [] { return api::openapi_document() + '\n'; });
}

int generate_command(std::span<const std::string> words) {
  const config::CommandLine line = config::read_command_line(words, kPlainFlags, 1);
  std::string names;
  for (const Derived& one : kDerived) {
    if (!line.operands.empty() && line.operands.front() == one.name) {
      std::cout << one.text();
      return kSuccess;
    }
    names += ' ' + std::string(one.name);
  }
  if (!line.operands.empty()) {
    if (const auto table = document_table(line.operands.front())) {
      std::cout << *table;
      return kSuccess;
    }
  }
  names += document_table_names();
  if (line.has("help")) {
    std::cout << "taskward generate WHAT: prints a file derived from the tables in the code. WHAT is one of"
              << names << ".\n";
    return kSuccess;
  }
  throw config::BadCommandLine("generate takes one of" + names);
}

}  // namespace taskward::programs
