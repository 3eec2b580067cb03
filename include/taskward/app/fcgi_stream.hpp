// One FastCGI connection from nginx, kept alive between requests. The only place that knows libfcgi.
//
// libfcgi would wait in a thread for each connection; here a connection is read only when it has
// bytes (see worker.hpp), by giving FCGX_Accept_r a connection that is open already. tests/http pins
// the behaviour this relies on.
#pragma once

#include <memory>
#include <string>

#include "taskward/http/request.hpp"
#include "taskward/http/response.hpp"

struct FCGX_Request;

namespace taskward::app {

/// Must be called once, before any stream is made and before signals are set up: libfcgi installs
/// handlers of its own.
void prepare_fcgi();

/// nginx's configuration of the parameters that are read here.
[[nodiscard]] std::string nginx_fastcgi_params();

class FcgiStream {
 public:
  /// Takes the connected socket over.
  explicit FcgiStream(int connection);
  FcgiStream(const FcgiStream&) = delete;
  FcgiStream& operator=(const FcgiStream&) = delete;
  ~FcgiStream();

  /// What a body of a request may have in bytes, once all of it but the body is known.
  using BodyMax = std::size_t (*)(const http::Request& request);
  /// Reads one request. False when the connection has ended or sent what is no FastCGI; it is closed then.
  [[nodiscard]] bool receive(http::Request& request, BodyMax body_max);

  enum class Then { keep, close };
  /// Sends the answer to the request that was received. False when the connection is closed now: one whose
  /// rest broke is, without an end, so that nginx does not take a part for the whole.
  [[nodiscard]] bool send(const http::Response& response, Then then);

  /// -1 when closed.
  [[nodiscard]] int descriptor() const noexcept;

 private:
  std::unique_ptr<FCGX_Request> fcgx_;
};

}  // namespace taskward::app
