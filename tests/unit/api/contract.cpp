// The OpenAPI contract: it covers every route, every reference resolves, and its examples are valid.
#include "src/api/contract.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <utility>

#include "taskward/api/openapi.hpp"
#include "tests/support/json_text.hpp"

namespace taskward::api {
namespace {

using test::Json;

/// Adds every object that the schema refers to, including those of its items.
void add_references(const Schema& schema, std::set<std::string_view>& names) {
  if (!schema.object.empty()) names.insert(schema.object);
  names.insert(schema.any_of.begin(), schema.any_of.end());
  if (schema.items) add_references(*schema.items, names);
}

std::map<std::string_view, ObjectFacts> objects() {
  std::map<std::string_view, ObjectFacts> all;
  for (ObjectFacts& one : every_object()) {
    const std::string_view name = one.name;
    BOOST_TEST(all.emplace(name, std::move(one)).second, "duplicate object " << name);
  }
  return all;
}

/// The objects that operations refer to, directly or through other objects.
std::set<std::string_view> referenced_objects() {
  const auto all = objects();
  std::set<std::string_view> names{"Problem"};
  for (const Operation& operation : every_operation()) {
    for (const ParameterFacts& parameter : operation.query) add_references(parameter.schema, names);
    if (operation.body) add_references(operation.body->schema, names);
    for (const AnswerFacts& answer : operation.answers) add_references(answer.schema, names);
  }
  for (std::size_t before = 0; before != names.size();) {
    before = names.size();
    for (const std::string_view name : std::set<std::string_view>(names)) {
      if (const auto found = all.find(name); found != all.end())
        for (const MemberFacts& member : found->second.members) add_references(member.schema, names);
    }
  }
  return names;
}

BOOST_AUTO_TEST_SUITE(contract)

BOOST_AUTO_TEST_CASE(every_route_has_exactly_one_operation) {
  std::multiset<std::string_view> routes;
  std::multiset<std::string_view> operations;
  for (const Route& route : every_route()) routes.insert(route.name);
  for (const Operation& operation : every_operation()) operations.insert(operation.route);
  BOOST_TEST(routes == operations, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_object_is_referenced_and_every_reference_resolves) {
  const auto all = objects();
  const auto referenced = referenced_objects();
  for (const std::string_view name : referenced) BOOST_TEST(all.count(name) == 1U, name);
  for (const auto& [name, facts] : all)
    BOOST_TEST(referenced.count(name) == 1U, name << " is not referenced");
}

BOOST_AUTO_TEST_CASE(every_tag_and_header_is_both_described_and_used) {
  std::set<std::string_view> tags, request_headers,
      answer_headers{"X-Request-Id", "Retry-After", "WWW-Authenticate"};
  for (const Operation& operation : every_operation()) {
    tags.insert(operation.tag);
    request_headers.insert(operation.headers.begin(), operation.headers.end());
    for (const AnswerFacts& answer : operation.answers)
      answer_headers.insert(answer.headers.begin(), answer.headers.end());
  }
  std::set<std::string_view> described_tags, described_request_headers, described_answer_headers;
  for (const TagFacts& tag : every_tag()) described_tags.insert(tag.name);
  for (const HeaderFacts& header : every_request_header()) described_request_headers.insert(header.name);
  for (const HeaderFacts& header : every_answer_header()) described_answer_headers.insert(header.name);
  BOOST_TEST(tags == described_tags, boost::test_tools::per_element());
  BOOST_TEST(request_headers == described_request_headers, boost::test_tools::per_element());
  BOOST_TEST(answer_headers == described_answer_headers, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_example_body_is_accepted_by_its_route) {
  int examples = 0;
  for (const Operation& operation : every_operation()) {
    if (!operation.body) continue;
    BOOST_TEST(!operation.body->examples.empty(), operation.route);
    if (!operation.body->fault) continue;
    for (const std::string_view example : operation.body->examples) {
      const auto fault = operation.body->fault(std::string(example));
      BOOST_TEST(!fault, operation.route
                             << ": " << example
                             << (fault && !fault->faults.empty() ? ": " + fault->faults.front().field
                                                                 : std::string()));
      ++examples;
    }
  }
  BOOST_TEST(examples >= 20);
}

BOOST_AUTO_TEST_CASE(every_operation_describes_its_successful_responses) {
  for (const Operation& operation : every_operation()) {
    BOOST_TEST(!operation.answers.empty(), operation.route);
    BOOST_TEST(!operation.summary.empty(), operation.route);
    BOOST_TEST(operation.description.ends_with('.'), operation.route);
    for (const AnswerFacts& answer : operation.answers)
      BOOST_TEST((answer.status >= 200 && answer.status < 400));
  }
}

BOOST_AUTO_TEST_CASE(protected_routes_document_401_and_admin_routes_document_403) {
  for (const Route& route : every_route()) {
    const auto problems = problems_of(route, operation_of(route));
    const auto has = [&](ErrorCode code) { return std::count(problems.begin(), problems.end(), code) == 1; };
    BOOST_TEST_CONTEXT(route.name) {
      if (route.permission != model::Permission::anyone) BOOST_TEST(has(ErrorCode::invalid_token));
      if (route.permission == model::Permission::administer) BOOST_TEST(has(ErrorCode::forbidden));
      BOOST_TEST(has(ErrorCode::too_many_requests));
      BOOST_TEST(std::is_sorted(problems.begin(), problems.end()));
    }
  }
}

BOOST_AUTO_TEST_CASE(openapi_document_contains_every_path_and_method) {
  const Json document = Json::parse(openapi_document());
  BOOST_TEST(document["openapi"].text() == "3.1.0");
  std::set<std::string_view> paths;
  for (const Route& route : every_route()) {
    paths.insert(route.path);
    std::string method(http::name(route.method));
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    BOOST_TEST(document["paths"][route.path][method]["operationId"].text() == route.name);
  }
  BOOST_TEST(document["paths"].size() == paths.size());
}

BOOST_AUTO_TEST_CASE(openapi_limits_defaults_and_enums_match_the_model) {
  const Json document = Json::parse(openapi_document());
  const Json title = document["components"]["schemas"]["NewTask"]["properties"]["title"];
  BOOST_TEST(title["minLength"].number() == 1);
  BOOST_TEST(title["maxLength"].number() == static_cast<std::int64_t>(model::kTitleMaxCharacters));
  const Json parameters = document["paths"]["/tasks"]["get"]["parameters"];
  BOOST_TEST(parameters.at(0)["name"].text() == "limit");
  BOOST_TEST(parameters.at(0)["schema"]["default"].number() == model::kPageLimitDefault);
  BOOST_TEST(parameters.at(0)["schema"]["maximum"].number() == model::kPageLimitMax);
  const Json user = document["components"]["schemas"]["User"]["properties"];
  BOOST_TEST(user["role"]["enum"].size() == model::kRoles.size());
  BOOST_TEST(user["email"]["type"].at(1).text() == "null");
  BOOST_TEST(document["components"]["schemas"]["NewTask"]["additionalProperties"].boolean() == false);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
