#include "taskward/config/command_line.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/config/options.hpp"

namespace taskward::config {
namespace {

using Words = std::vector<std::string>;

constexpr std::array kFlags{Flag{"help", "", "this text"}, Flag{"socket", "PATH", "where to listen"}};

CommandLine read(const Words& words, std::size_t operands = 0) {
  return read_command_line(words, kFlags, operands);
}

/// What is said of the words; empty when they are right.
std::string said(const Words& words, std::size_t operands = 0) {
  try {
    static_cast<void>(read(words, operands));
    return {};
  } catch (const BadCommandLine& fault) {
    return fault.what();
  }
}

bool names(const std::string& text, std::string_view word) { return text.find(word) != std::string::npos; }

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(flags_settings_and_operands_are_told_apart) {
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

BOOST_AUTO_TEST_CASE(nothing_at_all_is_fine) { BOOST_TEST(said({}) == ""); }

BOOST_AUTO_TEST_CASE(an_unknown_option_is_refused_and_named) {
  for (const char* word :
       {"--nonsense", "--nonsense=1", "--Threads=3", "--THREADS=3", "--operand=x", "-x", "--operand"}) {
    const std::string text = said({word, "y"}, 2);
    BOOST_TEST(!text.empty(), word);
    BOOST_TEST(names(text, std::string_view(word).substr(0, std::string_view(word).find('='))), text);
  }
}

BOOST_AUTO_TEST_CASE(a_shortened_name_is_refused) {
  for (const char* word : {"--hel", "--h", "--thread=3", "--log=debug", "--sock=/x"})
    BOOST_TEST(!said({word}).empty(), word);
}

BOOST_AUTO_TEST_CASE(a_secret_is_not_taken_and_not_repeated) {
  for (const Option& option : every_option()) {
    const std::string flag = "--" + flag_of(option);
    const bool secret = option.secrecy == Secrecy::secret;
    for (const Words& words : {Words{flag + "=hunter2"}, Words{flag, "hunter2"}}) {
      const std::string text = said(words);
      BOOST_TEST(text.empty() == !secret, flag);
      BOOST_TEST(!names(text, "hunter2"), text);
    }
    BOOST_TEST(names(options_help(kFlags), flag + ' ') == !secret, flag);
  }
}

BOOST_AUTO_TEST_CASE(a_missing_value_is_refused_and_named) {
  BOOST_TEST(names(said({"--threads"}), "threads"));
  BOOST_TEST(names(said({"--socket"}), "socket"));
  BOOST_TEST(names(said({"--socket", "--help"}), "socket"));
  BOOST_TEST(names(said({"--help=yes"}), "help"));
}

BOOST_AUTO_TEST_CASE(an_option_given_twice_is_refused_and_named) {
  BOOST_TEST(said({"--threads=3", "--threads=4"}) == "--threads is given twice");
  BOOST_TEST(said({"--threads=3", "--threads", "3"}) == "--threads is given twice");
  BOOST_TEST(said({"--socket=a", "--socket=b"}) == "--socket is given twice");
  BOOST_TEST(said({"--help", "--help"}) == "--help is given twice");
}

BOOST_AUTO_TEST_CASE(one_word_too_many_is_refused_and_named) {
  BOOST_TEST(said({"one"}) == "'one' is one word too many");
  BOOST_TEST(said({"one", "two", "three"}, 2) == "'three' is one word too many");
  BOOST_TEST(said({"one", "two"}, 2) == "");
  BOOST_TEST((read({"--", "--help"}, 1).operands == Words{"--help"}));
}

BOOST_AUTO_TEST_CASE(the_help_text_names_flags_and_defaults) {
  const std::string help = options_help(kFlags);
  for (const char* piece : {"--help", "--socket PATH", "where to listen", "--threads VALUE", "Default: 4."}) {
    BOOST_TEST(names(help, piece), piece);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::config
