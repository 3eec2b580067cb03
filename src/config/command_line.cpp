#include "taskward/config/command_line.hpp"

#include <boost/program_options.hpp>
#include <set>
#include <sstream>

#include "taskward/config/options.hpp"

namespace taskward::config {
namespace {

namespace po = boost::program_options;

constexpr unsigned kHelpWidth = 100;
constexpr const char* kOperand = "operand";

void add_flags(po::options_description& description, std::span<const Flag> flags) {
  for (const Flag& flag : flags) {
    const std::string name(flag.name);
    const std::string help(flag.help);
    if (flag.value.empty()) {
      description.add_options()(name.c_str(), help.c_str());
    } else {
      description.add_options()(name.c_str(), po::value<std::string>()->value_name(std::string(flag.value)),
                                help.c_str());
    }
  }
}

void add_settings(po::options_description& description) {
  for (const Option& option : every_option()) {
    if (option.secrecy == Secrecy::secret) continue;
    std::string help(option.help);
    if (!option.fallback.empty()) help += " Default: " + std::string(option.fallback) + '.';
    description.add_options()(flag_of(option).c_str(), po::value<std::string>()->value_name("VALUE"),
                              help.c_str());
  }
}

/// The message for an unknown option. It does not quote the value, which may be a secret.
std::string unknown_option(std::string word) {
  word = word.substr(0, word.find('='));
  for (const Option& option : every_option()) {
    if (option.secrecy == Secrecy::secret && word == "--" + flag_of(option))
      return word + ": secrets are not accepted on the command line; set " + std::string(option.key) +
             " in the environment or the settings file, or set " + std::string(option.key) +
             "_FILE to the path of a file";
  }
  return "unrecognised option '" + word + '\'';
}

}  // namespace

std::optional<std::string> CommandLine::value(const std::string& flag) const {
  const auto found = flags.find(flag);
  if (found == flags.end()) return std::nullopt;
  return found->second;
}

CommandLine read_command_line(std::span<const std::string> words, std::span<const Flag> flags,
                              std::size_t most_operands) {
  po::options_description description;
  add_flags(description, flags);
  add_settings(description);
  description.add_options()(kOperand, po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add(kOperand, -1);

  CommandLine line;
  std::set<std::string> seen;
  try {
    // Abbreviations are not accepted, because a new option could change their meaning.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const auto parsed = po::command_line_parser(std::vector<std::string>(words.begin(), words.end()))
                            .options(description)
                            .positional(positional)
                            .style(style)
                            .run();
    for (const auto& word : parsed.options) {
      if (word.position_key >= 0) {
        line.operands.insert(line.operands.end(), word.value.begin(), word.value.end());
        continue;
      }
      const std::string value = word.value.empty() ? std::string() : word.value.front();
      const Option* setting = nullptr;
      for (const Option& option : every_option()) {
        if (flag_of(option) == word.string_key) setting = &option;
      }
      // Boost accepts the next option as a value.
      if (word.original_tokens.size() > 1 && value.starts_with("--"))
        throw BadCommandLine("--" + word.string_key + " requires a value");
      // The internal name of the operands is not an option.
      if (word.string_key == kOperand) throw BadCommandLine(unknown_option("--" + word.string_key));
      if (!seen.insert(word.string_key).second)
        throw BadCommandLine("--" + word.string_key + " is specified more than once");
      if (setting != nullptr)
        line.settings.emplace_back(setting->key, value);
      else
        line.flags.emplace(word.string_key, value);
    }
  } catch (const po::unknown_option& error) {
    throw BadCommandLine(unknown_option(error.get_option_name()));
  } catch (const po::error& error) {
    throw BadCommandLine(error.what());
  }
  if (line.operands.size() > most_operands) {
    throw BadCommandLine("'" + line.operands[most_operands] + "' is an unexpected argument");
  }
  return line;
}

std::string options_help(std::span<const Flag> flags) {
  po::options_description own("Options", kHelpWidth);
  add_flags(own, flags);
  po::options_description settings(
      "Settings (secrets are read only from the settings file, the environment and secret files)",
      kHelpWidth);
  add_settings(settings);
  std::ostringstream out;
  out << own << '\n' << settings;
  return out.str();
}

}  // namespace taskward::config
