#include "peer_user.hpp"

#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string_view>

namespace taskward::db {
namespace {

/// The role, if the server is reached over a unix socket.
std::optional<std::string> role_of_local(const std::string& conninfo) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(conninfo.c_str(), nullptr), PQconninfoFree);
  std::optional<std::string> role;
  for (const PQconninfoOption* one = options.get(); one != nullptr && one->keyword != nullptr; ++one) {
    if (one->val == nullptr || *one->val == '\0') continue;
    const std::string_view keyword = one->keyword;
    if (keyword == "user") role = one->val;
    // A list of hosts may begin with a socket.
    if (keyword == "hostaddr" || keyword == "service") return std::nullopt;
    if (keyword == "host" && (*one->val != '/' || std::string_view(one->val).find(',') != std::string::npos))
      return std::nullopt;
  }
  return role;
}

std::optional<uid_t> user_named(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  return entry.pw_uid;
}

/// Of this thread only, unlike seteuid().
bool set_effective_user(uid_t user) {
  constexpr auto unchanged = static_cast<uid_t>(-1);
  const bool is_set = ::syscall(SYS_setresuid, unchanged, user, unchanged) == 0;
  // A change of the user makes core dumps possible again.
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0));
  return is_set;
}

}  // namespace

std::optional<std::string> peer_user(const std::string& conninfo) {
  if (::geteuid() != 0) return std::nullopt;
  auto role = role_of_local(conninfo);
  if (role && !user_named(*role)) role.reset();
  return role;
}

PeerUser::PeerUser(const std::string& name) {
  const auto user = user_named(name);
  is_changed_ = user && set_effective_user(*user);
}

PeerUser::~PeerUser() {
  if (is_changed_) static_cast<void>(set_effective_user(0));
}

}  // namespace taskward::db
