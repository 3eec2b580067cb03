#include "mailbox.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "../support/files.hpp"
#include "load.hpp"

namespace taskward::test {

namespace fs = std::filesystem;

std::vector<std::string> mails_to(const Stack& stack, const std::string& address) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(stack.folder() / "mail")) {
    // Files whose names begin with a dot are incomplete.
    if (entry.path().extension() == ".eml" && !entry.path().filename().string().starts_with('.'))
      files.push_back(entry.path());
  }
  // The names begin with the time.
  std::sort(files.begin(), files.end());
  std::vector<std::string> found;
  for (const fs::path& file : files) {
    std::string text = read_file(file);
    if (text.find("\nTo: " + address + "\r\n") != std::string::npos) found.push_back(std::move(text));
  }
  return found;
}

std::string mail_to(const Stack& stack, const std::string& address, std::size_t count) {
  std::vector<std::string> found;
  const bool came = eventually(std::chrono::seconds(10), [&] {
    found = mails_to(stack, address);
    return found.size() >= count;
  });
  if (!came) throw std::runtime_error("no mail to " + address);
  return found.back();
}

std::string code_in(const std::string& mail) {
  constexpr std::string_view subject = "Subject: ";
  const std::size_t begin = mail.find(subject) + subject.size();
  const std::string code = mail.substr(begin, mail.find(' ', begin) - begin);
  if (code.empty() || code.find_first_not_of("0123456789") != std::string::npos)
    throw std::runtime_error("no code at the beginning of the subject: " + mail.substr(0, 200));
  return code;
}

}  // namespace taskward::test
