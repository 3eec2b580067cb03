#include "taskward/app/fcgi_stream.hpp"

#include <arpa/inet.h>
#include <fcgiapp.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "taskward/base/errors.hpp"
#include "taskward/base/utf8.hpp"

namespace taskward::app {
namespace {

constexpr std::size_t kUserAgentMaxBytes = 256;

/// A parameter that the nginx snippet, which is generated from this table, sets.
struct Param {
  std::string_view name;
  std::string_view nginx_variable;
  std::string http::Request::*member;
};

constexpr std::array kParams{
    Param{"REQUEST_METHOD", "$request_method", &http::Request::method},
    // Decoded and normalised by nginx: no "..", no double slashes.
    Param{"DOCUMENT_URI", "$uri", &http::Request::path},
    Param{"QUERY_STRING", "$query_string", &http::Request::query},
    Param{"CONTENT_TYPE", "$content_type", &http::Request::content_type},
    Param{"REMOTE_ADDR", "$remote_addr", &http::Request::client_address},
    Param{"REQUEST_ID", "$request_id", &http::Request::request_id},
    // For the time that a request waited in the queue of the socket.
    Param{"SENT_AT", "$msec", &http::Request::sent_at},
};

/// A header of the client. nginx passes it as HTTP_NAME, also when its value is empty, and passes lines of
/// the same name one by one or joined, depending on its version.
template <class Member>
struct Header {
  std::string_view name;
  Member http::Request::*member;
};

constexpr std::array kHeaders{
    Header<std::string>{"HTTP_CONTENT_ENCODING", &http::Request::content_encoding},
    Header<std::string>{"HTTP_ACCEPT", &http::Request::accept},
    Header<std::string>{"HTTP_ORIGIN", &http::Request::origin},
    Header<std::string>{"HTTP_SEC_FETCH_SITE", &http::Request::sec_fetch_site},
    Header<std::string>{"HTTP_HOST", &http::Request::host},
    Header<std::string>{"HTTP_COOKIE", &http::Request::cookie},
    Header<std::string>{"HTTP_USER_AGENT", &http::Request::user_agent},
    Header<std::string>{"HTTP_ACCESS_CONTROL_REQUEST_METHOD", &http::Request::access_control_request_method},
};
using ProtectingHeader = Header<std::optional<std::string>>;
constexpr std::array kProtectingHeaders{
    ProtectingHeader{"HTTP_AUTHORIZATION", &http::Request::authorization},
    ProtectingHeader{"HTTP_IF_MATCH", &http::Request::if_match},
    ProtectingHeader{"HTTP_IF_NONE_MATCH", &http::Request::if_none_match},
    ProtectingHeader{"HTTP_IDEMPOTENCY_KEY", &http::Request::idempotency_key},
};

/// Only the first line, which is also the one that nginx's maps see.
void join(std::string& into, std::string_view value) {
  if (into.empty()) into = value;
}

void join(std::optional<std::string>& into, std::string_view value) {
  if (into)
    (*into += ", ") += value;
  else
    into = value;
}

/// Whether the table has the header, whose value is then in the request.
template <class Table>
bool read_header(const Table& table, std::string_view name, std::string_view value, http::Request& request) {
  for (const auto& header : table) {
    if (header.name != name) continue;
    join(request.*header.member, value);
    return true;
  }
  return false;
}

/// Replaces invalid UTF-8, which the database would reject.
std::string cleaned(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty() && out.size() < most) {
    const std::size_t length = code_point_length(text);
    if (length == 0 || static_cast<unsigned char>(text.front()) < 0x20)
      out += '?';
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string_view reason_of(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    default:
      break;
  }
  for (const ErrorFacts& error : every_error()) {
    if (error.status == status) return error.title;
  }
  return "Status";  // clients ignore the reason phrase, but nginx requires one
}

bool is_address(const std::string& text) noexcept {
  in6_addr any{};
  return ::inet_pton(AF_INET, text.c_str(), &any) == 1 || ::inet_pton(AF_INET6, text.c_str(), &any) == 1;
}

void put(std::string_view text, FCGX_Stream* out) {
  FCGX_PutStr(text.data(), static_cast<int>(text.size()), out);
}

/// False if it broke or the peer closed the connection.
bool put_rest(const http::Response& response, FCGX_Stream* out) {
  if (!response.rest) return true;
  for (http::Piece piece = http::Piece::more; piece == http::Piece::more;) {
    std::string text;
    piece = response.rest(text);
    if (piece == http::Piece::broken) return false;
    // Flushed, because nginx times out after a minute without data. An empty record would end the FastCGI
    // stream.
    put(text, out);
    if (!text.empty()) static_cast<void>(FCGX_FFlush(out));
    wipe(text);
    if (FCGX_GetError(out) != 0) return false;
  }
  return true;
}

void read_params(char** envp, http::Request& request) {
  for (char** entry = envp; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const std::string_view value = text.substr(equals + 1);
    if (read_header(kHeaders, name, value, request) || read_header(kProtectingHeaders, name, value, request))
      continue;
    for (const Param& param : kParams) {
      if (param.name != name) continue;
      request.*param.member = std::string(value);
      break;
    }
  }
  request.user_agent = cleaned(request.user_agent, kUserAgentMaxBytes);
  // For connections by a unix socket, nginx sends "unix:".
  if (!is_address(request.client_address)) request.client_address.clear();
}

void read_body(FCGX_Stream* in, http::Request& request) {
  std::array<char, 8192> buffer;  // NOLINT: filled before it is read
  while (true) {
    const int got = FCGX_GetStr(buffer.data(), static_cast<int>(buffer.size()), in);
    if (got <= 0) break;
    const auto size = static_cast<std::size_t>(got);
    // The excess is read too, because closing a socket with unread data resets the connection.
    if (request.body.size() + size > request.body_max) request.body_too_large = true;
    if (!request.body_too_large) request.body.append(buffer.data(), size);
  }
  wipe(buffer.data(), buffer.size());
}

}  // namespace

void prepare_fcgi() {
  if (FCGX_Init() != 0) throw std::runtime_error("libfcgi could not be initialised");
}

std::string nginx_fastcgi_params() {
  std::string out =
      "# Generated by `taskward generate nginx-fastcgi-params` from what the worker reads; do not edit.\n"
      "# $uri is decoded and normalised: without \"..\" and double slashes.\n"
      "fastcgi_param CONTENT_LENGTH $content_length;\n";
  for (const Param& param : kParams) {
    out += "fastcgi_param " + std::string(param.name) + ' ' + std::string(param.nginx_variable) + ";\n";
  }
  return out;
}

FcgiStream::FcgiStream(int connection) : fcgx_(std::make_unique<FCGX_Request>()) {
  FCGX_InitRequest(fcgx_.get(), -1, 0);
  fcgx_->ipcFd = connection;
}

FcgiStream::~FcgiStream() {
  if (fcgx_->ipcFd < 0) return;
  fcgx_->detached = 1;
  FCGX_Free(fcgx_.get(), 1);
}

int FcgiStream::descriptor() const noexcept { return fcgx_->ipcFd; }

bool FcgiStream::receive(http::Request& request, BodyMax body_max) {
  // Makes FCGX_Accept_r use this connection; when it ends, accepting on socket -1 fails. `detached` avoids a
  // wait of up to two seconds for the peer on close.
  fcgx_->keepConnection = 1;
  fcgx_->listen_sock = -1;
  fcgx_->detached = 1;
  if (FCGX_Accept_r(fcgx_.get()) != 0) {
    fcgx_->ipcFd = -1;
    return false;
  }
  read_params(fcgx_->envp, request);
  request.body_max = body_max(request);
  read_body(fcgx_->in, request);
  if (FCGX_GetError(fcgx_->in) == 0) return true;
  fcgx_->detached = 1;
  FCGX_Free(fcgx_.get(), 1);
  return false;
}

bool FcgiStream::send(const http::Response& response, Then then) {
  std::string head =
      "Status: " + std::to_string(response.status) + ' ' + std::string(reason_of(response.status)) + "\r\n";
  for (const auto& [name, value] : response.headers) {
    head += name;
    head += ": ";
    head += value;
    head += "\r\n";
  }
  head += "\r\n";
  put(head, fcgx_->out);
  put(response.body, fcgx_->out);
  if (!put_rest(response, fcgx_->out)) {
    fcgx_->detached = 1;
    FCGX_Free(fcgx_.get(), 1);
    return false;
  }
  if (then == Then::close) fcgx_->keepConnection = 0;
  fcgx_->detached = 1;
  FCGX_Finish_r(fcgx_.get());
  return fcgx_->ipcFd >= 0;
}

}  // namespace taskward::app
