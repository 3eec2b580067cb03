// The resources of a handler, with a database that cannot be reached.
#pragma once

#include <string>

#include "taskward/domain/resources.hpp"
#include "tests/support/common_passwords.hpp"
#include "tests/support/counting_random.hpp"
#include "tests/support/fixed_clock.hpp"

namespace taskward::testing {

struct ResourcesWithoutDatabase {
  FixedClock clock;
  CountingRandom random;
  Log silent{-1, LogLevel::error, clock};
  Secret conninfo{"host=/nonexistent dbname=none connect_timeout=1"};
  Secret secret_key{std::string(32, 's')};
  Secret no_key;
  db::Connection database{{conninfo, "test"}, silent};
  domain::KeyRing key_ring{{model::JwsAlgorithm::ES256, secret_key, no_key, {"issuer", "audience"}}, random};
  crypto::PasswordHasher passwords{4, random};
  domain::PasswordPolicy password_policy{common_passwords({"password1"})};
  domain::HashingGate hashing{2, std::chrono::seconds(10)};
  domain::DerivedKeys derived_keys{secret_key};
  domain::Rules rules;
  model::NoMeter meter;
  domain::DatabaseHealth health;
  store::OwnerHints owner_hints;
  domain::KnownTokens known_tokens;
  domain::Resources resources{database, clock,           random,       key_ring, passwords,
                              hashing,  password_policy, derived_keys, rules,    meter,
                              health,   owner_hints,     known_tokens};
};

}  // namespace taskward::testing
