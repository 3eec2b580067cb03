// Handlers of passkeys: registering, listing, renaming and deleting them, logging in with one, and the
// challenges for browsers.
#pragma once

#include "contract.hpp"
#include "taskward/api/routes.hpp"
#include "taskward/base/result.hpp"
#include "taskward/http/response.hpp"

namespace taskward::api {

[[nodiscard]] Result<http::Response> begin_passkey_registration(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> register_passkey(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> list_passkeys(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> rename_passkey(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> delete_passkey(const Call& call, const OwnProfile& access);
[[nodiscard]] Result<http::Response> begin_passkey_login(const Call& call);
[[nodiscard]] Result<http::Response> log_in_with_passkey(const Call& call);
[[nodiscard]] Result<http::Response> begin_passkey_factor(const Call& call);
[[nodiscard]] Result<http::Response> begin_passkey_reauthentication(const Call& call,
                                                                    const OwnProfile& access);

[[nodiscard]] Operations passkey_operations();

}  // namespace taskward::api
