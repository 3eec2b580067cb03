#include "http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>

namespace taskward::test {
namespace {

constexpr long kSeconds = 60;

struct Lines {
  curl_slist* list = nullptr;
  Lines() = default;
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  ~Lines() { ::curl_slist_free_all(list); }
  void add(const std::string& line) { list = ::curl_slist_append(list, line.c_str()); }
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* into) {
  static_cast<Answer*>(into)->body.append(bytes, size * count);
  return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& headers = static_cast<Answer*>(into)->headers;
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

bool names_content_type(const std::string& header) { return lower_case(header).starts_with("content-type:"); }

}  // namespace

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string Answer::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

std::size_t Answer::count(std::string_view name) const {
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

Answer HttpClient::send(const Ask& ask) {
  const Handle& handle = *handle_;
  // Resets the options and keeps the connection.
  ::curl_easy_reset(handle.curl);
  handle.set(CURLOPT_URL, (url_ + ask.path).c_str());
  handle.set(CURLOPT_PATH_AS_IS, 1L);
  handle.set(CURLOPT_PROXY, "");
  handle.set(CURLOPT_NOSIGNAL, 1L);
  handle.set(CURLOPT_TIMEOUT, kSeconds);
  handle.set(CURLOPT_CAINFO, handle.certificate.c_str());
  handle.set(CURLOPT_SSL_VERIFYPEER, 1L);
  handle.set(CURLOPT_SSL_VERIFYHOST, 2L);
  handle.set(CURLOPT_HTTP_VERSION, handle.version == HttpVersion::http2 ? long{CURL_HTTP_VERSION_2TLS}
                                                                        : long{CURL_HTTP_VERSION_1_1});

  Lines lines;
  if (ask.body) {
    handle.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(ask.body->size()));
    handle.set(CURLOPT_POSTFIELDS, ask.body->data());
    lines.add("Expect:");
    if (std::none_of(ask.headers.begin(), ask.headers.end(), names_content_type))
      lines.add("Content-Type: application/json");
  }
  if (ask.method == "HEAD")
    handle.set(CURLOPT_NOBODY, 1L);
  else
    handle.set(CURLOPT_CUSTOMREQUEST, ask.method.c_str());
  if (!ask.token.empty()) lines.add("Authorization: Bearer " + ask.token);
  for (const std::string& header : ask.headers) lines.add(header);
  handle.set(CURLOPT_HTTPHEADER, lines.list);

  Answer answer;
  handle.set(CURLOPT_WRITEFUNCTION, &take_body);
  handle.set(CURLOPT_WRITEDATA, static_cast<void*>(&answer));
  handle.set(CURLOPT_HEADERFUNCTION, &take_header);
  handle.set(CURLOPT_HEADERDATA, static_cast<void*>(&answer));
  const CURLcode outcome = ::curl_easy_perform(handle.curl);
  if (outcome != CURLE_OK)
    throw NoAnswer(ask.method + ' ' + ask.path.substr(0, 100) + ": " + ::curl_easy_strerror(outcome));
  long status = 0;
  long version = 0;
  ::curl_easy_getinfo(handle.curl, CURLINFO_RESPONSE_CODE, &status);
  ::curl_easy_getinfo(handle.curl, CURLINFO_HTTP_VERSION, &version);
  answer.status = static_cast<int>(status);
  answer.version = version == CURL_HTTP_VERSION_2_0 ? HttpVersion::http2 : HttpVersion::http1_1;
  return answer;
}

Answer HttpClient::get(const std::string& path, const std::string& token) {
  return send({.path = path, .token = token});
}

Answer HttpClient::post(const std::string& path, const std::string& body, const std::string& token) {
  return send({.method = "POST", .path = path, .body = body, .token = token});
}

}  // namespace taskward::test
