#include "task_owner.hpp"

#include <stdexcept>
#include <utility>

#include "expectations.hpp"

namespace taskward::test {
namespace {

Json expect(const Response& response, int status, const std::string& what) {
  require_status(response, status, what);
  return response.json();
}

/// The target of the link to the next page; empty if there is none.
std::string next_page(const Response& response) {
  const std::string link = response.header("link");
  if (link.empty()) return {};
  const std::size_t end = link.find('>');
  if (link.front() != '<' || end == std::string::npos || link.substr(end) != R"(>; rel="next")")
    throw std::runtime_error("not a link to a next page: " + link);
  return link.substr(1, end - 1);
}

}  // namespace

TaskOwner::TaskOwner(const Stack& its_stack)
    : stack(its_stack), user(new_user(its_stack)), client(its_stack.client()), token(user.tokens.access) {}

Response TaskOwner::request(const std::string& method, const std::string& path,
                            const std::optional<std::string>& body, std::vector<std::string> headers) {
  const bool is_id = !path.starts_with('/') && !path.starts_with('?');
  return client.send({.method = method,
                      .path = is_id ? "/tasks/" + path : (path.starts_with('?') ? "/tasks" + path : path),
                      .body = body,
                      .token = token,
                      .headers = std::move(headers)});
}

Json TaskOwner::create(const std::string& body) {
  return expect(request("POST", "/tasks", body), 201, "no task was created");
}

std::string TaskOwner::create_titled(const std::string& title) {
  return create(R"({"title":)" + json_string(title) + '}')["id"].text();
}

Json TaskOwner::read(const std::string& id) { return expect(request("GET", id), 200, "task not found"); }

Json TaskOwner::change(const std::string& id, const std::string& body) {
  return expect(request("PATCH", id, body), 200, "no task was changed");
}

Json TaskOwner::batch(const std::string& body) {
  return expect(request("POST", "/tasks/batch", body), 200, "the batch failed");
}

Json TaskOwner::import(const std::string& file, const std::string& type) {
  return expect(request("POST", "/tasks/import", file, {"Content-Type: " + type}), 200, "the import failed");
}

Json TaskOwner::list(const std::string& query) {
  return expect(client.get("/tasks" + query, token), 200, "no list of " + query.substr(0, 200));
}

std::vector<std::string> TaskOwner::titles(const std::string& query) {
  return texts_of(list(query)["items"], "title");
}

std::vector<std::string> TaskOwner::ids(const std::string& query) {
  return texts_of(list(query)["items"], "id");
}

std::vector<std::string> TaskOwner::walk(const std::string& query, const std::function<void()>& between) {
  std::vector<std::string> all;
  std::string path = "/tasks" + query;
  while (true) {
    const Response response = client.get(path, token);
    const Json page = expect(response, 200, "no page at " + path);
    for (std::string& id : texts_of(page["items"], "id")) all.push_back(std::move(id));
    path = next_page(response);
    if (path.empty() == page.has("next_cursor")) throw std::runtime_error("Link and next_cursor disagree");
    if (path.empty()) return all;
    if (path.find("cursor=" + page["next_cursor"].text()) == std::string::npos)
      throw std::runtime_error("Link does not contain next_cursor: " + path);
    if (between) between();
  }
}

std::string TaskOwner::rows() const {
  return stack.sql("select t from taskward.tasks t where owner_id = '" + user.id + "' order by id");
}

std::size_t TaskOwner::count(const std::string& where) const {
  return std::stoul(stack.sql("select count(*) from taskward.tasks where owner_id = '" + user.id + "' and (" +
                              where + ")"));
}

std::vector<std::string> texts_of(const Json& items, std::string_view name) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < items.size(); ++i) out.push_back(items.at(i)[name].text());
  return out;
}

std::vector<std::string> texts_in(const Json& array) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < array.size(); ++i) out.push_back(array.at(i).text());
  return out;
}

std::string json_array(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? "," : "") + json_string(text);
  return out + ']';
}

std::vector<std::string> issues_of(const Json& issues) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < issues.size(); ++i) {
    BOOST_TEST(!issues.at(i)["message"].text().empty());
    out.push_back(std::to_string(issues.at(i)["line"].number()) + ' ' + issues.at(i)["code"].text());
  }
  return out;
}

std::string content_of(const Json& task) {
  std::string out;
  for (const std::string& name : task.names()) {
    if (name == "version" || name == "updated_at") continue;
    out += name + '=';
    if (name == "tags")
      out += json_array(texts_in(task[name]));
    else
      out += task[name].is_null() ? "null" : json_string(task[name].text());
    out += '\n';
  }
  return out;
}

std::string url_encoded(std::string_view value) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')
      out += c;
    else
      out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
  }
  return out;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  while (times-- > 0) out += text;
  return out;
}

}  // namespace taskward::test
