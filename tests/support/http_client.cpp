#include "http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>

namespace taskward::test {
namespace {

constexpr long kTimeoutSeconds = 60;

struct HeaderList {
  curl_slist* list = nullptr;
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { ::curl_slist_free_all(list); }
  void add(const std::string& line) { list = ::curl_slist_append(list, line.c_str()); }
};

std::size_t append_body(char* bytes, std::size_t size, std::size_t count, void* into) {
  static_cast<Response*>(into)->body.append(bytes, size * count);
  return size * count;
}

std::size_t append_header(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& headers = static_cast<Response*>(into)->headers;
  std::string line(bytes, size * count);
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  // Headers of interim (1xx) responses do not count.
  if (line.starts_with("HTTP/")) headers.clear();
  const std::size_t colon = line.find(':');
  if (colon != std::string::npos) {
    const std::size_t value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
    headers.emplace_back(lower_case(line.substr(0, colon)), line.substr(value));
  }
  return size * count;
}

bool is_content_type(const std::string& header) {
  const std::string name = lower_case(header).substr(0, 13);
  return name == "content-type:" || name == "content-type;";
}

}  // namespace

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string Response::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

std::size_t Response::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(),
                                                [&](const auto& header) { return header.first == name; }));
}

struct HttpClient::Handle {
  CURL* curl = ::curl_easy_init();
  std::string certificate;
  HttpVersion version = HttpVersion::http2;
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { ::curl_easy_cleanup(curl); }

  template <class T>
  void set(CURLoption option, T value) const {
    if (::curl_easy_setopt(curl, option, value) != CURLE_OK)
      throw std::logic_error("libcurl does not support the option");
  }
};

HttpClient::HttpClient(std::string url, const std::string& certificate, HttpVersion version)
    : url_(std::move(url)), handle_(std::make_unique<Handle>()) {
  handle_->certificate = certificate;
  handle_->version = version;
}

HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Response HttpClient::send(const Request& request) {
  const Handle& handle = *handle_;
  // Resets the options and keeps the connection.
  ::curl_easy_reset(handle.curl);
  handle.set(CURLOPT_URL, (url_ + request.path).c_str());
  handle.set(CURLOPT_PATH_AS_IS, 1L);
  handle.set(CURLOPT_PROXY, "");
  handle.set(CURLOPT_NOSIGNAL, 1L);
  handle.set(CURLOPT_TIMEOUT, kTimeoutSeconds);
  handle.set(CURLOPT_CAINFO, handle.certificate.c_str());
  handle.set(CURLOPT_SSL_VERIFYPEER, 1L);
  handle.set(CURLOPT_SSL_VERIFYHOST, 2L);
  handle.set(CURLOPT_HTTP_VERSION, handle.version == HttpVersion::http2 ? long{CURL_HTTP_VERSION_2TLS}
                                                                        : long{CURL_HTTP_VERSION_1_1});

  HeaderList header_list;
  if (request.body) {
    handle.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    handle.set(CURLOPT_POSTFIELDS, request.body->data());
    header_list.add("Expect:");
    if (std::none_of(request.headers.begin(), request.headers.end(), is_content_type))
      header_list.add("Content-Type: application/json");
  }
  if (request.method == "HEAD")
    handle.set(CURLOPT_NOBODY, 1L);
  else
    handle.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (!request.token.empty()) header_list.add("Authorization: Bearer " + request.token);
  for (const std::string& header : request.headers) header_list.add(header);
  handle.set(CURLOPT_HTTPHEADER, header_list.list);

  Response response;
  handle.set(CURLOPT_WRITEFUNCTION, &append_body);
  handle.set(CURLOPT_WRITEDATA, static_cast<void*>(&response));
  handle.set(CURLOPT_HEADERFUNCTION, &append_header);
  handle.set(CURLOPT_HEADERDATA, static_cast<void*>(&response));
  const CURLcode outcome = ::curl_easy_perform(handle.curl);
  if (outcome != CURLE_OK)
    throw TransportError(request.method + ' ' + request.path.substr(0, 100) + ": " +
                         ::curl_easy_strerror(outcome));
  long status = 0;
  long version = 0;
  ::curl_easy_getinfo(handle.curl, CURLINFO_RESPONSE_CODE, &status);
  ::curl_easy_getinfo(handle.curl, CURLINFO_HTTP_VERSION, &version);
  response.status = static_cast<int>(status);
  response.version = version == CURL_HTTP_VERSION_2_0 ? HttpVersion::http2 : HttpVersion::http1_1;
  return response;
}

Response HttpClient::get(const std::string& path, const std::string& token) {
  return send({.path = path, .token = token});
}

Response HttpClient::post(const std::string& path, const std::string& body, const std::string& token) {
  return send({.method = "POST", .path = path, .body = body, .token = token});
}

}  // namespace taskward::test
