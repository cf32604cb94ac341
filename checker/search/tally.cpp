// Sums over runs.
#include "checker/search/tally.hpp"

#include <algorithm>
#include <bit>
#include <string_view>
#include <type_traits>

#include <xxhash.h>

#include "sim/fault.hpp"
#include "sim/lockless_need.hpp"
#include "sim/rng.hpp"
#include "sim/run.hpp"

namespace interfuse {

static_assert(std::is_trivially_copyable_v<tally>, "workers send it as bytes");
static_assert(sim::event_kinds <= 64, "a run's kinds of events are bits of a word");

static bool is_examined(std::uint64_t run)
{
    return run < 4096 || run % 64 == 0;
}

std::uint64_t salt_of(std::string_view scenario)
{
    return XXH3_64bits(scenario.data(), scenario.size());
}

// The record holds a byte for each event and three for each choice, whose first has its highest bit set.
void tally::examine_record()
{
    std::uint64_t seen = 0;
    for (const std::byte *at = sim::the_run.record.get(); at < sim::the_run.record_end;) {
        auto tag = static_cast<unsigned>(*at);
        bool is_choice = tag >= 0x80;
        choices += is_choice;
        seen |= is_choice ? 0 : std::uint64_t{1} << tag;
        at += is_choice ? 3 : 1;
    }
    for (; seen != 0; seen &= seen - 1)
        ++runs_with[static_cast<unsigned>(std::countr_zero(seen))];
    ++examined;
}

void tally::add_observation(const observation &seen)
{
    for (std::uint64_t goals = seen.reached_goals(); goals != 0; goals &= goals - 1)
        ++runs_reaching[static_cast<unsigned>(std::countr_zero(goals))];
    for (std::uint16_t number : seen.struck())
        ++runs_struck[number];
}

void tally::add_run(std::uint64_t number, const run_result &result, std::uint64_t salt)
{
    ++runs;
    steps += result.steps;
    std::uint64_t mixed = result.record_hash ^ salt;
    digest += sim::splitmix64(mixed);
    ++verdicts[static_cast<unsigned>(result.verdict.kind)];
    schedules.add(sim::record_hash(0));
    if (result.seen != nullptr)
        add_observation(*result.seen);
    if (is_examined(number))
        examine_record();
    lockless_needed |= sim::lockless_needs();
    for (const sim::lock_edge &edge : sim::lock_edges())
        add_order({edge, number});
    if (result.fingerprint != 0)
        count_finding({result.fingerprint, 1, number});
}

// There are fewer classes of locks than would fill the list.
void tally::add_order(const first_order &more)
{
    bool known = std::ranges::any_of(listed_orders(), [&](const first_order &o) { return o.edge == more.edge; });
    if (known)
        return;
    sim::require(order_count < orders_max, "there are more orders of locks than can be listed");
    orders[order_count++] = more;
}

void tally::count_finding(const finding_count &more)
{
    for (finding_count &known : std::span(finding_counts.data(), findings)) {
        if (known.fingerprint == more.fingerprint) {
            known.count += more.count;
            return;
        }
    }
    if (findings == findings_max)
        findings_unlisted += more.count;
    else
        finding_counts[findings++] = more;
}

void tally::fold(const tally &later)
{
    runs += later.runs;
    steps += later.steps;
    digest += later.digest;
    for (unsigned i = 0; i < verdict_kinds; ++i)
        verdicts[i] += later.verdicts[i];
    examined += later.examined;
    choices += later.choices;
    for (unsigned i = 0; i < sim::event_kinds; ++i)
        runs_with[i] += later.runs_with[i];
    for (unsigned i = 0; i < goals_max; ++i)
        runs_reaching[i] += later.runs_reaching[i];
    for (unsigned i = 0; i < strike_numbers; ++i)
        runs_struck[i] += later.runs_struck[i];
    schedules.merge(later.schedules);
    for (const finding_count &more : later.listed())
        count_finding(more);
    lockless_needed |= later.lockless_needed;
    for (const first_order &more : later.listed_orders())
        add_order(more);
    findings_unlisted += later.findings_unlisted;
}

} // namespace interfuse
