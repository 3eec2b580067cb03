#include "taskward/api/nginx_facts.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/api/routes.hpp"

namespace taskward::api {
namespace {

BOOST_AUTO_TEST_SUITE(nginx_facts)

BOOST_AUTO_TEST_CASE(nginx_map_sends_exactly_the_auth_routes_to_the_auth_pool) {
  const std::string text = nginx_pools();
  for (const Route& route : every_route()) {
    const std::string row = "\"~^" + std::string(http::name(route.method)) + ':' + std::string(route.path) +
                            "/?$\" taskward_auth;";
    const bool found = text.find(row) != std::string::npos;
    BOOST_TEST(found == (route.pool == Pool::auth), route.name);
  }
  BOOST_TEST(text.find("default taskward_api;") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(exactly_the_file_transfer_routes_have_their_own_location) {
  const std::string text = nginx_locations();
  std::size_t transfers = 0;
  for (const Route& route : every_route()) {
    const bool found = text.find("location ~ ^" + std::string(route.path) + "/?$ {") != std::string::npos;
    BOOST_TEST(found == (route.transfer != Transfer::usual), route.name);
    // nginx and the worker have the same body size limit.
    if (route.transfer == Transfer::large_body)
      BOOST_TEST(text.find("client_max_body_size " + std::to_string(body_max(route) / 1024 / 1024) + "m;") !=
                     std::string::npos,
                 route.name);
    if (!found) continue;
    ++transfers;
    // Slow clients of one route must not shut another one.
    for (const char* scope : {" 2;", "_of_all 16;"}) {
      const std::string limit = "limit_conn taskward_" + std::string(route.name) + scope;
      const std::size_t first = text.find(limit);
      BOOST_TEST(first != std::string::npos, limit);
      BOOST_TEST(text.find(limit, first + 1) == std::string::npos, limit);
    }
  }
  BOOST_TEST(transfers == 3U);
}

BOOST_AUTO_TEST_CASE(nginx_error_pages_use_known_codes_of_the_same_status) {
  const std::string text = nginx_problems();
  const auto sent_as = [](int number) {
    return number == 494 ? 431 : number > 494 && number < 498 ? 400 : number;
  };
  const std::string codes =
      text.substr(text.find("taskward_problem_code"),
                  text.find("taskward_problem_title") - text.find("taskward_problem_code"));
  int seen = 0;
  for (const int number :
       {400, 404, 405, 408, 413, 414, 421, 429, 431, 494, 495, 496, 497, 500, 501, 502, 503, 504, 505}) {
    const std::string before = "\n    " + std::to_string(number) + ' ';
    const std::size_t position = codes.find(before);
    BOOST_REQUIRE_MESSAGE(position != std::string::npos, number);
    const std::string code =
        codes.substr(position + before.size(), codes.find(';', position) - position - before.size());
    const auto every = every_error();
    const auto error_facts =
        std::find_if(every.begin(), every.end(), [&](const ErrorFacts& one) { return one.name == code; });
    BOOST_REQUIRE_MESSAGE(error_facts != every.end(), code);
    BOOST_TEST(error_facts->status == sent_as(number));
    ++seen;
  }
  BOOST_TEST(std::count(codes.begin(), codes.end(), ';') == seen + 1);  // one more for the default
}

BOOST_AUTO_TEST_CASE(route_and_error_tables_have_one_line_per_entry) {
  const std::string routes = routes_table();
  for (const Route& route : every_route())
    BOOST_TEST(routes.find('\n' + std::string(route.name) + ' ') != std::string::npos);
  BOOST_TEST(std::count(routes.begin(), routes.end(), '\n') == static_cast<long>(every_route().size()) + 1);
  const std::string errors = errors_table();
  for (const ErrorFacts& one : every_error())
    BOOST_TEST(errors.find('\n' + std::string(one.name) + ' ') != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::api
