// Shorthands for tests of tasks.
#pragma once

#include "fixture.hpp"
#include "taskward/store/tasks.hpp"

namespace taskward::testing {

struct TaskFixture : StoreFixture {
  Someone ann = someone(model::Role::user, "ann");
  Someone bob = someone(model::Role::user, "bob");

  model::Task make(const Someone& who, const std::string& title = "a task",
                   model::TaskStatus status = model::TaskStatus::todo) {
    auto made =
        store::insert_task(service, who.writes(), new_id<TaskId>(), {title, "as described", status}, stamp());
    BOOST_TEST_REQUIRE(outcome(made) == "ok");
    return std::move(*made);
  }
  Result<model::Task> find(const Someone& who, const TaskId& id) {
    return store::find_task(service, who.reads(), id);
  }
  Result<model::Task> change(const Someone& who, const TaskId& id, const model::TaskChange& change) {
    return store::update_task(service, who.writes(), id, change, stamp());
  }
  Result<Done> remove(const Someone& who, const TaskId& id) {
    return store::delete_task(service, who.writes(), id, stamp());
  }
  /// Every task of everybody, in full.
  std::string all_tasks() {
    return text("select coalesce(string_agg(t::text, ' ' order by id), '') from taskward.tasks t");
  }
};

}  // namespace taskward::testing
