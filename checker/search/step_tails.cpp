// Keeping the ends of steps.
#include "checker/search/step_tails.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include <xxhash.h>

#include "sim/run.hpp"

namespace interfuse {

namespace {

// Of equal accesses, as those of one place in a loop, the first is enough. By words, and then in the order in which
// they came.
void leave_first_of_equal(std::vector<sim::step_access> &accesses)
{
    auto what = [](const sim::step_access &each) { return std::tuple(each.word, each.way, each.bytes, each.site); };
    std::ranges::sort(accesses, [&](const sim::step_access &a, const sim::step_access &b) {
        return std::tuple(what(a), a.at) < std::tuple(what(b), b.at);
    });
    auto equal = [&](const sim::step_access &a, const sim::step_access &b) { return what(a) == what(b); };
    accesses.erase(std::unique(accesses.begin(), accesses.end(), equal), accesses.end());
    std::ranges::sort(accesses, [](const sim::step_access &a, const sim::step_access &b) {
        return std::tuple(a.word, a.at) < std::tuple(b.word, b.at);
    });
}

} // namespace

step_tails::step_tails(bool wide) : wide(wide)
{
    sim::the_run.watching |= sim::watch_steps;
    sim::the_run.events_heard = true;
}

void step_tails::begin()
{
    step.clear();
    sim::listed_step = &step;
}

void step_tails::end(unsigned task)
{
    sim::listed_step = nullptr;
    std::uint32_t told = 0;
    for (const sim::step_edge &each : step.released)
        told = std::max(told, each.at);
    std::vector<sim::step_access> left;
    std::ranges::copy_if(step.accesses, std::back_inserter(left), [&](const sim::step_access &each) {
        return each.at >= told && std::ranges::none_of(step.born, [&](const sim::step_birth &born) {
                   return born.at > each.at && each.word >= born.first && each.word <= born.last;
               });
    });
    leave_first_of_equal(left);
    replace(task, std::move(left), true);
    // What others did to memory that is another object's now is over.
    if (step.born.empty())
        return;
    for (unsigned other = 0; other < sim::the_world().task_count; ++other) {
        if (other == task || tails[other].accesses.empty())
            continue;
        std::vector<sim::step_access> rest;
        std::ranges::copy_if(tails[other].accesses, std::back_inserter(rest), [&](const sim::step_access &each) {
            return std::ranges::none_of(step.born, [&](const sim::step_birth &born) {
                return each.word >= born.first && each.word <= born.last;
            });
        });
        if (rest.size() != tails[other].accesses.size())
            replace(other, std::move(rest), false);
    }
}

void step_tails::replace(unsigned task, std::vector<sim::step_access> accesses, bool is_first)
{
    changes.push_back({task, std::move(tails[task].accesses), keys[task], is_first});
    tails[task].accesses = std::move(accesses);
    put_key(task, key_of(task));
}

void step_tails::put_key(unsigned task, const state_key &key)
{
    sum -= keys[task];
    sum += key;
    keys[task] = key;
}

void step_tails::back()
{
    for (bool through = false; !through; changes.pop_back()) {
        change &last = changes.back();
        tails[last.task].accesses = std::move(last.accesses);
        put_key(last.task, last.key);
        through = last.is_first;
    }
}

state_key step_tails::key_of(unsigned task) const
{
    const std::vector<sim::step_access> &accesses = tails[task].accesses;
    if (accesses.empty())
        return {};
    state_key key{task + 1, task + 1};
    for (const sim::step_access &each : accesses) {
        // Where memory is freed has a number that depends on what else this process has seen.
        std::uint32_t site = each.way == sim::access_way::free ? 0 : each.site;
        std::uint64_t mix[] = {key.low, key.high, std::uint64_t{each.word} << 32 | site,
                               std::uint64_t{each.bytes} << 8 | static_cast<std::uint64_t>(each.way)};
        XXH128_hash_t hash = XXH3_128bits(mix, sizeof mix);
        key = {hash.low64, wide ? hash.high64 : 0};
    }
    return key;
}

} // namespace interfuse
