// Of tasks that differ in nothing but their number the first goes on first.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "checker/search/testing_search.hpp"
#include "sim/choose.hpp"
#include "sim/rng.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

// Programs made at random, which each of three tasks takes: they change a word, by a number of their own that they choose or
// have read, and look at it now and then.
enum class word_action : std::uint8_t { add, triple, look, choose, read };
struct word_operation {
    word_action what;
    unsigned word;
};
std::vector<word_operation> program_of_each;

struct two_words {
    alignas(8) std::uint32_t words[2];
};

void build_equal_tasks()
{
    auto *all = static_cast<two_words *>(sim::allocate(sizeof(two_words)));
    for (unsigned task = 0; task < 3; ++task)
        start("task", [all] {
            std::uint32_t own = 1;
            for (const word_operation &each : program_of_each) {
                sim::point();
                std::uint32_t &word = all->words[each.word];
                if (each.what == word_action::choose)
                    own += sim::choose(sim::choice_kind::behaviour, 2);
                else if (each.what == word_action::add)
                    word += own;
                else if (each.what == word_action::triple)
                    word *= 3;
                else if (each.what == word_action::read)
                    own = word;
                else if (word % 4 == 1)
                    sim::report({sim::verdict_kind::bug, "BUG_ON", "a word is 1 or 5 or 9", {}});
            }
        });
}

// As above, but somebody knows the second.
void build_known_task()
{
    auto *all = static_cast<two_words *>(sim::allocate(sizeof(two_words)));
    auto **known = static_cast<kernel::task_struct **>(sim::allocate(sizeof(kernel::task_struct *)));
    for (unsigned task = 0; task < 3; ++task) {
        unsigned index = sim::start_task("task", [all] { ++all->words[0]; });
        kernel::task_struct *made = kernel::make_task_struct(index, nullptr, nullptr);
        if (task == 1)
            *known = made;
    }
}

void build_different_tasks()
{
    auto *all = static_cast<two_words *>(sim::allocate(sizeof(two_words)));
    for (unsigned task = 0; task < 2; ++task)
        start("task", [all, task] { ++all->words[task]; });
    start("another", [all] { ++all->words[0]; });
}

searched search_in(bool any_order)
{
    return search(build_equal_tasks, {.reduce = reduction::local_steps, .any_order = any_order});
}

// "the second after the first" as 2 > 1, by the numbers of tasks.
std::vector<std::string> alike_in(runner &on)
{
    std::vector<std::string> pairs;
    for (const alike_pair &each : on.alike_tasks())
        pairs.push_back(std::to_string(each.later) + " > " + std::to_string(each.earlier));
    return pairs;
}

std::vector<std::string> alike_in(void (*build)())
{
    runner on(setup_of(build));
    return alike_in(on);
}

std::vector<std::string> alike_in(const char *name, const std::vector<parameter_setting> &settings)
{
    const scenario *which = find_scenario(name);
    run_setup setup;
    setup.which = which;
    setup.parameters = read_settings(*which, settings).values;
    runner on(setup);
    std::vector<std::string> named;
    std::vector<std::string> names = on.task_names();
    for (const alike_pair &each : on.alike_tasks())
        named.push_back(names[each.later]);
    return named;
}

} // namespace

TEST(Alike, AreTasksOfOneNameCodeAndClosureWhomNobodyKnows)
{
    EXPECT_EQ(alike_in(build_equal_tasks), (std::vector<std::string>{"2 > 1", "3 > 2"}));
    EXPECT_EQ(alike_in(build_known_task), std::vector<std::string>{"3 > 1"});
    EXPECT_EQ(alike_in(build_different_tasks), std::vector<std::string>{});
}

TEST(Alike, InAScenarioAreThoseWhomNobodyKills)
{
    std::vector<std::string> two = {"requester", "requester"};
    EXPECT_EQ(alike_in("one-request", {{"requesters", "3"}}), two);
    EXPECT_EQ(alike_in("aborted-request", {{"requesters", "4"}, {"killers", "1"}}), two);
    EXPECT_EQ(alike_in("mix", {{"requesters", "3"}}), two);
    EXPECT_EQ(alike_in("mix", {{"requesters", "2"}, {"killers", "1"}}), std::vector<std::string>{});
    EXPECT_EQ(alike_in("old-daemon", {{"requesters", "4"}}), std::vector<std::string>{}); // each of a process of its own
}

// Who has read what decides from then on, so that the second must be able to overtake the first.
TEST(Alike, AreNotAlikeAnyMoreOnceTheyHaveDoneWhatMatters)
{
    program_of_each = {{word_action::add, 0}, {word_action::read, 0}, {word_action::add, 1}, {word_action::triple, 1}};
    EXPECT_EQ(search_in(false).counts.ends, search_in(true).counts.ends);
}

TEST(Alike, LeadToTheSameFindingsAndEndsInWhateverOrderTheyBegin)
{
    unsigned fewer = 0, with_findings = 0;
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        sim::rng chance(seed);
        program_of_each = {{word_action::add, 0}};
        for (unsigned i = 0; i < 3; ++i)
            program_of_each.push_back({static_cast<word_action>(chance.below(5)), chance.below(2)});
        searched any = search_in(true), ordered = search_in(false);
        EXPECT_EQ(any.counts.in_order, 0U);
        EXPECT_EQ(ordered.counts.in_order, 2U);
        EXPECT_EQ(fingerprints_of(ordered), fingerprints_of(any)) << "seed " << seed;
        // Nothing that an end consists of tells the tasks apart.
        EXPECT_EQ(ordered.counts.ends, any.counts.ends) << "seed " << seed;
        EXPECT_LE(ordered.counts.states, any.counts.states) << "seed " << seed;
        // Who is handed over on the way is told what has been done already.
        searched together = search(build_equal_tasks, {.reduce = reduction::local_steps, .jobs = 3, .first_part = 2});
        EXPECT_EQ(together.counts.states, ordered.counts.states) << "seed " << seed;
        EXPECT_EQ(together.counts.ends, ordered.counts.ends) << "seed " << seed;
        fewer += ordered.counts.states < any.counts.states;
        with_findings += !any.findings.empty();
    }
    EXPECT_GT(fewer, 10U);
    EXPECT_GT(with_findings, 2U);
    EXPECT_LT(with_findings, 25U);
}

} // namespace interfuse
