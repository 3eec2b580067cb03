// A FastCGI client that sends valid or invalid records to a worker's socket.
//
//   FastCgiPeer peer(stack.folder() / "run/api.sock");
//   peer.send(fastcgi_request("GET", "/healthz", Keep::open));
//   BOOST_TEST(peer.receive().find("Status: 200") == 0);
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace taskward::test {

enum class Keep { open, close };

/// The records of one complete request.
[[nodiscard]] std::string fastcgi_request(std::string_view method, std::string_view path, Keep keep,
                                          std::string_view body = {}, std::string_view token = {});
/// One record of any type and content (at most 65535 bytes).
[[nodiscard]] std::string fastcgi_record(unsigned char type, std::string_view content);

class FastCgiPeer {
 public:
  /// Throws std::runtime_error if no process listens there.
  explicit FastCgiPeer(const std::filesystem::path& socket);
  FastCgiPeer(FastCgiPeer&& other) noexcept;
  FastCgiPeer& operator=(FastCgiPeer&&) = delete;
  ~FastCgiPeer();

  void send(std::string_view bytes);
  /// The worker's response to one request, headers and body. Throws std::runtime_error if the connection is
  /// closed early, or nothing arrives for 15 s.
  [[nodiscard]] std::string receive();
  /// Whether the worker closes the connection within 15 s without sending more.
  [[nodiscard]] bool is_closed();

 private:
  [[nodiscard]] std::string read_exactly(std::size_t size);

  int descriptor_;
};

}  // namespace taskward::test
