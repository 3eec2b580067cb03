// Statements of one kind, of which there are too many to build all of them at the start.
#pragma once

#include <map>
#include <mutex>

#include "taskward/db/statement.hpp"

namespace taskward::store {

template <class Shape>
class StatementFamily {
 public:
  using Make = db::Statement (*)(const Shape& shape);
  explicit StatementFamily(Make make) : make_(make) {}

  /// Built when it is first asked for, and kept for the life of the process.
  [[nodiscard]] const db::Statement& of(const Shape& shape) {
    const std::scoped_lock lock(mutex_);
    const auto found = statements_.find(shape);
    if (found != statements_.end()) return found->second;
    return statements_.emplace(shape, make_(shape)).first->second;
  }

 private:
  Make make_;
  std::mutex mutex_;
  std::map<Shape, db::Statement> statements_;
};

}  // namespace taskward::store
