// An HTTPS client for the tests that trusts only the given certificate.
//
//   HttpClient client(stack.url(), stack.certificate());
//   const Response response = client.post("/tasks", R"({"title": "Tea"})", token);
//   BOOST_TEST(response.status == 201);
//
// A client is one keep-alive connection, to be used by one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_text.hpp"

namespace taskward::test {

/// In ASCII.
[[nodiscard]] std::string lower_case(std::string text);

enum class HttpVersion { http1_1, http2 };

struct Request {
  std::string method = "GET";
  std::string path = "/";  ///< sent unchanged
  std::optional<std::string> body = std::nullopt;
  std::string token = {};  ///< bearer token of the Authorization header; empty for none
  /// "Name: value". A body is sent as application/json unless a Content-Type is listed; "Content-Type:" sends
  /// none.
  std::vector<std::string> headers = {};
};

struct Response {
  int status = 0;
  HttpVersion version = HttpVersion::http1_1;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;

  /// The first header of that name (lower case); empty if absent.
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] Json json() const { return Json::parse(body); }
};

/// The connection failed, or no response arrived within 60 s.
class TransportError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class HttpClient {
 public:
  HttpClient(std::string url, const std::string& certificate, HttpVersion version = HttpVersion::http2);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// Throws TransportError.
  [[nodiscard]] Response send(const Request& request);
  [[nodiscard]] Response get(const std::string& path, const std::string& token = {});
  [[nodiscard]] Response post(const std::string& path, const std::string& body,
                              const std::string& token = {});

 private:
  struct Handle;
  std::string url_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace taskward::test
