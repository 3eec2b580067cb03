// Mail templates, which the operator may customise: for each kind a KIND.txt, beginning with `Subject: …` and
// an empty line, and a KIND.html. {{name}} is replaced by a value.
#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include "taskward/mail/message.hpp"
#include "taskward/model/mail.hpp"

namespace taskward::mail {

/// The text has one line per error: file, line and what is allowed.
class BadTemplates : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Immutable and thread-safe.
class Templates {
 public:
  /// Throws BadTemplates.
  explicit Templates(const std::string& folder);

  /// Fills the templates of the kind, escaping values in HTML. Missing fields are empty.
  [[nodiscard]] Letter filled(const model::Mail& mail) const;

 private:
  std::map<model::MailKind, Letter> letters_;  // with placeholders; complete
};

}  // namespace taskward::mail
