// Search in the audit record: filters, pages, bounded work, partitions, and the record of the search itself.
#include "taskward/store/audit_search.hpp"

#include <functional>
#include <set>

#include "domain_fixture.hpp"
#include "taskward/base/rfc3339.hpp"
#include "taskward/domain/audit_search.hpp"
#include "taskward/store/account_lists.hpp"
#include "taskward/store/audit.hpp"
#include "taskward/store/audit_months.hpp"
#include "taskward/store/dashboard.hpp"

namespace taskward::testing {
namespace {

using model::AuditAction;
using model::AuditFilter;
using model::AuditOutcome;
using model::AuditPosition;

/// The contents of a record that a test inserts.
struct PlantedRecord {
  std::string at = "2026-05-01T12:00:00Z";
  std::string action = "task.update";
  std::optional<std::string> actor = std::nullopt;
  std::optional<std::string> object = std::nullopt;
  std::string outcome = "success";
  std::string address = "192.0.2.7";
  std::string request = "r";
};

/// Advances by 10 seconds on each call.
class FastClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return Timestamp(std::chrono::seconds(10 * ++calls_)); }

 private:
  mutable int calls_ = 0;
};

struct AuditSearchFixture : DomainFixture {
  TestUser root = new_user(model::Role::admin, "root");

  AuditId plant(const PlantedRecord& one) {
    const AuditId id = new_id<AuditId>();
    db::Params params;
    params.id(id).text(one.at).text(one.action).text_or_null(one.actor).text_or_null(one.object);
    params.text(one.outcome).text(one.address).text(one.request);
    owner.query(
        "insert into taskward.audit (id, at, action, actor_id, object_id, outcome, client_address, "
        "request_id)"
        " values ($1::uuid, ($2::text)::timestamptz, $3::text, ($4::text)::uuid, ($5::text)::uuid, $6::text,"
        " ($7::text)::inet, $8::text)",
        params);
    return id;
  }
  /// Inserts `count` equal records, one minute apart.
  void plant_many(const std::string& action, int count, const std::string& from = "2026-05-01") {
    execute(
        "insert into taskward.audit (id, at, action, outcome, client_address, request_id) select "
        "overlay(gen_random_uuid()::text placing '7' from 15)::uuid, '" +
        from + "'::timestamptz + n * interval '1 minute', '" + action +
        "', 'success', '192.0.2.7', 'r' from generate_series(1, " + std::to_string(count) + ") n");
  }

  Result<store::FoundRecords> search(const AuditFilter& filter, int limit = 100,
                                     const std::optional<AuditPosition>& before = {},
                                     const std::optional<std::int64_t>& window = {}) {
    return store::search_audit(service, root.admin_access(), {filter, limit, before, window},
                               {AuditAction::audit_read, store::AuditLookup::Recorded::no}, stamp());
  }
  std::vector<model::AuditRecord> found(const AuditFilter& filter, int limit = 100) {
    auto result = search(filter, limit);
    BOOST_TEST_REQUIRE(outcome(result) == "ok");
    return std::move(result->records);
  }
  /// The request ids of the result, in its order.
  std::string requests(const AuditFilter& filter) {
    std::string out;
    for (const auto& record : found(filter))
      out += (out.empty() ? "" : " ") + record.request_id.value_or("-");
    return out;
  }
  struct Walk {
    std::vector<AuditPosition> positions;
    int pages = 0;
    int empty_pages = 0;
  };
  /// Reads all pages; calls `between` after each.
  Walk walk(const AuditFilter& filter, int limit, const std::optional<std::int64_t>& window = {},
            const std::function<void()>& between = {}) {
    Walk walk;
    std::optional<AuditPosition> before;
    do {
      auto page = search(filter, limit, before, window);
      BOOST_TEST_REQUIRE(outcome(page) == "ok");
      BOOST_TEST(page->records.size() <= static_cast<std::size_t>(limit));
      ++walk.pages;
      if (page->records.empty()) ++walk.empty_pages;
      for (const auto& record : page->records) walk.positions.push_back({record.at, record.id});
      if (page->next && before) BOOST_TEST((*page->next < *before));
      before = page->next;
      if (between) between();
    } while (before && walk.pages < 1000);
    return walk;
  }
  bool index_one() {
    const auto missing = store::missing_audit_indexes(service);
    return !missing.empty() && store::index_audit_month(service, missing.front().name, [] { return false; });
  }
  void index_closed_months() {
    store::make_audit_months(service);
    while (index_one()) {
    }
  }
  /// Inserts `count` records by each of the actors in turn, one every 10 ms from that time (SQL) on.
  void plant_for(const std::vector<UserId>& actors, int count, const std::string& from) {
    std::string ids;
    for (const UserId& one : actors) ids += (ids.empty() ? "" : ",") + one.text();
    execute(
        "insert into taskward.audit (id, at, action, actor_id, object_id, outcome, client_address, "
        "request_id) "
        "select overlay(gen_random_uuid()::text placing '7' from 15)::uuid, " +
        from + " + n * interval '10 ms', 'task.update', ('{" + ids + "}'::uuid[])[1 + n % " +
        std::to_string(actors.size()) + "], gen_random_uuid(), 'success', '10.0.0.0'::inet + n, 'r' || n" +
        " from generate_series(1, " + std::to_string(count) + ") n");
  }
  static constexpr const char* kThisMonth = "date_trunc('month', now(), 'UTC')";
  static constexpr const char* kTwoMonthsAgo = "date_trunc('month', now(), 'UTC') - interval '45 days'";
  /// How many records of a partition statements have fetched so far.
  std::int64_t fetched(const std::string& partition) {
    // A session reports its counts at most once per second unless it is told to.
    for (db::Connection* session : {&service, &owner}) session->execute("select pg_stat_force_next_flush()");
    owner.execute("select pg_stat_clear_snapshot()");
    return number(
        "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_all_tables where relname = '" +
        partition + "'");
  }
  std::string partition_of(const std::string& moment) {
    return text("select to_char((" + moment + ") at time zone 'UTC', '\"audit_\"YYYY_MM')");
  }
  static void check_newest_first_without_repetition(const std::vector<AuditPosition>& positions) {
    BOOST_TEST(
        (std::adjacent_find(positions.begin(), positions.end(), std::less_equal<>()) == positions.end()));
  }
  static Timestamp at(const char* text) { return parse_rfc3339_precise(text).value(); }
  static model::IpNetwork network(const char* text) { return model::IpNetwork::parse(text).value(); }
};

BOOST_FIXTURE_TEST_SUITE(audit_search, AuditSearchFixture)

BOOST_AUTO_TEST_CASE(record_is_returned_with_all_fields) {
  const TestUser ann = new_user(model::Role::user, "ann");
  store::record_failure(service, AuditAction::session_login, ann.user, "wrong_password", stamp());
  const auto all = found({});
  BOOST_TEST_REQUIRE(all.size() == 1U);
  const model::AuditRecord& one = all.front();
  BOOST_TEST(one.action == "session.login");
  BOOST_TEST(one.outcome == "failure");
  BOOST_TEST(one.reason.value() == "wrong_password");
  BOOST_TEST(one.object_type.value() == "user");
  BOOST_TEST((one.object_id == ann.user.uuid));
  BOOST_TEST(one.client_address.value() == "192.0.2.7");
  BOOST_TEST(one.user_agent.value() == "a test");
  BOOST_TEST(one.request_id.value() == "request-1");
  BOOST_TEST(!one.actor_id.has_value());
  BOOST_TEST(!one.changed_fields.has_value());
  BOOST_TEST(rfc3339_precise(one.at) ==
             text("select to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from "
                  "taskward.audit"));
}

BOOST_AUTO_TEST_CASE(each_filter_selects_matching_records) {
  const UserId ann = new_id<UserId>();
  const UserId bob = new_id<UserId>();
  const TaskId tea = new_id<TaskId>();
  plant({.at = "2026-05-01T12:00:00Z", .actor = ann.text(), .object = tea.text(), .request = "1"});
  plant({.at = "2026-05-01T12:00:01Z", .action = "session.login", .outcome = "failure", .request = "2"});
  plant({.at = "2026-05-01T12:00:02Z", .action = "session.logout", .actor = bob.text(), .request = "3"});
  plant({.at = "2026-05-01T12:00:03Z",
         .action = "access.denied",
         .actor = bob.text(),
         .object = tea.text(),
         .outcome = "denied",
         .address = "192.0.2.99",
         .request = "4"});
  plant({.at = "2026-05-01T12:00:04Z", .action = "key.rotate", .address = "2001:db8:1::5", .request = "5"});
  plant({.at = "2026-05-01T12:00:05.000007Z", .address = "198.51.100.1", .request = "6"});

  BOOST_TEST(requests({}) == "6 5 4 3 2 1");
  BOOST_TEST(requests({.actor = ann}) == "1");
  BOOST_TEST(requests({.actor = bob}) == "4 3");
  BOOST_TEST(requests({.object = tea.uuid}) == "4 1");
  BOOST_TEST(requests({.actions = {AuditAction::task_update}}) == "6 1");
  BOOST_TEST(requests({.actions = {AuditAction::key_rotate}}) == "5");
  BOOST_TEST(requests({.actions = model::audit_actions("session.")}) == "3 2");
  BOOST_TEST(requests({.actions = {AuditAction::task_update, AuditAction::key_rotate}}) == "6 5 1");
  BOOST_TEST(requests({.outcomes = {AuditOutcome::denied}}) == "4");
  BOOST_TEST(requests({.outcomes = {AuditOutcome::failure, AuditOutcome::denied}}) == "4 2");
  BOOST_TEST(requests({.outcomes = {AuditOutcome::success, AuditOutcome::denied}}) == "6 5 4 3 1");
  BOOST_TEST(requests({.address = network("192.0.2.7")}) == "3 2 1");
  BOOST_TEST(requests({.address = network("::ffff:192.0.2.99")}) == "4");
  BOOST_TEST(requests({.address = network("192.0.2.0/24")}) == "4 3 2 1");
  BOOST_TEST(requests({.address = network("192.0.2.64/26")}) == "4");
  BOOST_TEST(requests({.address = network("2001:db8::/32")}) == "5");
  BOOST_TEST(requests({.address = network("2001:db8:1::5")}) == "5");
  BOOST_TEST(requests({.address = network("0.0.0.0/0")}) == "6 4 3 2 1");
  BOOST_TEST(requests({.request_id = "3"}) == "3");
  BOOST_TEST(requests({.request_id = "33"}) == "");
  BOOST_TEST(requests({.from = at("2026-05-01T12:00:04Z")}) == "6 5");
  BOOST_TEST(requests({.to = at("2026-05-01T12:00:02Z")}) == "2 1");
  BOOST_TEST(requests({.from = at("2026-05-01T12:00:01Z"), .to = at("2026-05-01T12:00:03Z")}) == "3 2");
  // Limits are exact to the microsecond.
  BOOST_TEST(requests({.from = at("2026-05-01T12:00:05.000007Z")}) == "6");
  BOOST_TEST(requests({.from = at("2026-05-01T12:00:05.000008Z")}) == "");
  BOOST_TEST(requests({.from = at("2026-05-01T12:00:05Z"), .to = at("2026-05-01T12:00:05.000007Z")}) == "");
  BOOST_TEST(requests({.from = at("2026-05-01T12:00:05Z"), .to = at("2026-05-01T12:00:05.000008Z")}) == "6");
  // Combined filters.
  BOOST_TEST(requests({.actor = bob, .object = tea.uuid}) == "4");
  BOOST_TEST(requests({.actor = ann, .actions = {AuditAction::key_rotate}}) == "");
  BOOST_TEST(requests({.actions = model::audit_actions("session."), .outcomes = {AuditOutcome::failure}}) ==
             "2");
  BOOST_TEST(requests({.actions = {AuditAction::task_update}, .outcomes = {AuditOutcome::failure}}) == "");
  BOOST_TEST(requests({.actions = {AuditAction::task_update, AuditAction::key_rotate},
                       .address = network("198.51.100.0/24")}) == "6");
  BOOST_TEST(requests({.object = tea.uuid, .request_id = "1", .to = at("2026-05-01T12:00:03Z")}) == "1");
}

BOOST_AUTO_TEST_CASE(pages_have_no_gaps_or_duplicates_during_writes) {
  const UserId ann = new_id<UserId>();
  const std::string moment = "2026-05-01T12:00:00.000001Z";
  std::set<AuditPosition> expected;
  for (int i = 0; i < 43; ++i) {
    // Many records have the same time, so that the id decides the order.
    const AuditId id = plant({.at = moment, .actor = ann.text()});
    expected.insert({at(moment.c_str()), id});
    plant({.at = "2026-05-01T12:00:0" + std::to_string(i % 9) + "Z"});
  }
  for (const std::optional<std::int64_t> window : {std::optional<std::int64_t>(), {7}, {1}}) {
    const Walk pages =
        walk({.actor = ann}, 5, window, [&] { plant({.at = "2026-05-02T12:00:00Z", .actor = ann.text()}); });
    check_newest_first_without_repetition(pages.positions);
    // Records newer than the first page were written after it was read.
    std::set<AuditPosition> got;
    for (const AuditPosition& place : pages.positions) {
      if (place.at == at(moment.c_str())) got.insert(place);
    }
    BOOST_TEST((got == expected));
  }
  // A full last page has no cursor.
  auto exact = search({.actor = ann, .to = at("2026-05-02T00:00:00Z")}, 43);
  BOOST_TEST(exact->records.size() == 43U);
  BOOST_TEST(!exact->next.has_value());
  BOOST_TEST(search({.actor = ann, .to = at("2026-05-02T00:00:00Z")}, 42)->next.has_value());
}

BOOST_AUTO_TEST_CASE(sparse_search_reads_a_bounded_window_and_returns_a_cursor) {
  plant_many("task.create", 300);
  plant({.at = "2026-05-01T02:00:30Z", .request = "needle"});  // between the 120th and the 121st
  const AuditFilter rare{.actions = {AuditAction::task_update}};
  auto first = search(rare, 10, {}, 100);
  BOOST_TEST(first->records.empty());
  BOOST_TEST_REQUIRE(first->next.has_value());
  BOOST_TEST(rfc3339(first->next->at) == "2026-05-01T03:21:00.000Z");
  auto second = search(rare, 10, first->next, 100);
  BOOST_TEST_REQUIRE(second->records.size() == 1U);
  BOOST_TEST(second->records.front().request_id.value() == "needle");
  BOOST_TEST_REQUIRE(second->next.has_value());
  const Walk pages = walk(rare, 10, 100);
  BOOST_TEST(pages.positions.size() == 1U);
  BOOST_TEST(pages.pages == 4);  // 301 records in windows of 100
  // A record at the end of a window is found once.
  for (const std::int64_t window : {180, 181, 182}) BOOST_TEST(walk(rare, 10, window).positions.size() == 1U);
}

BOOST_AUTO_TEST_CASE(every_filter_returns_the_same_pages_for_any_window_size) {
  const auto ann = new_id<UserId>().text();
  const auto tea = new_id<TaskId>().text();
  std::vector<std::string> actions{"session.login", "key.rotate", "task.update", "account.lock"};
  for (int i = 0; i < 120; ++i) {
    plant({.at = "2026-0" + std::to_string(1 + i % 7) + "-01T12:00:00." + std::to_string(100 + i) + "Z",
           .action = actions.at(static_cast<std::size_t>(i) % actions.size()),
           .actor = i % 2 == 0 ? std::optional(ann) : std::nullopt,
           .object = i % 3 == 0 ? std::optional(tea) : std::nullopt,
           .outcome = i % 5 == 0 ? "failure" : "success",
           .address = i % 7 == 0 ? "198.51.100.1" : "192.0.2.7",
           .request = i % 4 == 0 ? "same" : "other"});
  }
  const auto actor = UserId::parse(ann);
  const auto object = Uuid::parse(tea);
  const std::vector<AuditFilter> filters{
      {},
      {.actor = actor, .outcomes = {AuditOutcome::failure}},
      {.object = object, .address = network("192.0.2.0/24")},
      {.actions = {AuditAction::session_login, AuditAction::account_lock},
       .outcomes = {AuditOutcome::success}},
      {.actions = {AuditAction::session_login, AuditAction::account_lock, AuditAction::key_revoke}},
      {.actions = {AuditAction::task_update}, .outcomes = {AuditOutcome::failure}},
      {.outcomes = {AuditOutcome::success}, .address = network("198.51.100.1")},
      {.outcomes = {AuditOutcome::success}, .request_id = "same"},
      {.from = at("2026-02-01T12:00:00Z"), .to = at("2026-06-01T12:00:00.150Z")},
  };
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const Walk whole = walk(filters[i], 100, 100'000);
    BOOST_TEST_CONTEXT("filter " << i) {
      BOOST_TEST(whole.positions.size() >= (i == 4 ? 60U : 2U));
      for (const std::int64_t window : {1, 2, 13}) {
        const Walk small = walk(filters[i], 3, window);
        check_newest_first_without_repetition(small.positions);
        BOOST_TEST((small.positions == whole.positions), "window " << window);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_filter_returns_the_same_pages_in_open_and_closed_months) {
  const auto ann = new_id<UserId>();
  const auto tea = new_id<TaskId>();
  for (int i = 0; i < 45; ++i) {
    plant({.at = text("select (now() - interval '1 minute' - " + std::to_string(i) +
                      " * interval '2 days')::text"),
           .action = i % 3 == 0 ? "session.login" : "task.update",
           .actor = i % 2 == 0 ? std::optional(ann.text()) : std::nullopt,
           .object = i % 5 == 0 ? std::optional(tea.text()) : std::nullopt,
           .outcome = i % 7 == 0 ? "failure" : "success",
           .address = i % 4 == 0 ? "198.51.100.1" : "192.0.2.7",
           .request = i % 6 == 0 ? "same" : "other"});
  }
  const auto middle = clock.now() - std::chrono::hours(24 * 45);
  const std::vector<std::pair<AuditFilter, std::string>> filters{
      {{.actor = ann}, "actor_id is not null"},
      {{.actor = ann, .outcomes = {AuditOutcome::failure}}, "actor_id is not null and outcome = 'failure'"},
      {{.object = tea.uuid}, "object_id is not null"},
      {{.address = network("198.51.100.1")}, "client_address = '198.51.100.1'"},
      {{.request_id = "same"}, "request_id = 'same'"},
      {{.request_id = "none"}, "false"},
      {{.actor = ann, .from = middle}, "actor_id is not null and at >= now() - interval '45 days'"},
      {{.actor = ann, .to = middle}, "actor_id is not null and at < now() - interval '45 days'"},
  };
  const auto check = [&] {
    for (std::size_t i = 0; i < filters.size(); ++i) {
      BOOST_TEST_CONTEXT("filter " << i) {
        const auto& [filter, condition] = filters[i];
        const auto expected = static_cast<std::size_t>(count_rows("audit where " + condition));
        const Walk whole = walk(filter, 100);
        BOOST_TEST(whole.pages == 1);
        BOOST_TEST(whole.positions.size() == expected);
        for (const auto& [limit, window] : {std::pair(100, 1), {3, 2}, {3, 13}, {1, 1000}, {7, 1000}}) {
          const Walk small = walk(filter, limit, window);
          check_newest_first_without_repetition(small.positions);
          BOOST_TEST((small.positions == whole.positions), "limit " << limit << ", window " << window);
        }
      }
    }
  };
  check();  // months in the default partition
  BOOST_TEST(store::make_audit_months(service) > 0);
  check();  // closed months without indexes
  BOOST_TEST(index_one());
  check();  // an incomplete one
  index_closed_months();
  check();
}

BOOST_AUTO_TEST_CASE(lookup_in_the_open_month_examines_a_bounded_number_of_records) {
  const UserId ann = new_id<UserId>();
  const int window = static_cast<int>(store::kAuditWindowByTime - store::kAuditWindowByKey);
  plant({.at = text(std::string("select (") + kTwoMonthsAgo + ")::text"), .actor = ann.text()});
  plant(
      {.at = text(std::string("select (") + kThisMonth + " + interval '1 ms')::text"), .actor = ann.text()});
  plant_for({new_id<UserId>()}, window + 5, kThisMonth);
  index_closed_months();
  const auto before = fetched(partition_of(kThisMonth));
  const auto first = search({.actor = ann});
  BOOST_TEST(first->records.empty());
  BOOST_TEST_REQUIRE(first->next.has_value());
  const auto examined = fetched(partition_of(kThisMonth)) - before;
  BOOST_TEST(examined >= window);
  BOOST_TEST(examined <= window + 10);
  // The rest of the open month and the closed ones.
  const auto second = search({.actor = ann}, 100, first->next);
  BOOST_TEST(second->records.size() == 2U);
  BOOST_TEST(!second->next.has_value());
}

BOOST_AUTO_TEST_CASE(lookup_in_a_closed_month_uses_its_index_and_leaves_the_open_month_out) {
  std::vector<UserId> actors(200);
  for (UserId& one : actors) one = new_id<UserId>();
  plant_for(actors, 20'000, kTwoMonthsAgo);
  plant_for(actors, 20'000, kThisMonth);
  index_closed_months();
  execute("analyze taskward.audit");
  const Timestamp to = clock.now() - std::chrono::hours(24 * 32);
  const std::string object =
      text("select object_id::text from taskward.audit where request_id = 'r777' order by at limit 1");
  const std::string closed = partition_of(kTwoMonthsAgo);
  const std::string open = partition_of(kThisMonth);
  for (const char* mode : {"force_custom_plan", "force_generic_plan"}) {
    service.execute(std::string("set plan_cache_mode = ") + mode);
    for (const AuditFilter& filter :
         {AuditFilter{.actor = actors[7], .to = to}, AuditFilter{.object = Uuid::parse(object), .to = to},
          AuditFilter{.address = network("10.0.3.9"), .to = to},
          AuditFilter{.request_id = "r777", .to = to}}) {
      const auto of_closed = fetched(closed);
      const auto of_open = fetched(open);
      BOOST_TEST(!found(filter).empty());
      BOOST_TEST(fetched(closed) - of_closed <= 200, mode);
      BOOST_TEST(fetched(open) == of_open, mode);
    }
  }
}

BOOST_AUTO_TEST_CASE(activity_and_dashboard_read_few_records_of_an_open_month_full_of_tasks) {
  const TestUser ann = new_user(model::Role::user, "ann");
  const auto administrator = root.admin_access();
  store::record_failure(service, AuditAction::session_login, ann.user, "wrong_password", stamp());
  plant({.at = text("select (now() - interval '1 hour')::text"),
         .action = "session.refresh",
         .actor = ann.user.text()});
  plant_for({ann.user}, 20'000, "now()");
  execute("analyze taskward.audit");
  for (const char* mode : {"force_custom_plan", "force_generic_plan"}) {
    service.execute(std::string("set plan_cache_mode = ") + mode);
    const auto before = fetched(partition_of("now()"));
    BOOST_TEST(store::list_activity(service, ann.profile_access(), 20, {})->size() >= 2U, mode);
    BOOST_TEST(store::read_dashboard(service, root.admin_access(), stamp())->login_failures == 1, mode);
    BOOST_TEST(outcome(store::read_account(service, administrator, ann.user, stamp())) == "ok", mode);
    BOOST_TEST(found({.outcomes = {AuditOutcome::failure}}).size() == 1U, mode);
    BOOST_TEST(found({.actions = {AuditAction::session_login}}).size() == 1U, mode);
    BOOST_TEST(fetched(partition_of("now()")) - before <= 100, mode);
  }
}

BOOST_AUTO_TEST_CASE(partitions_outside_the_time_span_are_not_scanned) {
  execute(
      "create table taskward.t_march partition of taskward.audit for values from ('2025-03-01') to "
      "('2025-04-01');"
      "create table taskward.t_april partition of taskward.audit for values from ('2025-04-01') to "
      "('2025-05-01')");
  const UserId ann = new_id<UserId>();
  plant({.at = "2025-03-31T23:59:59.999999Z", .actor = ann.text(), .request = "march"});
  plant({.at = "2025-04-01T00:00:00Z", .actor = ann.text(), .request = "april"});
  plant({.at = "2026-04-01T00:00:00Z", .actor = ann.text(), .request = "later"});
  BOOST_TEST(requests({.actor = ann}) == "later april march");
  BOOST_TEST(requests({.actor = ann, .to = at("2025-04-01T00:00:00Z")}) == "march");
  BOOST_TEST(requests({.from = at("2025-04-01T00:00:00Z"), .to = at("2025-05-01T00:00:00Z")}) == "april");
  BOOST_TEST(walk({.actor = ann}, 1).positions.size() == 3U);
  // Locks cannot show which partitions are read, because planning locks all of them: the test counts scans.
  const auto scans = [&](const std::string& table) {
    service.execute("select pg_stat_force_next_flush()");
    return number(
        "select coalesce(seq_scan, 0) + coalesce(idx_scan, 0) from pg_stat_all_tables where "
        "relname = '" +
        table + "'");
  };
  const auto march = scans("t_march");
  const auto april = scans("t_april");
  // Often enough for PostgreSQL to switch to a generic plan.
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(found({.actor = ann, .from = at("2025-04-10T00:00:00Z")}));
    static_cast<void>(found({.from = at("2025-04-10T00:00:00Z"), .to = at("2025-04-11T00:00:00Z")}));
  }
  BOOST_TEST(scans("t_march") == march);
  BOOST_TEST(scans("t_april") > april);
}

BOOST_AUTO_TEST_CASE(search_is_recorded_but_does_not_find_itself) {
  const auto search_as = [&](AuditAction as, store::AuditLookup::Recorded recorded) {
    return store::search_audit(service, root.admin_access(), {{}, 10}, {as, recorded}, stamp());
  };
  BOOST_TEST(search_as(AuditAction::audit_read, store::AuditLookup::Recorded::yes)->records.empty());
  auto records = audit();
  BOOST_TEST_REQUIRE(records.size() == 1U);
  BOOST_TEST(records[0].line() == "audit.read success -");
  BOOST_TEST(records[0].actor == root.user.text());
  BOOST_TEST(records[0].actor_role == "admin");
  BOOST_TEST(records[0].object_type == "audit");
  BOOST_TEST(records[0].request == "request-1");
  BOOST_TEST(search_as(AuditAction::audit_export, store::AuditLookup::Recorded::yes)->records.size() == 1U);
  BOOST_TEST(search_as(AuditAction::audit_export, store::AuditLookup::Recorded::no)->records.size() == 2U);
  BOOST_TEST(audit_lines() == (Lines{"audit.read success -", "audit.export success -"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(export_without_matches_returns_an_empty_part_and_continues) {
  plant_many("task.create", static_cast<int>(store::kAuditWindowByTime) + 10);
  plant({.at = "2026-01-01T00:00:00Z", .request = "needle"});
  const FastClock fast_clock;
  const domain::Resources fast_resources{service, fast_clock,      random,       keys,  passwords,
                                         hashing, password_policy, derived_keys, rules, meter,
                                         health,  hints,           known_tokens};
  const AuditFilter rare{.actions = {AuditAction::task_update}};
  domain::AuditExport slow(fast_resources, root.admin_access(), rare, {}, origin);
  auto part = slow.next();
  BOOST_TEST_REQUIRE(outcome(part) == "ok");
  BOOST_TEST(part->empty());
  BOOST_TEST(!slow.is_over());
  part = slow.next();
  BOOST_TEST_REQUIRE(part->size() == 1U);
  BOOST_TEST(part->front().request_id.value() == "needle");
  BOOST_TEST(slow.is_over());
  // Within the time limit the same search is one part.
  domain::AuditExport quick(resources, root.admin_access(), rare, {}, origin);
  BOOST_TEST(quick.next()->size() == 1U);
  BOOST_TEST(quick.is_over());
}

BOOST_AUTO_TEST_CASE(export_returns_every_record_once_and_is_recorded_once) {
  plant_many("task.create", 2 * static_cast<int>(domain::AuditExport::kPart) + 1);
  domain::AuditExport source(resources, root.admin_access(), {}, {}, origin);
  std::vector<AuditPosition> positions;
  while (!source.is_over()) {
    const auto part = source.next();
    BOOST_TEST_REQUIRE(outcome(part) == "ok");
    BOOST_TEST(part->size() <= static_cast<std::size_t>(domain::AuditExport::kPart));
    for (const auto& record : *part) positions.push_back({record.at, record.id});
  }
  check_newest_first_without_repetition(positions);
  BOOST_TEST(positions.size() == 2 * static_cast<std::size_t>(domain::AuditExport::kPart) + 1);
  BOOST_TEST(count_rows("audit where action = 'audit.export'") == 1);
}

BOOST_AUTO_TEST_CASE(export_ends_when_the_caller_is_demoted) {
  plant_many("task.create", 2 * static_cast<int>(domain::AuditExport::kPart));
  domain::AuditExport source(resources, root.admin_access(), {}, {}, origin);
  BOOST_TEST(outcome(source.next()) == "ok");
  set_role(root, model::Role::user);
  BOOST_TEST(outcome(source.next()) == "forbidden");
  BOOST_TEST(count_rows("audit where action = 'access.denied' and reason = "
                        "'audit.export'") == 1);
}

BOOST_AUTO_TEST_CASE(former_administrator_is_forbidden_and_the_denial_is_recorded) {
  const auto ask = [&](const TestUser& who, store::AuditLookup::Recorded recorded) {
    return outcome(store::search_audit(service, who.admin_access(), {{}, 10},
                                       {AuditAction::audit_export, recorded}, stamp()));
  };
  const TestUser ann = new_user(model::Role::user, "ann");
  const TestUser guest = new_user(model::Role::guest, "guest");
  plant({});
  for (const TestUser& who : {ann, guest}) {
    for (const auto recorded : {store::AuditLookup::Recorded::yes, store::AuditLookup::Recorded::no})
      BOOST_TEST(ask(who, recorded) == "forbidden");
  }
  BOOST_TEST(count_rows("audit where action = 'access.denied' and outcome = "
                        "'denied' and reason = 'audit.export'") == 4);
  revoke(root);
  BOOST_TEST(ask(root, store::AuditLookup::Recorded::yes) == "invalid_token");
  deactivate(ann);
  BOOST_TEST(ask(ann, store::AuditLookup::Recorded::yes) == "invalid_token");
}

BOOST_AUTO_TEST_CASE(action_index_excludes_exactly_the_frequent_actions) {
  const std::string definition = text("select pg_get_indexdef('taskward.audit_by_action'::regclass)");
  std::string expected = "WHERE (action <> ALL (ARRAY[";
  for (const AuditAction one : model::kFrequentActions)
    expected += (expected.ends_with('[') ? "'" : ", '") + std::string(name(one)) + "'::text";
  BOOST_TEST(definition.ends_with(expected + "]))"), definition);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace taskward::testing
