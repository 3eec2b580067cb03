// Mail written to files.
#include "taskward/mail/file_drop.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/throwaway_folder.hpp"

namespace taskward::mail {
namespace {

namespace fs = std::filesystem;

struct FileDropFixture {
  testing::ThrowawayFolder folder;
  FileDrop drop{folder.path().string()};

  static Message message(std::string_view content) { return {"a@b.org", "c@d.org", "one", Secret(content)}; }
  static Outcome hand_over(FileDrop& to, std::string_view content) {
    return to.hand_over(message(content), [] { return false; });
  }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
  }
};

BOOST_FIXTURE_TEST_SUITE(mail_file_drop, FileDropFixture)

BOOST_AUTO_TEST_CASE(message_file_is_readable_by_its_owner_only) {
  BOOST_TEST((hand_over(drop, "Subject: x\r\n").verdict == Verdict::accepted));
  std::ifstream in(folder.path() / "one.eml", std::ios::binary);
  BOOST_TEST(std::string(std::istreambuf_iterator<char>(in), {}) == "Subject: x\r\n");
  BOOST_TEST((fs::status(folder.path() / "one.eml").permissions() == fs::perms(0600)));
  BOOST_TEST(files() == 1U);
}

BOOST_AUTO_TEST_CASE(message_written_again_replaces_its_file) {
  for (const char* text : {"first", "second"})
    BOOST_TEST((hand_over(drop, text).verdict == Verdict::accepted));
  BOOST_TEST(files() == 1U);
}

BOOST_AUTO_TEST_CASE(missing_folder_is_a_temporary_failure) {
  FileDrop missing((folder.path() / "nowhere").string());
  const Outcome outcome = hand_over(missing, "secret content");
  BOOST_TEST((outcome.verdict == Verdict::try_later));
  BOOST_TEST(outcome.reason.find("cannot be written: No such file or directory") != std::string::npos);
  BOOST_TEST(outcome.reason.find("secret content") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(failed_write_leaves_no_temporary_file) {
  fs::create_directories(folder.path() / "one.eml" / "in the way");
  BOOST_TEST((hand_over(drop, "x").verdict == Verdict::try_later));
  fs::remove_all(folder.path() / "one.eml");
  BOOST_TEST((hand_over(drop, "x").verdict == Verdict::accepted));
  BOOST_TEST(files() == 1U);
}

BOOST_AUTO_TEST_CASE(drop_folder_is_created_or_the_error_is_reported) {
  const std::string path = (folder.path() / "mail").string();
  BOOST_TEST(check_drop_folder(path) == "");
  BOOST_TEST(check_drop_folder(path) == "");
  BOOST_TEST((fs::status(path).permissions() == fs::perms(0700)));
  BOOST_TEST(check_drop_folder(path + "/a/b") ==
             "'" + path + "/a/b' cannot be created: No such file or directory");
  std::ofstream(folder.path() / "file") << 'x';
  BOOST_TEST(check_drop_folder((folder.path() / "file").string()) != "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::mail
