#include "taskward/http/method.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace taskward::http {
namespace {

BOOST_AUTO_TEST_SUITE(methods)

BOOST_AUTO_TEST_CASE(method_names_are_matched_exactly) {
  std::string all;
  for (const Method one : kMethods) {
    all += std::string(name(one)) + ' ';
    BOOST_TEST((method(name(one)) == one));
  }
  BOOST_TEST(all == "GET HEAD POST PUT PATCH DELETE OPTIONS ");
  for (const std::string_view other :
       {"", "get", "Get", "GET ", " GET", "GETX", "GE", "TRACE", "CONNECT", "PROPFIND"}) {
    BOOST_TEST(!method(other), other);
  }
  BOOST_TEST(!method(std::string_view("GET\0", 4)));
}

BOOST_AUTO_TEST_CASE(post_put_patch_and_delete_accept_a_body) {
  std::string with;
  for (const Method one : kMethods) {
    if (has_content(one)) with += std::string(name(one)) + ' ';
  }
  BOOST_TEST(with == "POST PUT PATCH DELETE ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::http
