#include "taskward/db/params.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace taskward::db {
namespace {

static_assert(!std::is_copy_constructible_v<Params> && !std::is_copy_assignable_v<Params>);

std::size_t position(int index) { return static_cast<std::size_t>(index); }

/// "text …" or "binary …", or "null".
std::string at(const Params& params, int index) {
  const char* value = params.values()[position(index)];
  if (value == nullptr) return "null";
  if (params.formats()[position(index)] == 0) return "text " + std::string(value);
  return "binary " + std::string(value, position(params.lengths()[position(index)]));
}

BOOST_AUTO_TEST_SUITE(params)

BOOST_AUTO_TEST_CASE(parameters_keep_their_order_and_format) {
  Uuid id;
  id.bytes.fill('u');
  const TaskId task{id};
  Params params;
  params.uuid(id).text("a\nb").number(-7).null().literal("{user,admin}").bytes("xyz").id(task);
  BOOST_TEST(params.count() == 7);
  BOOST_TEST(at(params, 0) == "binary uuuuuuuuuuuuuuuu");
  BOOST_TEST(at(params, 1) == "binary a\nb");
  BOOST_TEST(at(params, 2) == "text -7");
  BOOST_TEST(at(params, 3) == "null");
  BOOST_TEST(at(params, 4) == "text {user,admin}");
  BOOST_TEST(at(params, 5) == "binary xyz");
  BOOST_TEST(at(params, 6) == "binary uuuuuuuuuuuuuuuu");
}

BOOST_AUTO_TEST_CASE(empty_text_is_not_null_even_from_a_null_view) {
  const std::optional<std::string> none;
  const std::optional<std::string> some = "x";
  Params params;
  params.text(std::string_view())
      .text("")
      .text_or_null(none)
      .text_or_null(some)
      .text_or_null(std::string_view());
  BOOST_TEST(at(params, 0) == "binary ");
  BOOST_TEST(at(params, 1) == "binary ");
  BOOST_TEST(at(params, 2) == "null");
  BOOST_TEST(at(params, 3) == "binary x");
  BOOST_TEST(at(params, 4) == "null");
}

BOOST_AUTO_TEST_CASE(numbers_are_sent_as_decimal_text) {
  Params params;
  params.number(INT64_MIN).number(INT64_MAX).number(0);
  BOOST_TEST(at(params, 0) == "text -9223372036854775808");
  BOOST_TEST(at(params, 1) == "text 9223372036854775807");
  BOOST_TEST(at(params, 2) == "text 0");
}

BOOST_AUTO_TEST_CASE(too_many_parameters_throw_logic_error) {
  Params params;
  for (std::size_t i = 0; i < Params::kMost; ++i) params.number(static_cast<std::int64_t>(i));
  BOOST_CHECK_THROW(params.number(1), std::logic_error);
  BOOST_CHECK_THROW(params.text("x"), std::logic_error);
  BOOST_CHECK_THROW(params.null(), std::logic_error);
  const Uuid id;
  BOOST_CHECK_THROW(params.uuid(id), std::logic_error);
  BOOST_TEST(params.count() == static_cast<int>(Params::kMost));
  BOOST_TEST(at(params, 23) == "text 23");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::db
