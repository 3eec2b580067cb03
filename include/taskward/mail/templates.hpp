// The texts of mail: for each kind a KIND.txt, whose first line is `Subject: …` and whose second is empty,
// and a KIND.html. {{name}} stands for a value; an operator may write them anew.
#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include "taskward/mail/message.hpp"
#include "taskward/model/mail.hpp"

namespace taskward::mail {

/// Names every fault of every template, a line each: file, line, what is allowed.
class BadTemplates : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Constant once loaded; any thread may read.
class Templates {
 public:
  /// Throws BadTemplates. After that every template there is can be filled.
  explicit Templates(const std::string& folder);

  /// Fills the kind's template; in HTML the values are escaped. A field the mail does not have is left
  /// empty.
  [[nodiscard]] Letter filled(const model::Mail& mail) const;

 private:
  std::map<model::MailKind, Letter> letters_;  // with their placeholders; every kind is there
};

}  // namespace taskward::mail
