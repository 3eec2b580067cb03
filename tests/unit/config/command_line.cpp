#include "taskward/config/command_line.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/config/options.hpp"
#include "tests/unit/support_text.hpp"

namespace taskward::config {
namespace {

using testing::contains;

using Words = std::vector<std::string>;

constexpr std::array kFlags{Flag{"help", "", "this text"}, Flag{"socket", "PATH", "where to listen"}};

CommandLine read(const Words& words, std::size_t operands = 0) {
  return read_command_line(words, kFlags, operands);
}

/// The error message, or empty if the words are valid.
std::string error_of(const Words& words, std::size_t operands = 0) {
  try {
    static_cast<void>(read(words, operands));
    return {};
  } catch (const BadCommandLine& fault) {
    return fault.what();
  }
}

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(flags_settings_and_operands_are_distinguished) {
  const CommandLine line =
      read({"--help", "one", "--socket", "/run/x", "--threads=3", "--log-level", "debug", "two"}, 2);
  BOOST_TEST(line.has("help"));
  BOOST_TEST(!line.has("threads"));
  BOOST_TEST(line.value("socket").value_or("none") == "/run/x");
  BOOST_TEST(!line.value("absent"));
  BOOST_TEST((line.operands == Words{"one", "two"}));
  BOOST_REQUIRE_EQUAL(line.settings.size(), 2U);
  BOOST_TEST((line.settings[0] == std::pair<std::string, std::string>("THREADS", "3")));
  BOOST_TEST((line.settings[1] == std::pair<std::string, std::string>("LOG_LEVEL", "debug")));
}

BOOST_AUTO_TEST_CASE(empty_command_line_is_valid) { BOOST_TEST(error_of({}) == ""); }

BOOST_AUTO_TEST_CASE(unknown_option_is_rejected_with_its_name) {
  for (const char* word :
       {"--nonsense", "--nonsense=1", "--Threads=3", "--THREADS=3", "--operand=x", "-x", "--operand"}) {
    const std::string text = error_of({word, "y"}, 2);
    BOOST_TEST(!text.empty(), word);
    BOOST_TEST(contains(text, std::string_view(word).substr(0, std::string_view(word).find('='))), text);
  }
}

BOOST_AUTO_TEST_CASE(abbreviated_option_is_rejected) {
  for (const char* word : {"--hel", "--h", "--thread=3", "--log=debug", "--sock=/x"})
    BOOST_TEST(!error_of({word}).empty(), word);
}

BOOST_AUTO_TEST_CASE(secret_settings_are_rejected_without_quoting_the_value) {
  for (const Option& option : every_option()) {
    const std::string flag = "--" + flag_of(option);
    const bool is_secret = option.secrecy == Secrecy::secret;
    for (const Words& words : {Words{flag + "=hunter2"}, Words{flag, "hunter2"}}) {
      const std::string text = error_of(words);
      BOOST_TEST(text.empty() == !is_secret, flag);
      BOOST_TEST(!contains(text, "hunter2"), text);
    }
    BOOST_TEST(contains(options_help(kFlags), flag + ' ') == !is_secret, flag);
  }
}

BOOST_AUTO_TEST_CASE(missing_or_superfluous_value_is_rejected_with_the_option_name) {
  BOOST_TEST(contains(error_of({"--threads"}), "threads"));
  BOOST_TEST(contains(error_of({"--socket"}), "socket"));
  BOOST_TEST(contains(error_of({"--socket", "--help"}), "socket"));
  BOOST_TEST(contains(error_of({"--help=yes"}), "help"));
}

BOOST_AUTO_TEST_CASE(duplicate_option_is_rejected_with_its_name) {
  BOOST_TEST(error_of({"--threads=3", "--threads=4"}) == "--threads is specified more than once");
  BOOST_TEST(error_of({"--threads=3", "--threads", "3"}) == "--threads is specified more than once");
  BOOST_TEST(error_of({"--socket=a", "--socket=b"}) == "--socket is specified more than once");
  BOOST_TEST(error_of({"--help", "--help"}) == "--help is specified more than once");
}

BOOST_AUTO_TEST_CASE(extra_operand_is_rejected_with_its_text) {
  BOOST_TEST(error_of({"one"}) == "'one' is an unexpected argument");
  BOOST_TEST(error_of({"one", "two", "three"}, 2) == "'three' is an unexpected argument");
  BOOST_TEST(error_of({"one", "two"}, 2) == "");
  BOOST_TEST((read({"--", "--help"}, 1).operands == Words{"--help"}));
}

BOOST_AUTO_TEST_CASE(help_text_lists_flags_and_defaults) {
  const std::string help = options_help(kFlags);
  for (const char* piece : {"--help", "--socket PATH", "where to listen", "--threads VALUE", "Default: 4."}) {
    BOOST_TEST(contains(help, piece), piece);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::config
