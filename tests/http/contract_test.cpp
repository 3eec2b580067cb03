// The published contract against the running service: what it says is what happens, on every route.
#include <boost/test/unit_test.hpp>
#include <set>

#include "expectations.hpp"
#include "published_contract.hpp"
#include "route_plans.hpp"

namespace {

using namespace taskward::test;

struct Reader : Cast {
  PublishedContract contract{client.get("/openapi.json").body};

  Json operation(const Row& row) const {
    const auto found = contract.operation(row.method, row.path);
    BOOST_TEST_REQUIRE(found.has_value(), "the contract has nothing of " << row.method << ' ' << row.path);
    return *found;
  }
  void expect_as_published(const Row& row, const Answer& answer) const {
    for (const std::string& fault : contract.faults(operation(row), answer))
      BOOST_TEST(false, answer.status << ' ' << fault << "\n" << answer.body.substr(0, 500));
  }
  /// As somebody who may.
  Answer ask(const Row& row, std::optional<std::string> body = std::nullopt) {
    const Person& admin = by_role.at("admin");
    Ask question =
        ask_of(row, *this, is_open(row) ? std::string() : admin.tokens.access, id_for(row, *this, admin));
    if (body) question.body = std::move(body);
    return client.send(question);
  }
  /// The schema of the JSON that the row takes; nothing when it takes none, or no object.
  std::optional<Json> body_of(const Row& row) const {
    const Json published = operation(row);
    if (!published.has("requestBody")) return std::nullopt;
    const Json schema = contract.resolved(published["requestBody"]["content"]["application/json"]["schema"]);
    if (!schema.has("properties")) return std::nullopt;
    return schema;
  }
};

/// An object's text with the member in the place of what stands there by that name, or without it.
std::string with_member(const std::string& object, const std::string& name, const std::string& value) {
  const Json members = Json::parse(object);
  std::string out = "{";
  for (const std::string& known : members.names()) {
    if (known == name) continue;
    out += (out.size() > 1 ? "," : "") + json_string(known) + ':' + members[known].dump();
  }
  if (!value.empty()) out += (out.size() > 1 ? "," : "") + json_string(name) + ':' + value;
  return out + '}';
}

/// A value that the member cannot be.
std::string wrong_value(const Json& schema) {
  if (!schema.has("type")) return {};
  const Json type = schema["type"];
  const std::string first = type.type() == "string" ? type.text() : type.at(0).text();
  return first == "object" || first == "array" ? "\"x\"" : "{\"x\":[]}";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(contract, Reader)

BOOST_AUTO_TEST_CASE(it_has_every_route_and_no_other) {
  std::set<std::string> routes, published;
  for (const Row& row : route_table(stack)) routes.insert(row.method + ' ' + row.path);
  const Json paths = contract.document()["paths"];
  for (const std::string& path : paths.names()) {
    for (std::string method : paths[path].names()) {
      for (char& c : method) c = static_cast<char>(c - 'a' + 'A');
      published.insert(method + ' ' + path);
    }
  }
  BOOST_TEST(routes == published, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_properly_is_answered_as_published) {
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    const Answer answer = ask(row);
    BOOST_TEST(answer.status == plan.status, answer.body);
    expect_as_published(row, answer);
  });
}

BOOST_AUTO_TEST_CASE(without_a_token_and_as_every_role_the_answer_is_published) {
  for_each_row(*this, [&](const Row& row, const Plan&) {
    if (is_open(row)) return;
    expect_as_published(row, client.send(ask_of(row, *this, "", task_of(other))));
    expect_as_published(row, client.send(ask_of(row, *this, "a.b.c", task_of(other))));
    for_each_role(*this, [&](const std::string&, const Person& person) {
      expect_as_published(row, client.send(ask_of(row, *this, person.tokens.access, task_of(other))));
    });
  });
}

BOOST_AUTO_TEST_CASE(a_member_of_a_wrong_type_is_refused_as_published_and_named) {
  int members = 0;
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    const auto schema = body_of(row);
    if (!schema) return;
    const std::string body = plan.body(*this).value();
    for (const std::string& name : (*schema)["properties"].names()) {
      const std::string wrong = wrong_value((*schema)["properties"][name]);
      if (wrong.empty()) continue;
      BOOST_TEST_CONTEXT(name << ": " << wrong) {
        const Answer answer = ask(row, with_member(body, name, wrong));
        expect_problem(answer, 422, "validation_failed");
        expect_as_published(row, answer);
        bool is_named = false;
        for (std::size_t i = 0; i < answer.json()["errors"].size(); ++i)
          is_named = is_named || answer.json()["errors"].at(i)["field"].text() == name;
        BOOST_TEST(is_named, answer.body);
      }
      ++members;
    }
  });
  BOOST_TEST(members > 40);
}

BOOST_AUTO_TEST_CASE(a_missing_member_that_is_required_is_refused_as_published) {
  int members = 0;
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    const auto schema = body_of(row);
    if (!schema || !schema->has("required")) return;
    const std::string body = plan.body(*this).value();
    for (std::size_t i = 0; i < (*schema)["required"].size(); ++i) {
      const std::string name = (*schema)["required"].at(i).text();
      const Answer answer = ask(row, with_member(body, name, ""));
      expect_faults(answer, {name + ":required"});
      expect_as_published(row, answer);
      ++members;
    }
  });
  BOOST_TEST(members > 8);
}

BOOST_AUTO_TEST_CASE(what_is_no_body_at_all_is_refused_as_published) {
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    if (!operation(row).has("requestBody")) return;
    const Person& admin = by_role.at("admin");
    const auto send = [&](const std::string& body, std::vector<std::string> headers) {
      Ask question =
          ask_of(row, *this, is_open(row) ? std::string() : admin.tokens.access, id_for(row, *this, admin));
      question.body = body;
      question.headers = std::move(headers);
      return client.send(question);
    };
    const Answer malformed = send(body_of(row) ? "{\"a\":" : "[{\"a\":", {});
    expect_problem(malformed, 400, "malformed_json");
    expect_as_published(row, malformed);
    const Answer other_type = send(plan.body(*this).value(), {"Content-Type: application/xml"});
    expect_problem(other_type, 415, "unsupported_media_type");
    expect_as_published(row, other_type);
    if (!body_of(row)) return;
    const Answer stranger = send(with_member(plan.body(*this).value(), "no_such_member", "1"), {});
    expect_problem(stranger, 422, "validation_failed");
    expect_as_published(row, stranger);
  });
}

BOOST_AUTO_TEST_CASE(a_parameter_that_is_not_published_is_refused_where_some_are) {
  for_each_row(*this, [&](const Row& row, const Plan&) {
    const Json published = operation(row);
    if (!published.has("parameters")) return;
    bool has_query = false;
    for (std::size_t i = 0; i < published["parameters"].size(); ++i) {
      const Json one = published["parameters"].at(i);
      has_query = has_query || (one.has("in") && one["in"].text() == "query");
    }
    if (!has_query) return;
    const Person& admin = by_role.at("admin");
    Ask question = ask_of(row, *this, admin.tokens.access, id_for(row, *this, admin));
    question.path += "?no_such_parameter=1";
    const Answer answer = client.send(question);
    expect_faults(answer, {"no_such_parameter:unknown_member"});
    expect_as_published(row, answer);
  });
}

BOOST_AUTO_TEST_CASE(whatever_stands_in_the_query_the_answer_is_published) {
  for_each_row(*this, [&](const Row& row, const Plan&) {
    for (const std::string query : {"?no_such_parameter=1", "?a=%zz"}) {
      const Person& admin = by_role.at("admin");
      Ask question =
          ask_of(row, *this, is_open(row) ? std::string() : admin.tokens.access, id_for(row, *this, admin));
      question.path += query;
      expect_as_published(row, client.send(question));
    }
  });
}

BOOST_AUTO_TEST_CASE(it_can_be_kept_until_it_changes) {
  const Answer first = client.get("/openapi.json");
  BOOST_TEST(first.header("content-type") == "application/json");
  BOOST_TEST(first.header("cache-control") == "public, no-cache");
  const Answer second =
      client.send({.path = "/openapi.json", .headers = {"If-None-Match: " + first.header("etag")}});
  BOOST_TEST(second.status == 304);
  BOOST_TEST(second.body.empty());
  BOOST_TEST(stack.exec({"taskward", "openapi"}).out == first.body + "\n");
}

BOOST_AUTO_TEST_SUITE_END()
