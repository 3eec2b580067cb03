// Requests and responses wipe their secrets from memory.
#include <boost/test/unit_test.hpp>
#include <string>
#include <type_traits>

#include "taskward/http/request.hpp"
#include "taskward/http/response.hpp"

namespace taskward::http {
namespace {

static_assert(!std::is_copy_constructible_v<Request> && !std::is_copy_assignable_v<Request>);
static_assert(!std::is_copy_constructible_v<Response> && !std::is_copy_assignable_v<Response>);

/// Whether the text is still in the memory of a destroyed T that contained it. The text must be short enough
/// for the small-string optimization, so that it is stored in the object itself.
template <class T, class Set>
bool remains_in_memory(std::string_view text, Set set) {
  alignas(T) unsigned char memory[sizeof(T)]{};
  auto* object = new (memory) T();
  set(*object);
  object->~T();
  std::string bytes;
  for (const volatile unsigned char& byte : memory) bytes += static_cast<char>(byte);
  return bytes.find(text) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(memory_wiping)

BOOST_AUTO_TEST_CASE(destroyed_request_leaves_no_body_or_authorization_in_memory) {
  BOOST_TEST(!remains_in_memory<Request>("hunter2", [](Request& request) { request.body = "hunter2"; }));
  BOOST_TEST(!remains_in_memory<Request>("Bearer x.y",
                                         [](Request& request) { request.authorization = "Bearer x.y"; }));
}

BOOST_AUTO_TEST_CASE(destroyed_response_leaves_no_body_in_memory) {
  BOOST_TEST(!remains_in_memory<Response>("tok.en", [](Response& response) { response.body = "tok.en"; }));
}

BOOST_AUTO_TEST_CASE(response_headers_keep_their_order) {
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
