// Signing keys in the database, and tokens signed with them.
#pragma once

#include <memory>
#include <string>

#include "domain_fixture.hpp"
#include "migration_folder.hpp"
#include "taskward/crypto/encoding.hpp"

namespace taskward::testing {

using crypto::TokenKeys;
using domain::UnusableKeys;
using model::JwsAlgorithm;

using Keys = std::shared_ptr<const TokenKeys>;

struct SigningKeyFixture : StoreFixture {
  const Secret root{kRootSecret};
  const Secret other_root{"another root secret, which is as long as the first"};
  const Secret hmac{"an HS256 secret of the tests, thirty-two bytes"};
  const Secret none{};

  Keys load(db::Connection& connection, const Secret& secret, JwsAlgorithm algorithm, const Secret& hs256) {
    return domain::load_token_keys(connection, {algorithm, secret, hs256, {"issuer", "audience"}}, random);
  }
  Keys load(JwsAlgorithm algorithm = JwsAlgorithm::ES256) { return load(service, root, algorithm, none); }
  Secret sign(const Keys& keys, crypto::TokenKind kind = crypto::TokenKind::access) {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
    return keys->sign({kind, new_id<UserId>(), new_id<SessionId>(), new_id<TokenId>(), now, now + kHour,
                       model::Role::user});
  }
  std::string check(const Keys& keys, const Secret& token,
                    crypto::TokenKind kind = crypto::TokenKind::access) {
    return outcome(keys->verify(token.reveal(), kind, clock.now()));
  }
  std::int64_t count_keys() { return count_rows("signing_keys"); }
  std::string kid() { return text("select min(kid) from taskward.signing_keys"); }
  /// Matches an exception that names the key and contains no secret.
  auto names_key(const std::string& key) {
    return [this, key](const UnusableKeys& error) {
      const std::string message = error.what();
      return message_contains(key)(error) && message.find(root.reveal()) == std::string::npos &&
             message.find(other_root.reveal()) == std::string::npos;
    };
  }
};

}  // namespace taskward::testing
