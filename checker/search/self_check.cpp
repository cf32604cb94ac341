// Trying out what a search takes for granted.
#include "checker/search/self_check.hpp"

#include <algorithm>
#include <bit>

#include <xxhash.h>

#include "checker/runner.hpp"
#include "sim/fault.hpp"
#include "sim/run.hpp"
#include "sim/variants.hpp"

namespace interfuse {

namespace {

void fold(std::uint64_t &hash, std::uint64_t value)
{
    std::uint64_t both[] = {hash, value};
    hash = XXH3_64bits(both, sizeof both);
}

void fold_words(std::uint64_t &hash, std::vector<sim::word_index> &words)
{
    std::ranges::sort(words);
    fold(hash, XXH3_64bits(words.data(), words.size() * sizeof words[0]));
}

} // namespace

void self_check::hash(const char *when) const
{
    sim::require(way.hash() == way.hash_from_scratch(), when);
}

bool self_check::take(const search_step &step)
{
    script.answers = step.answers;
    script.used = 0;
    return way.step(step.task);
}

// Takes each step that the task can take, one for each list of answers, and takes it back.
template <typename Visit> void self_check::for_each_step(unsigned task, Visit visit)
{
    search_step step{task, {}};
    bool more = true;
    while (more) {
        bool continues = take(step);
        step.answers = script.answers;
        visit(step, continues);
        way.back();
        more = sim::advance(step.answers);
    }
}

std::uint64_t self_check::behaviour()
{
    std::uint64_t enabled = way.enabled();
    std::uint64_t all = enabled;
    fold(all, way.alive());
    for (std::uint64_t rest = enabled; rest != 0; rest &= rest - 1)
        for_each_step(static_cast<unsigned>(std::countr_zero(rest)), [&](const search_step &step, bool continues) {
            const sim::step_footprint &touched = sim::the_footprint;
            words.assign(touched.loaded, touched.loaded + touched.loads);
            fold_words(all, words);
            words.clear();
            for (std::uint32_t i = 0; i < touched.stores; ++i)
                words.push_back(touched.stored[i].word);
            fold_words(all, words);
            for (const sim::choice &each : step.answers)
                fold(all, std::uint64_t{each.alternatives} << 32 | each.answer);
            fold(all, continues ? way.hash().low : fingerprint_of(*sim::the_run.outcome));
        });
    return all;
}

void self_check::congruence()
{
    std::uint64_t now = behaviour();
    auto [at, fresh] = seen.emplace(way.hash().low, now);
    sim::require(at->second == now, "two worlds that count as one state behave differently");
    done.behaved_alike += !fresh;
    if (fresh && !seen_but_for_stacks.insert(way.hash_without_stack_data().low).second)
        ++done.differ_on_stacks;
}

void self_check::commutation(const search_step &last, unsigned other, bool supposed)
{
    behind.clear();
    instead.clear();
    auto ending = [] { return state_key{fingerprint_of(*sim::the_run.outcome), 0}; };
    for_each_step(other, [&](const search_step &, bool continues) {
        behind.push_back(continues ? way.hash() : ending());
    });
    way.back();
    for_each_step(other, [&](const search_step &, bool continues) {
        if (!continues) {
            instead.push_back(ending());
            return;
        }
        bool goes_on = (way.enabled() >> last.task & 1) != 0;
        sim::require(goes_on || supposed, "behind a step that was taken to be independent another one cannot be taken");
        if (!goes_on) {
            instead.push_back(state_key{});
            return;
        }
        bool alike = take(last) && script.used == last.answers.size() && script.answers == last.answers;
        sim::require(alike || supposed,
                     "behind a step that was taken to be independent another one asks for other choices");
        instead.push_back(alike ? way.hash() : state_key{});
        way.back();
    });
    take(last);
    std::ranges::sort(behind);
    std::ranges::sort(instead);
    bool commute = behind == instead;
    sim::require(commute || supposed,
                 "two steps that were taken to be independent lead to different states in either order");
    ++(commute ? done.commuted : done.doubted);
}

} // namespace interfuse
