// Compares the published OpenAPI document with the responses of the running service, for every route.
#include <boost/test/unit_test.hpp>
#include <set>
#include <utility>

#include "expectations.hpp"
#include "published_contract.hpp"
#include "route_plans.hpp"

namespace {

using namespace taskward::test;

struct ContractFixture : RouteFixture {
  PublishedContract contract{client.get("/openapi.json").body};

  Json operation(const Row& row) const {
    const auto found = contract.operation(row.method, row.path);
    BOOST_TEST_REQUIRE(found.has_value(), "missing from the contract: " << row.method << ' ' << row.path);
    return *found;
  }
  void expect_as_published(const Row& row, const Response& response) const {
    for (const std::string& fault : contract.faults(operation(row), response))
      BOOST_TEST(false, response.status << ' ' << fault << "\n" << response.body.substr(0, 500));
  }
  /// As a user with permission.
  Response send_as_admin(const Row& row, std::optional<std::string> body = std::nullopt) {
    const User& admin = by_role.at("admin");
    Request request = request_for(row, *this, is_open(row) ? std::string() : admin.tokens.access,
                                  id_for(row, *this, admin));
    if (body) request.body = std::move(body);
    return client.send(request);
  }
  /// The schema of the request body; nothing if the route has no JSON body or it is not an object.
  std::optional<Json> body_schema_of(const Row& row) const {
    const Json published = operation(row);
    if (!published.has("requestBody")) return std::nullopt;
    const Json schema = contract.resolved(published["requestBody"]["content"]["application/json"]["schema"]);
    if (!schema.has("properties")) return std::nullopt;
    return schema;
  }
};

/// The object's text with the member set to `value`, or removed if `value` is empty.
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

/// A value of a type that the schema does not allow.
std::string wrong_value(const Json& schema) {
  if (!schema.has("type")) return {};
  const Json type = schema["type"];
  const std::string first = type.type() == "string" ? type.text() : type.at(0).text();
  return first == "object" || first == "array" ? "\"x\"" : "{\"x\":[]}";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(contract, ContractFixture)

BOOST_AUTO_TEST_CASE(contract_lists_exactly_the_registered_routes) {
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

BOOST_AUTO_TEST_CASE(valid_requests_are_answered_as_published) {
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    const Response response = send_as_admin(row);
    BOOST_TEST(response.status == plan.status, response.body);
    expect_as_published(row, response);
  });
}

BOOST_AUTO_TEST_CASE(responses_without_a_token_and_for_every_role_are_published,
                     *boost::unit_test::label("slow")) {
  for_each_row(*this, [&](const Row& row, const Plan&) {
    if (is_open(row)) return;
    expect_as_published(row, client.send(request_for(row, *this, "", task_of(other))));
    expect_as_published(row, client.send(request_for(row, *this, "a.b.c", task_of(other))));
    for_each_role(*this, [&](const std::string&, const User& user) {
      expect_as_published(row, client.send(request_for(row, *this, user.tokens.access, task_of(other))));
    });
  });
}

BOOST_AUTO_TEST_CASE(field_of_wrong_type_is_named_and_rejected_as_published,
                     *boost::unit_test::label("sanitize")) {
  int members = 0;
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    const auto schema = body_schema_of(row);
    if (!schema) return;
    const std::string body = plan.body(*this).value();
    for (const std::string& name : (*schema)["properties"].names()) {
      const std::string wrong = wrong_value((*schema)["properties"][name]);
      if (wrong.empty()) continue;
      BOOST_TEST_CONTEXT(name << ": " << wrong) {
        const Response response = send_as_admin(row, with_member(body, name, wrong));
        expect_problem(response, 422, "validation_failed");
        expect_as_published(row, response);
        bool is_named = false;
        for (std::size_t i = 0; i < response.json()["errors"].size(); ++i)
          is_named = is_named || response.json()["errors"].at(i)["field"].text() == name;
        BOOST_TEST(is_named, response.body);
      }
      ++members;
    }
  });
  BOOST_TEST(members > 40);
}

BOOST_AUTO_TEST_CASE(missing_required_field_is_rejected_as_published, *boost::unit_test::label("sanitize")) {
  int members = 0;
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    const auto schema = body_schema_of(row);
    if (!schema || !schema->has("required")) return;
    const std::string body = plan.body(*this).value();
    for (std::size_t i = 0; i < (*schema)["required"].size(); ++i) {
      const std::string name = (*schema)["required"].at(i).text();
      const Response response = send_as_admin(row, with_member(body, name, ""));
      expect_faults(response, {name + ":required"});
      expect_as_published(row, response);
      ++members;
    }
  });
  BOOST_TEST(members > 8);
}

BOOST_AUTO_TEST_CASE(unusable_body_is_rejected_as_published, *boost::unit_test::label("sanitize")) {
  for_each_row(*this, [&](const Row& row, const Plan& plan) {
    if (!operation(row).has("requestBody")) return;
    const User& admin = by_role.at("admin");
    const auto send = [&](const std::string& body, std::vector<std::string> headers) {
      Request request = request_for(row, *this, is_open(row) ? std::string() : admin.tokens.access,
                                    id_for(row, *this, admin));
      request.body = body;
      request.headers = std::move(headers);
      return client.send(request);
    };
    const Response malformed = send(body_schema_of(row) ? "{\"a\":" : "[{\"a\":", {});
    expect_problem(malformed, 400, "malformed_json");
    expect_as_published(row, malformed);
    const Response other_type = send(plan.body(*this).value(), {"Content-Type: application/xml"});
    expect_problem(other_type, 415, "unsupported_media_type");
    expect_as_published(row, other_type);
    if (!body_schema_of(row)) return;
    const Response unknown_field = send(with_member(plan.body(*this).value(), "no_such_member", "1"), {});
    expect_problem(unknown_field, 422, "validation_failed");
    expect_as_published(row, unknown_field);
  });
}

BOOST_AUTO_TEST_CASE(unpublished_parameter_is_rejected_as_published, *boost::unit_test::label("sanitize")) {
  for_each_row(*this, [&](const Row& row, const Plan&) {
    const Json published = operation(row);
    if (!published.has("parameters")) return;
    bool has_query = false;
    for (std::size_t i = 0; i < published["parameters"].size(); ++i) {
      const Json one = published["parameters"].at(i);
      has_query = has_query || (one.has("in") && one["in"].text() == "query");
    }
    if (!has_query) return;
    const User& admin = by_role.at("admin");
    Request request = request_for(row, *this, admin.tokens.access, id_for(row, *this, admin));
    request.path += "?no_such_parameter=1";
    const Response response = client.send(request);
    expect_faults(response, {"no_such_parameter:unknown_member"});
    expect_as_published(row, response);
  });
}

BOOST_AUTO_TEST_CASE(response_to_any_query_is_published, *boost::unit_test::label("sanitize")) {
  for_each_row(*this, [&](const Row& row, const Plan&) {
    for (const std::string query : {"?no_such_parameter=1", "?a=%zz"}) {
      const User& admin = by_role.at("admin");
      Request request = request_for(row, *this, is_open(row) ? std::string() : admin.tokens.access,
                                    id_for(row, *this, admin));
      request.path += query;
      expect_as_published(row, client.send(request));
    }
  });
}

BOOST_AUTO_TEST_CASE(contract_can_be_revalidated_by_etag) {
  const Response first = client.get("/openapi.json");
  BOOST_TEST(first.header("content-type") == "application/json");
  BOOST_TEST(first.header("cache-control") == "public, no-cache");
  const Response second =
      client.send({.path = "/openapi.json", .headers = {"If-None-Match: " + first.header("etag")}});
  BOOST_TEST(second.status == 304);
  BOOST_TEST(second.body.empty());
  BOOST_TEST(stack.exec({"taskward", "openapi"}).out == first.body + "\n");
}

BOOST_AUTO_TEST_SUITE_END()
