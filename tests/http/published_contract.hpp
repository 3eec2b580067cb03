// Checks responses against the published OpenAPI document.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../support/http_client.hpp"
#include "../support/json_text.hpp"

namespace taskward::test {

class PublishedContract {
 public:
  /// The document returned by /openapi.json.
  explicit PublishedContract(const std::string& document) : document_(Json::parse(document)) {}

  [[nodiscard]] const Json& document() const noexcept { return document_; }
  /// The operation of that method (upper case) and path template; nothing if there is none.
  [[nodiscard]] std::optional<Json> operation(const std::string& method, const std::string& path) const;

  /// The differences between the response and the operation: an unpublished status, header or member, or a
  /// value that the schema does not allow. Empty if they agree.
  [[nodiscard]] std::vector<std::string> faults(const Json& operation, const Response& response) const;

  /// The schema itself, or the one it refers to by $ref.
  [[nodiscard]] Json resolved(const Json& schema) const;

 private:
  void check(const Json& schema, const Json& value, const std::string& at,
             std::vector<std::string>& faults) const;
  void check_object(const Json& schema, const Json& value, const std::string& at,
                    std::vector<std::string>& faults) const;
  void check_body(const Json& content, const Response& response, std::vector<std::string>& faults) const;

  Json document_;
};

}  // namespace taskward::test
