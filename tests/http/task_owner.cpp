#include "task_owner.hpp"

#include <stdexcept>
#include <utility>

namespace taskward::test {
namespace {

Json expect(const Answer& answer, int status, const std::string& what) {
  if (answer.status == status) return answer.json();
  throw std::runtime_error(what + ": " + std::to_string(answer.status) + ' ' + answer.body.substr(0, 1000));
}

/// The address of the next page; empty when there is none.
std::string next_of(const Answer& answer) {
  const std::string link = answer.header("link");
  if (link.empty()) return {};
  const std::size_t end = link.find('>');
  if (link.front() != '<' || end == std::string::npos || link.substr(end) != R"(>; rel="next")")
    throw std::runtime_error("no link to a next page: " + link);
  return link.substr(1, end - 1);
}

}  // namespace

TaskOwner::TaskOwner(const Stack& its_stack)
    : stack(its_stack), person(join(its_stack)), client(its_stack.client()), token(person.tokens.access) {}

Answer TaskOwner::ask(const std::string& method, const std::string& path,
                      const std::optional<std::string>& body, std::vector<std::string> headers) {
  const bool is_id = !path.starts_with('/') && !path.starts_with('?');
  return client.send({.method = method,
                      .path = is_id ? "/tasks/" + path : (path.starts_with('?') ? "/tasks" + path : path),
                      .body = body,
                      .token = token,
                      .headers = std::move(headers)});
}

Json TaskOwner::make(const std::string& body) {
  return expect(ask("POST", "/tasks", body), 201, "no task was made");
}

std::string TaskOwner::make_titled(const std::string& title) {
  return make(R"({"title":)" + json_string(title) + '}')["id"].text();
}

Json TaskOwner::read(const std::string& id) { return expect(ask("GET", id), 200, "no task"); }

Json TaskOwner::change(const std::string& id, const std::string& body) {
  return expect(ask("PATCH", id, body), 200, "no task was changed");
}

Json TaskOwner::batch(const std::string& body) {
  return expect(ask("POST", "/tasks/batch", body), 200, "no batch was done");
}

Json TaskOwner::import(const std::string& file, const std::string& type) {
  return expect(ask("POST", "/tasks/import", file, {"Content-Type: " + type}), 200, "no file was imported");
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
    const Answer answer = client.get(path, token);
    const Json page = expect(answer, 200, "no page at " + path);
    for (std::string& id : texts_of(page["items"], "id")) all.push_back(std::move(id));
    path = next_of(answer);
    if (path.empty() == page.has("next_cursor"))
      throw std::runtime_error("Link and next_cursor speak of different pages");
    if (path.empty()) return all;
    if (path.find("cursor=" + page["next_cursor"].text()) == std::string::npos)
      throw std::runtime_error("Link does not lead to next_cursor: " + path);
    if (between) between();
  }
}

std::string TaskOwner::rows() const {
  return stack.sql("select t from taskward.tasks t where owner_id = '" + person.id + "' order by id");
}

std::size_t TaskOwner::count(const std::string& where) const {
  return std::stoul(stack.sql("select count(*) from taskward.tasks where owner_id = '" + person.id +
                              "' and (" + where + ")"));
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

std::string in_query(std::string_view value) {
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
