// Connecting to PostgreSQL by libpq: the connection string and the wait for the server.
#pragma once

#include <chrono>
#include <string>

#include "taskward/base/secret.hpp"

struct pg_conn;

namespace taskward::db {

/// Rejects what libpq cannot parse, and what it would misparse: a '/' or '@' in a password that is not
/// percent-encoded makes the rest of the password part of the host or port, which libpq quotes in messages.
/// Throws BadConninfo, whose text quotes nothing.
void check_conninfo(const Secret& conninfo);

/// libpq's error message on one line. It may name hosts, ports, databases and roles; it contains no password
/// if check_conninfo accepted the connection string.
[[nodiscard]] std::string message_of(const pg_conn* connection);

/// Waits until the socket is ready for `events` (poll(2)). False at the deadline.
[[nodiscard]] bool wait_for(const pg_conn* connection, short events,
                            std::chrono::steady_clock::time_point deadline);

/// Like PQconnectdbParams, with a deadline. Null at the deadline or when out of memory.
[[nodiscard]] pg_conn* connect_until(const char* const* keywords, const char* const* values,
                                     std::chrono::steady_clock::time_point deadline);

}  // namespace taskward::db
