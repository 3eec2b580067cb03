// The published contract as a client has it, and whether answers are as it says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../support/http_client.hpp"
#include "../support/json_text.hpp"

namespace taskward::test {

class PublishedContract {
 public:
  /// The document, as /openapi.json gives it.
  explicit PublishedContract(const std::string& document) : document_(Json::parse(document)) {}

  [[nodiscard]] const Json& document() const noexcept { return document_; }
  /// The operation of that method (upper case) and path, braces and all; nothing when there is none.
  [[nodiscard]] std::optional<Json> operation(const std::string& method, const std::string& path) const;

  /// Everything in which the answer is not as the operation says: a status, a header or a member that it does
  /// not know, a value that it does not allow. Empty when all is well.
  [[nodiscard]] std::vector<std::string> faults(const Json& operation, const Answer& answer) const;

  /// The schema behind the reference, if it is one.
  [[nodiscard]] Json resolved(const Json& schema) const;

 private:
  void check(const Json& schema, const Json& value, const std::string& at,
             std::vector<std::string>& faults) const;
  void check_object(const Json& schema, const Json& value, const std::string& at,
                    std::vector<std::string>& faults) const;
  void check_body(const Json& content, const Answer& answer, std::vector<std::string>& faults) const;

  Json document_;
};

}  // namespace taskward::test
