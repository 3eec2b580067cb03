#include "taskward/api/nginx_facts.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "taskward/api/routes.hpp"

namespace taskward::api {
namespace {

BOOST_AUTO_TEST_SUITE(nginx_facts)

BOOST_AUTO_TEST_CASE(every_route_of_the_auth_pool_and_no_other_goes_there) {
  const std::string text = nginx_pools();
  for (const Route& route : every_route()) {
    const std::string row = "\"~^" + std::string(http::name(route.method)) + ':' + std::string(route.path) +
                            "/?$\" taskward_auth;";
    const bool there = text.find(row) != std::string::npos;
    BOOST_TEST(there == (route.pool == Pool::auth), route.name);
  }
  BOOST_TEST(text.find("default taskward_api;") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_route_that_moves_files_and_no_other_has_a_location_of_its_own) {
  const std::string text = nginx_locations();
  std::size_t moving = 0;
  for (const Route& route : every_route()) {
    const bool there = text.find("location ~ ^" + std::string(route.path) + "/?$ {") != std::string::npos;
    BOOST_TEST(there == (route.transfer != Transfer::usual), route.name);
    // What nginx lets through is what the worker keeps.
    if (route.transfer == Transfer::large_body)
      BOOST_TEST(text.find("client_max_body_size " + std::to_string(body_max(route) / 1024 / 1024) + "m;") !=
                     std::string::npos,
                 route.name);
    if (there) ++moving;
  }
  BOOST_TEST(moving == 3U);
}

BOOST_AUTO_TEST_CASE(nginx_s_errors_have_codes_of_the_list_with_the_status_they_are_sent_with) {
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
    const std::size_t place = codes.find(before);
    BOOST_REQUIRE_MESSAGE(place != std::string::npos, number);
    const std::string code =
        codes.substr(place + before.size(), codes.find(';', place) - place - before.size());
    const auto every = every_error();
    const auto known =
        std::find_if(every.begin(), every.end(), [&](const ErrorFacts& one) { return one.name == code; });
    BOOST_REQUIRE_MESSAGE(known != every.end(), code);
    BOOST_TEST(known->status == sent_as(number));
    ++seen;
  }
  BOOST_TEST(std::count(codes.begin(), codes.end(), ';') == seen + 1);  // and the default
}

BOOST_AUTO_TEST_CASE(the_tables_for_people_have_a_line_for_each_row) {
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
