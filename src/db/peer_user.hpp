// The user that PostgreSQL's peer authentication recognizes.
#pragma once

#include <optional>
#include <string>

namespace taskward::db {

/// In a process of root, the user with the name of the role, if the server is local and there is such a user.
[[nodiscard]] std::optional<std::string> peer_user(const std::string& conninfo);

/// While it lives, the calling thread is that user. Other threads are not affected.
class PeerUser {
 public:
  explicit PeerUser(const std::string& conninfo);
  PeerUser(const PeerUser&) = delete;
  PeerUser& operator=(const PeerUser&) = delete;
  ~PeerUser();

 private:
  bool is_changed_ = false;
};

}  // namespace taskward::db
