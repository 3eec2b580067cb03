// A FastCGI client: speaks to a worker's socket the way nginx does, or the way nothing should.
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

/// The records of one whole request.
[[nodiscard]] std::string fastcgi_request(std::string_view method, std::string_view path, Keep keep,
                                          std::string_view body = {}, std::string_view token = {});
/// One record of any kind and content (at most 65535 bytes).
[[nodiscard]] std::string fastcgi_record(unsigned char type, std::string_view content);

class FastCgiPeer {
 public:
  /// Throws std::runtime_error when nothing listens there.
  explicit FastCgiPeer(const std::filesystem::path& socket);
  FastCgiPeer(FastCgiPeer&& other) noexcept;
  FastCgiPeer& operator=(FastCgiPeer&&) = delete;
  ~FastCgiPeer();

  void send(std::string_view bytes);
  /// What the worker writes for one request, headers and body. Throws std::runtime_error when the
  /// connection ends before, or nothing comes for 15 s.
  [[nodiscard]] std::string receive();
  /// Whether the worker closes the connection within 15 s, sending nothing more.
  [[nodiscard]] bool is_closed();

 private:
  [[nodiscard]] std::string read_exactly(std::size_t size);

  int descriptor_;
};

}  // namespace taskward::test
