// A user with tasks, on a separate connection.
//
//   TaskOwner ada;
//   const std::string id = ada.create(R"({"title":"Tea"})")["id"].text();
//   BOOST_TEST(ada.titles("?q=te") == std::vector<std::string>{"Tea"});
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "running_stack.hpp"
#include "users.hpp"

namespace taskward::test {

struct TaskOwner {
  explicit TaskOwner(const Stack& its_stack = running_stack());
  TaskOwner(const TaskOwner&) = delete;
  TaskOwner& operator=(const TaskOwner&) = delete;
  ~TaskOwner() = default;

  const Stack& stack;
  User user;
  HttpClient client;
  const std::string& token;

  /// `path` is an absolute path, a query of /tasks ('?…') or the id of a task.
  Response request(const std::string& method, const std::string& path,
                   const std::optional<std::string>& body = std::nullopt,
                   std::vector<std::string> headers = {});

  // The following throw std::runtime_error unless the request succeeds.

  /// `body`: the JSON object of the new task.
  Json create(const std::string& body);
  std::string create_titled(const std::string& title);
  Json read(const std::string& id);
  Json change(const std::string& id, const std::string& body);
  Json batch(const std::string& body);
  /// The report of the import.
  Json import(const std::string& file, const std::string& type = "application/json");
  Json list(const std::string& query);
  std::vector<std::string> titles(const std::string& query = {});
  std::vector<std::string> ids(const std::string& query = {});
  /// Follows the links to all pages, calling `between` after each page but the last. Returns the ids in
  /// order.
  std::vector<std::string> walk(const std::string& query, const std::function<void()>& between = {});

  // The following query the database directly.

  /// All columns of the user's tasks, including those in the trash.
  [[nodiscard]] std::string rows() const;
  [[nodiscard]] std::size_t count(const std::string& where = "true") const;
};

/// The string members `name` of the objects in the array.
[[nodiscard]] std::vector<std::string> texts_of(const Json& items, std::string_view name);

/// The strings of a JSON array.
[[nodiscard]] std::vector<std::string> texts_in(const Json& array);
/// The strings as a JSON array.
[[nodiscard]] std::string json_array(const std::vector<std::string>& texts);

/// The refused tasks or the warnings of an import, each as "line code".
[[nodiscard]] std::vector<std::string> issues_of(const Json& issues);

/// All members of a task except `version` and `updated_at`.
[[nodiscard]] std::string content_of(const Json& task);

/// The percent-encoded value of a query parameter.
[[nodiscard]] std::string url_encoded(std::string_view value);

[[nodiscard]] std::string repeated(std::string_view text, std::size_t times);

}  // namespace taskward::test
