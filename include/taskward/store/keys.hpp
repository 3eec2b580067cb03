// Signing keys, their private halves sealed.
#pragma once

#include <string>
#include <vector>

#include "taskward/db/connection.hpp"
#include "taskward/model/jws_algorithm.hpp"

namespace taskward::store {

struct StoredKey {
  std::string kid;
  model::JwsAlgorithm algorithm = model::JwsAlgorithm::ES256;
  std::string public_der;
  std::string sealed_private_key;
};

/// The keys that may verify now, the one to sign with first for each algorithm.
[[nodiscard]] std::vector<StoredKey> usable_keys(db::Connection& database);

/// Stores the key unless its algorithm has one that may sign. Of many at once exactly one succeeds.
void insert_first_key(db::Connection& database, const StoredKey& key);

}  // namespace taskward::store
