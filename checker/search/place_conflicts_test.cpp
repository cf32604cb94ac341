// Steps that have nothing to do with what others still do while their task goes on.
#include <algorithm>
#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "checker/search/place_conflicts.hpp"
#include "checker/search/step_script.hpp"
#include "checker/search/testing_search.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/rng.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

// Programs made at random: three tasks take one of two spinlocks, some of them the other one within, and change, copy or look at a
// word of that lock or at one of all. Who takes them in different orders may wait for ever.
enum class section_action : std::uint8_t { add, triple, copy, look };
struct section {
    unsigned lock;
    bool nested;
    bool quick; // nobody else gets in between, so that it is one step
    std::array<section_action, 3> actions; // before, within, after
};
std::array<std::vector<section>, 3> section_program;

struct locked_words {
    std::array<kernel::spinlock_t, 2> locks;
    std::array<std::uint64_t, 3> words; // the last one is of all
};

void perform(locked_words &all, section_action what, unsigned word, std::uint64_t &own)
{
    if (what == section_action::add)
        all.words[word] += own;
    else if (what == section_action::triple)
        all.words[word] *= 3;
    else if (what == section_action::copy)
        own = all.words[word] % 4 + 1;
    else if (all.words[word] % 3 == 1)
        sim::report({sim::verdict_kind::bug, broken_expectations[sim::current_task()], "it must not be", {}});
}

void go_through(locked_words &all, const section &each, std::uint64_t &own)
{
    kernel::spin_lock(&all.locks[each.lock]);
    if (!each.quick)
        sim::point();
    perform(all, each.actions[0], each.lock, own);
    if (each.nested) {
        kernel::spin_lock(&all.locks[1 - each.lock]);
        perform(all, each.actions[1], 1 - each.lock, own);
        kernel::spin_unlock(&all.locks[1 - each.lock]);
    }
    kernel::spin_unlock(&all.locks[each.lock]);
    sim::point();
    perform(all, each.actions[2], 2, own);
}

void build_section_program()
{
    auto *all = static_cast<locked_words *>(sim::allocate(sizeof(locked_words)));
    for (kernel::spinlock_t &lock : all->locks)
        kernel::spin_lock_init(&lock);
    for (unsigned task = 0; task < section_program.size(); ++task)
        start("task", [all, task] {
            std::uint64_t own = 1;
            for (const section &each : section_program[task])
                go_through(*all, each, own);
        });
}

void make_section_program(sim::rng &random, bool nests)
{
    auto action = [&] { return static_cast<section_action>(random.below(4)); };
    for (auto &task : section_program) {
        task.clear();
        for (unsigned length = 1 + random.below(2); length > 0; --length)
            task.push_back({random.below(2), nests && random.below(2) == 0, random.below(2) == 0,
                            {action(), action(), action()}});
    }
}

// Whoever waits for a lock that nobody gives back takes it in one step.
void compare(bool nests, unsigned programs)
{
    sim::rng random(5);
    std::uint64_t states = 0, fewer_states = 0, findings = 0;
    for (unsigned program = 0; program < programs; ++program) {
        make_section_program(random, nests);
        searched all = search(build_section_program, {.reduce = reduction::none});
        searched fewer = search(build_section_program, {.reduce = reduction::local_steps, .walks = 20});
        searched fewest = search(build_section_program, {.reduce = reduction::persistent_sets, .walks = 20});
        ASSERT_EQ(fewer.counts.ends, all.counts.ends) << "program " << program;
        ASSERT_EQ(fewest.counts.ends, all.counts.ends) << "program " << program;
        ASSERT_EQ(fingerprints_of(fewer), fingerprints_of(all)) << "program " << program;
        ASSERT_EQ(fingerprints_of(fewest), fingerprints_of(all)) << "program " << program;
        states += all.counts.states;
        fewer_states += fewer.counts.states;
        findings += all.findings.size();
    }
    EXPECT_GT(findings, programs / 8);
    EXPECT_LT(fewer_states * 4, states * 3);
}

// What was learnt of two tasks by chance: where they go, mostly on, and which words they touch from each place, mostly several at
// once, and meanwhile. There may be further places to which nothing leads, one for each word, so that no two are touched alike.
constexpr unsigned places_of_task = 12, words_of_both = 60, words_alike = 3;
places random_places(std::uint64_t seed, bool tells_words_apart)
{
    sim::rng random(seed);
    places seen;
    auto learn = [&](lesson_kind what, unsigned task, unsigned place, std::uint64_t b) {
        seen.learn({what, static_cast<std::uint8_t>(task), (task * 100 + place + 1) * 0x9e3779b97f4a7c15, b});
    };
    for (unsigned task = 0; task < 2; ++task)
        for (unsigned place = 0; place < places_of_task; ++place) {
            unsigned next = random.below(5) == 0 ? random.below(places_of_task) : std::min(place + 1, places_of_task - 1);
            learn(lesson_kind::leads, task, place, (task * 100 + next + 1) * 0x9e3779b97f4a7c15);
            for (unsigned more = random.below(6); more > 0; --more) {
                auto how = static_cast<lesson_kind>(random.below(3));
                unsigned group = random.below(words_of_both / words_alike) * words_alike;
                for (unsigned word = 1; word <= words_alike; ++word)
                    learn(how, task, place, group + word);
                learn(beside_way(how), task, place, task_and_word(1 - task, 1 + random.below(words_of_both)));
            }
            if (random.below(10) == 0)
                learn(lesson_kind::waits, task, place, 1 + random.below(words_of_both));
        }
    for (unsigned word = 1; word <= words_of_both && tells_words_apart; ++word)
        learn(lesson_kind::reads, 0, places_of_task + word, word);
    return seen;
}

std::vector<bool> conflicts_in(const places &seen)
{
    place_order order;
    for (std::size_t place = 0; place < seen.all().size(); ++place) {
        order.rank.push_back(static_cast<std::uint32_t>(place + 1));
        order.may_lead.push_back(place % 7 != 0);
    }
    place_pairs found = conflicts_of_places(seen, order);
    std::vector<bool> all;
    for (std::size_t place = 0; place < std::size_t{2} * places_of_task; ++place)
        for (std::size_t other = 0; other < std::size_t{2} * places_of_task; ++other)
            all.push_back(found.has(place, other));
    return all;
}

} // namespace

TEST(PlaceConflicts, AreTheSameWhetherWordsThatAreTouchedAlikeAreOneOrNot)
{
    // Twins are told by the names of the world's tasks.
    section_program = {};
    runner on(setup_of(build_section_program));
    step_script script;
    on.begin_search(script);
    std::size_t conflicts = 0, pairs = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        std::vector<bool> all = conflicts_in(random_places(seed, true));
        ASSERT_EQ(conflicts_in(random_places(seed, false)), all) << "seed " << seed;
        conflicts += static_cast<std::size_t>(std::ranges::count(all, true));
        pairs += all.size();
    }
    on.end_search();
    EXPECT_GT(conflicts, pairs / 50);
    EXPECT_LT(conflicts, pairs / 3);
}

TEST(PlaceConflicts, LoseNoEndOfProgramsWithSpinlocks)
{
    compare(false, 60);
}

TEST(PlaceConflicts, LoseNoEndOfProgramsThatNestSpinlocks)
{
    compare(true, 60);
}

} // namespace interfuse
