// A persistent FastCGI connection from nginx, using libfcgi.
//
// libfcgi would block a thread per connection. Here, FCGX_Accept_r is passed a connection that is already
// open, and called only when it is readable (see worker.hpp). tests/http covers the libfcgi behaviour this
// depends on.
#pragma once

#include <memory>
#include <string>

#include "taskward/http/request.hpp"
#include "taskward/http/response.hpp"

struct FCGX_Request;

namespace taskward::app {

/// Must be called once, before creating streams and before setting up signal handlers, because libfcgi
/// installs its own.
void prepare_fcgi();

/// The nginx configuration of the parameters that are read.
[[nodiscard]] std::string nginx_fastcgi_params();

class FcgiStream {
 public:
  /// Takes ownership of the connected socket.
  explicit FcgiStream(int connection);
  FcgiStream(const FcgiStream&) = delete;
  FcgiStream& operator=(const FcgiStream&) = delete;
  ~FcgiStream();

  /// The limit of the body in bytes, given the rest of the request.
  using BodyMax = std::size_t (*)(const http::Request& request);
  /// Reads one request. If the peer closed the connection or violated the protocol, closes it and returns
  /// false.
  [[nodiscard]] bool receive(http::Request& request, BodyMax body_max);

  enum class Then { keep, close };
  /// Sends the response. False if the connection is closed afterwards. After a broken rest it is closed
  /// without FCGI_END_REQUEST, so that nginx detects an incomplete response.
  [[nodiscard]] bool send(const http::Response& response, Then then);

  /// -1 if closed.
  [[nodiscard]] int descriptor() const noexcept;

 private:
  std::unique_ptr<FCGX_Request> fcgx_;
};

}  // namespace taskward::app
