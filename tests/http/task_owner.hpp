// Somebody with tasks, on a connection of their own.
//
//   TaskOwner ada;
//   const std::string id = ada.make(R"({"title":"Tea"})")["id"].text();
//   BOOST_TEST(ada.titles("?q=te") == std::vector<std::string>{"Tea"});
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "people.hpp"
#include "running_stack.hpp"

namespace taskward::test {

struct TaskOwner {
  explicit TaskOwner(const Stack& its_stack = running_stack());
  TaskOwner(const TaskOwner&) = delete;
  TaskOwner& operator=(const TaskOwner&) = delete;
  ~TaskOwner() = default;

  const Stack& stack;
  Person person;
  HttpClient client;
  const std::string& token;

  /// A path that begins with neither '/' nor '?' is the id of a task.
  Answer ask(const std::string& method, const std::string& path,
             const std::optional<std::string>& body = std::nullopt, std::vector<std::string> headers = {});

  // These throw std::runtime_error unless the answer is the one of a success.

  /// Makes a task of these members.
  Json make(const std::string& body);
  std::string make_titled(const std::string& title);
  Json read(const std::string& id);
  Json change(const std::string& id, const std::string& body);
  Json batch(const std::string& body);
  /// How many were taken, and those that were not.
  Json import(const std::string& file, const std::string& type = "application/json");
  Json list(const std::string& query);
  std::vector<std::string> titles(const std::string& query = {});
  std::vector<std::string> ids(const std::string& query = {});
  /// Goes from page to page as Link says, and tells `between` when it has one. The ids, in their order.
  std::vector<std::string> walk(const std::string& query, const std::function<void()>& between = {});

  // What the database has, whatever the service says.

  /// Every column of each of their tasks, those in the trash as well.
  [[nodiscard]] std::string rows() const;
  [[nodiscard]] std::size_t count(const std::string& where = "true") const;
};

/// What the members of a JSON array called `items` have as their texts of that name.
[[nodiscard]] std::vector<std::string> texts_of(const Json& items, std::string_view name);

/// The texts of a JSON array.
[[nodiscard]] std::vector<std::string> texts_in(const Json& array);
/// The texts as a JSON array.
[[nodiscard]] std::string json_array(const std::vector<std::string>& texts);

/// All that a client sees of a task, but for its version and the time of its last change.
[[nodiscard]] std::string content_of(const Json& task);

/// The value of a query's parameter, with all escaped that may have a meaning.
[[nodiscard]] std::string in_query(std::string_view value);

[[nodiscard]] std::string repeated(std::string_view text, std::size_t times);

}  // namespace taskward::test
