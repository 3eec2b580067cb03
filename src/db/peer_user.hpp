// The user that PostgreSQL's peer authentication recognizes.
#pragma once

#include <string>

namespace taskward::db {

/// While it lives in a process of root, the calling thread is the user with the name of the role, if the
/// server is local and there is such a user. Other threads are not affected.
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
