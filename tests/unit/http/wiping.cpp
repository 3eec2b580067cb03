// What a request or a response leaves behind in memory.
#include <boost/test/unit_test.hpp>
#include <string>
#include <type_traits>

#include "taskward/http/request.hpp"
#include "taskward/http/response.hpp"

namespace taskward::http {
namespace {

static_assert(!std::is_copy_constructible_v<Request> && !std::is_copy_assignable_v<Request>);
static_assert(!std::is_copy_constructible_v<Response> && !std::is_copy_assignable_v<Response>);

/// Whether the text is still in the memory of a T that was given it and has gone. The text is so short
/// that it lies in the object itself, whose memory is the test's.
template <class T, class Give>
bool left_behind(std::string_view text, Give give) {
  alignas(T) unsigned char memory[sizeof(T)]{};
  auto* object = new (memory) T();
  give(*object);
  object->~T();
  std::string bytes;
  for (const volatile unsigned char& byte : memory) bytes += static_cast<char>(byte);
  return bytes.find(text) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(wiping)

BOOST_AUTO_TEST_CASE(a_request_leaves_neither_its_body_nor_its_authorization) {
  BOOST_TEST(!left_behind<Request>("hunter2", [](Request& request) { request.body = "hunter2"; }));
  BOOST_TEST(
      !left_behind<Request>("Bearer x.y", [](Request& request) { request.authorization = "Bearer x.y"; }));
}

BOOST_AUTO_TEST_CASE(a_response_does_not_leave_its_body) {
  BOOST_TEST(!left_behind<Response>("tok.en", [](Response& response) { response.body = "tok.en"; }));
}

BOOST_AUTO_TEST_CASE(headers_are_kept_in_their_order) {
  Response response(201);
  response.with("Location", "/tasks/1").with("ETag", "x");
  BOOST_REQUIRE_EQUAL(response.headers.size(), 2U);
  BOOST_TEST(response.status == 201);
  BOOST_TEST(response.headers[0].first == "Location");
  BOOST_TEST(response.headers[1].second == "x");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::http
