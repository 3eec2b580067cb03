#include "connecting.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include "taskward/db/failure.hpp"

namespace taskward::db {

void check_conninfo(const Secret& conninfo) {
  constexpr const char* why =
      "DATABASE_URL, DATABASE_READ_URL or DATABASE_OWNER_URL is not a valid libpq connection string: quote "
      "values that contain "
      "spaces, and percent-encode special characters such as / @ : # % in a URI";
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.reveal().data(), nullptr), &PQconninfoFree);
  if (options == nullptr) throw BadConninfo(why);
  for (const PQconninfoOption* one = options.get(); one->keyword != nullptr; ++one) {
    if (one->val == nullptr) continue;
    const std::string_view keyword = one->keyword;
    const std::string_view value = one->val;
    const bool bad_port =
        keyword == "port" && value.find_first_not_of("0123456789,") != std::string_view::npos;
    const bool bad_host =
        keyword == "host" && !value.starts_with('/') && value.find('@') != std::string_view::npos;
    if (bad_port || bad_host) throw BadConninfo(why);
  }
}

std::string message_of(const pg_conn* connection) {
  std::string text = PQerrorMessage(connection);
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

bool wait_for(const pg_conn* connection, short events, std::chrono::steady_clock::time_point deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd socket{PQsocket(connection), events, 0};
    const int ready = ::poll(&socket, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

pg_conn* connect_until(const char* const* keywords, const char* const* values,
                       std::chrono::steady_clock::time_point deadline) {
  PGconn* const connection = PQconnectStartParams(keywords, values, 1);
  if (connection == nullptr) return nullptr;
  auto next = PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
    if (!wait_for(connection, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
      PQfinish(connection);
      return nullptr;
    }
    next = PQconnectPoll(connection);
  }
  return connection;
}

}  // namespace taskward::db
