// Creating several ids.
#pragma once

#include <cstddef>
#include <vector>

#include "taskward/domain/resources.hpp"

namespace taskward::domain {

template <class AnId>
[[nodiscard]] std::vector<AnId> new_ids(const Clock& clock, RandomSource& random, std::size_t count) {
  std::vector<AnId> ids;
  ids.reserve(count);
  for (std::size_t i = 0; i < count; ++i) ids.push_back(AnId::make(clock, random));
  return ids;
}

template <class AnId>
[[nodiscard]] std::vector<AnId> new_ids(const Resources& resources, std::size_t count) {
  return new_ids<AnId>(resources.clock, resources.random, count);
}

}  // namespace taskward::domain
