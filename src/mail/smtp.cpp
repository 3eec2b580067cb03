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
constexpr std::chrono::seconds kFarewell{2};  // for the answer to QUIT, when the message is theirs already
constexpr std::size_t kReplyMaxBytes = 512;   // RFC 5321, 4.5.3.1.5

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

/// One message on its way; libcurl's callbacks get a pointer to it.
struct Journey {
  std::string_view unsent;
  const Transport::GiveUp& give_up;
  // Its own, because libcurl's would leave the goodbye out of account.
  Steady::time_point deadline;
  enum class Ended { no, given_up, timed_out } ended = Ended::no;
  std::string reply;  // the last line of the server's last answer but that to QUIT

  static std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* self) noexcept {
    auto& journey = *static_cast<Journey*>(self);
    const std::size_t taken = std::min(size * count, journey.unsent.size());
    std::copy_n(journey.unsent.data(), taken, buffer);
    journey.unsent.remove_prefix(taken);
    return taken;
  }
  static std::size_t on_reply(char* line, std::size_t size, std::size_t count, void* self) {
    auto& journey = *static_cast<Journey*>(self);
    std::string_view text(line, size * count);
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    if (!text.starts_with("221")) journey.reply = text.substr(0, kReplyMaxBytes);
    // It is theirs: what is left is to say goodbye, and a server that does not answer that must not keep
    // the message from being recorded.
    if (journey.unsent.empty() && text.starts_with("250 ")) journey.deadline = Steady::now() + kFarewell;
    return size * count;
  }
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& journey = *static_cast<Journey*>(self);
    if (journey.give_up())
      journey.ended = Ended::given_up;
    else if (Steady::now() >= journey.deadline)
      journey.ended = Ended::timed_out;
    return journey.ended == Ended::no ? 0 : 1;
  }
  static std::size_t drop(char*, std::size_t size, std::size_t count, void*) noexcept { return size * count; }

  /// 0 when the last answer was none of 4xx and 5xx.
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
  // What leads mail elsewhere is a setting of ours or nothing.
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

void set_journey(CURL* handle, Journey& journey) {
  set(handle, CURLOPT_UPLOAD, 1L);
  set(handle, CURLOPT_READFUNCTION, &Journey::on_read);
  set(handle, CURLOPT_READDATA, static_cast<void*>(&journey));
  set(handle, CURLOPT_HEADERFUNCTION, &Journey::on_reply);
  set(handle, CURLOPT_HEADERDATA, static_cast<void*>(&journey));
  set(handle, CURLOPT_WRITEFUNCTION, &Journey::drop);
  set(handle, CURLOPT_NOPROGRESS, 0L);
  set(handle, CURLOPT_XFERINFOFUNCTION, &Journey::on_progress);
  set(handle, CURLOPT_XFERINFODATA, static_cast<void*>(&journey));
}

/// Whether a reply speaks of the message, and not of the connection, the login or the encryption.
bool is_about_message(CURLcode result, const Journey& journey) {
  // libcurl says the first of a command that was refused, the second of content that was.
  return result == CURLE_SEND_ERROR || (result == CURLE_WEIRD_SERVER_REPLY && journey.unsent.empty());
}

bool asks_for_operator(int code) { return code == 530 || code == 534 || code == 535 || code == 538; }

/// A server's own words, made fit for a line. It could repeat what it was sent.
std::string quoted_reply(const std::string& reply, const Secret& password) {
  std::string text;
  for (const char c : reply) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  if (!password.empty()) {
    for (std::size_t at = 0; (at = text.find(password.reveal())) != std::string::npos;)
      text.replace(at, password.size(), "…");
  }
  return text;
}

Outcome outcome_of(CURLcode result, const Journey& journey, const SmtpServer& server, const char* fault) {
  if (result == CURLE_OK) return {Verdict::accepted, ""};
  const std::string where = server.host + ':' + std::to_string(server.port);
  if (const int code = journey.refusal(); code != 0) {
    const bool for_good = code >= 500 && is_about_message(result, journey) && !asks_for_operator(code);
    return {for_good ? Verdict::refused : Verdict::try_later,
            where + " answered " + quoted_reply(journey.reply, server.password)};
  }
  switch (journey.ended) {
    case Journey::Ended::given_up:
      return {Verdict::try_later, "this process had to end"};
    case Journey::Ended::timed_out:
      return {Verdict::try_later, where + ": it took longer than MAIL_TIMEOUT"};
    case Journey::Ended::no:
      break;
  }
  return {Verdict::try_later, where + ": " + (*fault != '\0' ? fault : curl_easy_strerror(result))};
}

}  // namespace

CurlLibrary::CurlLibrary() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl cannot be used");
}

CurlLibrary::~CurlLibrary() { curl_global_cleanup(); }

Outcome SmtpTransport::hand_over(const Message& message, const GiveUp& give_up) {
  const Handle handle(curl_easy_init());
  const List recipients(curl_slist_append(nullptr, message.recipient.c_str()));
  if (handle == nullptr || recipients == nullptr) throw std::bad_alloc();
  CURL* curl = handle.get();
  Journey journey{message.content.reveal(), give_up, Steady::now() + server_.timeout, Journey::Ended::no, {}};
  std::array<char, CURL_ERROR_SIZE> fault{};
  set(curl, CURLOPT_ERRORBUFFER, fault.data());
  set_server(curl, server_);
  set_journey(curl, journey);
  set(curl, CURLOPT_MAIL_FROM, message.sender.c_str());
  set(curl, CURLOPT_MAIL_RCPT, recipients.get());
  return outcome_of(curl_easy_perform(curl), journey, server_, fault.data());
}

}  // namespace taskward::mail
