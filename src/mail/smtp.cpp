#include "taskward/mail/smtp.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>

#include "taskward/base/text.hpp"

namespace taskward::mail {
namespace {

using Steady = std::chrono::steady_clock;

constexpr long kConnectTimeout = 20;          // seconds
constexpr std::chrono::seconds kFarewell{2};  // to respond to QUIT after the message was accepted
constexpr std::size_t kReplyMaxBytes = 512;   // RFC 5321, section 4.5.3.1.5

struct Cleanup {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, Cleanup>;
using List = std::unique_ptr<curl_slist, Cleanup>;

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(handle, option, value);
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
}

/// The delivery of one message; the context of libcurl's callbacks.
struct Delivery {
  std::string_view unsent;
  const GiveUp& give_up;
  // Not CURLOPT_TIMEOUT, because the time for QUIT is limited separately.
  Steady::time_point deadline;
  enum class Ended { no, given_up, timed_out } ended = Ended::no;
  std::string reply;  // the last line of the server's last response, except to QUIT

  static std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* self) noexcept {
    auto& delivery = *static_cast<Delivery*>(self);
    const std::size_t taken = std::min(size * count, delivery.unsent.size());
    std::copy_n(delivery.unsent.data(), taken, buffer);
    delivery.unsent.remove_prefix(taken);
    return taken;
  }
  static std::size_t on_reply(char* line, std::size_t size, std::size_t count, void* self) {
    auto& delivery = *static_cast<Delivery*>(self);
    std::string_view text(line, size * count);
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    if (!text.starts_with("221")) delivery.reply = text.substr(0, kReplyMaxBytes);
    // The message was accepted. A server that does not respond to QUIT must not delay recording that.
    if (delivery.unsent.empty() && text.starts_with("250 ")) delivery.deadline = Steady::now() + kFarewell;
    return size * count;
  }
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& delivery = *static_cast<Delivery*>(self);
    if (delivery.give_up())
      delivery.ended = Ended::given_up;
    else if (Steady::now() >= delivery.deadline)
      delivery.ended = Ended::timed_out;
    return delivery.ended == Ended::no ? 0 : 1;
  }
  static std::size_t drop(char*, std::size_t size, std::size_t count, void*) noexcept { return size * count; }

  /// 0 if the last response was neither 4xx nor 5xx.
  [[nodiscard]] int refusal() const {
    if (reply.size() < 3 || (reply[0] != '4' && reply[0] != '5') || !is_digit(reply[1]) ||
        !is_digit(reply[2]))
      return 0;
    return std::stoi(reply.substr(0, 3));
  }
};

std::string url_of(const SmtpServer& server) {
  const std::string host = server.host.find(':') == std::string::npos ? server.host : '[' + server.host + ']';
  return (server.encryption == Encryption::tls ? "smtps://" : "smtp://") + host + ':' +
         std::to_string(server.port);
}

void set_server(CURL* handle, const SmtpServer& server) {
  set(handle, CURLOPT_URL, url_of(server).c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
  set(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
#else
  set(handle, CURLOPT_PROTOCOLS, long{CURLPROTO_SMTP | CURLPROTO_SMTPS});
#endif
  // Ignores the proxy variables of the environment.
  set(handle, CURLOPT_PROXY, "");
  set(handle, CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
  set(handle, CURLOPT_USE_SSL,
      long{server.encryption == Encryption::none ? CURLUSESSL_NONE : CURLUSESSL_ALL});
  set(handle, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!server.ca_file.empty()) {
    set(handle, CURLOPT_CAINFO, server.ca_file.c_str());
    set(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (!server.username.empty()) {
    set(handle, CURLOPT_USERNAME, server.username.c_str());
    set(handle, CURLOPT_PASSWORD, server.password.reveal().data());
  }
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT, std::min(kConnectTimeout, static_cast<long>(server.timeout.count())));
  set(handle, CURLOPT_FRESH_CONNECT, 1L);
  set(handle, CURLOPT_FORBID_REUSE, 1L);
}

void set_delivery(CURL* handle, Delivery& delivery) {
  set(handle, CURLOPT_UPLOAD, 1L);
  set(handle, CURLOPT_READFUNCTION, &Delivery::on_read);
  set(handle, CURLOPT_READDATA, static_cast<void*>(&delivery));
  set(handle, CURLOPT_HEADERFUNCTION, &Delivery::on_reply);
  set(handle, CURLOPT_HEADERDATA, static_cast<void*>(&delivery));
  set(handle, CURLOPT_WRITEFUNCTION, &Delivery::drop);
  set(handle, CURLOPT_NOPROGRESS, 0L);
  set(handle, CURLOPT_XFERINFOFUNCTION, &Delivery::on_progress);
  set(handle, CURLOPT_XFERINFODATA, static_cast<void*>(&delivery));
}

/// Whether a reply concerns the message and not the connection, authentication or encryption.
bool concerns_message(CURLcode result, const Delivery& delivery) {
  // libcurl returns the former if a command was rejected, the latter if the content was.
  return result == CURLE_SEND_ERROR || (result == CURLE_WEIRD_SERVER_REPLY && delivery.unsent.empty());
}

bool asks_for_operator(int code) { return code == 530 || code == 534 || code == 535 || code == 538; }

/// The reply of a server as one line. It might repeat the password.
std::string quoted_reply(const std::string& reply, const Secret& password) {
  std::string text;
  for (const char c : reply) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  if (!password.empty()) {
    for (std::size_t at = 0; (at = text.find(password.reveal())) != std::string::npos;)
      text.replace(at, password.size(), "…");
  }
  return text;
}

Outcome outcome_of(CURLcode result, const Delivery& delivery, const SmtpServer& server, const char* fault) {
  if (result == CURLE_OK) return {Verdict::accepted, ""};
  const std::string where = server.host + ':' + std::to_string(server.port);
  if (const int code = delivery.refusal(); code != 0) {
    const bool is_permanent = code >= 500 && concerns_message(result, delivery) && !asks_for_operator(code);
    return {is_permanent ? Verdict::refused : Verdict::try_later,
            where + " answered " + quoted_reply(delivery.reply, server.password)};
  }
  switch (delivery.ended) {
    case Delivery::Ended::given_up:
      return {Verdict::try_later, "the process is being stopped"};
    case Delivery::Ended::timed_out:
      return {Verdict::try_later, where + ": exceeded MAIL_TIMEOUT"};
    case Delivery::Ended::no:
      break;
  }
  return {Verdict::try_later, where + ": " + (*fault != '\0' ? fault : curl_easy_strerror(result))};
}

ServerFault::Kind kind_of(CURLcode result, const Delivery& delivery) {
  switch (result) {
    case CURLE_LOGIN_DENIED:
      return ServerFault::Kind::login;
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
      return ServerFault::Kind::encryption;
    default:
      return asks_for_operator(delivery.refusal()) ? ServerFault::Kind::login
                                                   : ServerFault::Kind::unreachable;
  }
}

}  // namespace

std::optional<ServerFault> check_server(const CurlLibrary&, const SmtpServer& server) {
  const Handle handle(curl_easy_init());
  if (handle == nullptr) throw std::bad_alloc();
  CURL* curl = handle.get();
  // The content is not empty, so that a response is not taken for that to a message. It is not sent.
  const GiveUp never = [] { return false; };
  Delivery delivery{" ", never, Steady::now() + server.timeout, Delivery::Ended::no, {}};
  std::array<char, CURL_ERROR_SIZE> fault{};
  set(curl, CURLOPT_ERRORBUFFER, fault.data());
  set_server(curl, server);
  set_delivery(curl, delivery);
  set(curl, CURLOPT_UPLOAD, 0L);
  set(curl, CURLOPT_CUSTOMREQUEST, "NOOP");
  const CURLcode result = curl_easy_perform(curl);
  if (result == CURLE_OK) return std::nullopt;
  return ServerFault{kind_of(result, delivery), outcome_of(result, delivery, server, fault.data()).reason};
}

CurlLibrary::CurlLibrary() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    throw std::runtime_error("libcurl initialisation failed");
}

CurlLibrary::~CurlLibrary() { curl_global_cleanup(); }

Outcome SmtpTransport::hand_over(const Message& message, const GiveUp& give_up) {
  const Handle handle(curl_easy_init());
  const List recipients(curl_slist_append(nullptr, message.recipient.c_str()));
  if (handle == nullptr || recipients == nullptr) throw std::bad_alloc();
  CURL* curl = handle.get();
  Delivery delivery{
      message.content.reveal(), give_up, Steady::now() + server_.timeout, Delivery::Ended::no, {}};
  std::array<char, CURL_ERROR_SIZE> fault{};
  set(curl, CURLOPT_ERRORBUFFER, fault.data());
  set_server(curl, server_);
  set_delivery(curl, delivery);
  set(curl, CURLOPT_MAIL_FROM, message.sender.c_str());
  set(curl, CURLOPT_MAIL_RCPT, recipients.get());
  return outcome_of(curl_easy_perform(curl), delivery, server_, fault.data());
}

}  // namespace taskward::mail
