// Cursors of the account list: a position in one list, for one administrator.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "taskward/base/secret.hpp"
#include "taskward/model/account.hpp"
#include "taskward/store/account_lists.hpp"

namespace taskward::domain {

[[nodiscard]] std::string account_cursor(const store::AccountPosition& position, const Secret& key,
                                         const UserId& reader, const model::AccountFilter& filter);

/// Nothing if account_cursor did not create the text for the same reader and filter.
[[nodiscard]] std::optional<store::AccountPosition> read_account_cursor(std::string_view text,
                                                                        const Secret& key,
                                                                        const UserId& reader,
                                                                        const model::AccountFilter& filter);

}  // namespace taskward::domain
