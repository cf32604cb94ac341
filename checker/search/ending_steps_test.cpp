// Steps that end the run, when steps that conflict with nothing are taken at once.
#include <gtest/gtest.h>

#include "checker/search/testing_search.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/bug.hpp"

namespace interfuse {

namespace {

struct alignas(8) cell {
    kernel::atomic_t counter;
};

template <unsigned count> cell *make_cells()
{
    return static_cast<cell *>(sim::allocate(count * sizeof(cell)));
}

// Each has a word of its own, and breaks by himself.
void build_three_that_break()
{
    cell *cells = make_cells<3>();
    for (unsigned task = 0; task < 3; ++task)
        start("task", [cells, task] {
            kernel::atomic_inc(&cells[task].counter);
            if (kernel::atomic_read(&cells[task].counter) == 1)
                sim::report({sim::verdict_kind::bug, broken_expectations[task], "it must not be", {}});
        });
}

// One breaks by himself whenever he goes on; the others get in each other's way.
void build_one_that_breaks_beside_others()
{
    cell *cells = make_cells<2>();
    for (unsigned task = 0; task < 2; ++task)
        start("meets the other", [cells] {
            for (unsigned left = 6; left > 0; --left)
                cells[0].counter.counter = 3 * kernel::atomic_read(&cells[0].counter) + 1;
        });
    start("breaks", [cells] {
        kernel::atomic_inc(&cells[1].counter);
        kernel::BUG_ON(kernel::atomic_read(&cells[1].counter) == 1);
    });
}

bool breaks;

// One changes a word that the other looks at all the time, and has changed it back when its step is over, unless it breaks.
void build_change_that_is_taken_back()
{
    cell *cells = make_cells<3>();
    cell *common = &cells[0], *own = &cells[1], *signal = &cells[2];
    start("sets the signal", [signal] { kernel::atomic_inc(&signal->counter); });
    start("changes", [common, signal] {
        sim::point();
        ++common->counter.counter;
        kernel::BUG_ON(signal->counter.counter == 1 && breaks);
        --common->counter.counter;
    });
    start("looks", [common, own] {
        for (unsigned left = 6; left > 0; --left) {
            own->counter.counter += 1 + common->counter.counter;
            sim::point();
        }
    });
}

} // namespace

TEST(EndingSteps, LeaveOutNobodyWhoWouldHaveEndedItOtherwise)
{
    for (reduction reduce : {reduction::local_steps, reduction::persistent_sets})
        for (unsigned jobs : {1U, 2U}) {
            searched found = search(build_three_that_break, {.reduce = reduce, .jobs = jobs, .first_part = jobs > 1 ? 2 : search_bounds{}.first_part});
            EXPECT_EQ(found.bound, "");
            EXPECT_EQ(found.findings.size(), 3U) << (reduce == reduction::local_steps ? "local steps, " : "persistent sets, ") << jobs << " processes";
        }
}

TEST(EndingSteps, LeaveNoStateUnknownThatOthersComeToAgain)
{
    searched all = search(build_one_that_breaks_beside_others, {.reduce = reduction::none});
    searched fewer = search(build_one_that_breaks_beside_others, {.reduce = reduction::local_steps});
    EXPECT_EQ(fewer.counts.ends, all.counts.ends);
    EXPECT_EQ(fewer.findings.size(), all.findings.size());
    EXPECT_LE(fewer.counts.transitions, all.counts.transitions);
}

TEST(EndingSteps, ConflictWithNobodyByWhatTheyHaveNotChangedBack)
{
    breaks = false;
    searched sound = search(build_change_that_is_taken_back, {.reduce = reduction::local_steps, .walks = 20});
    breaks = true;
    searched broken = search(build_change_that_is_taken_back, {.reduce = reduction::local_steps, .walks = 20});
    EXPECT_EQ(sound.findings.size(), 0U);
    EXPECT_EQ(broken.findings.size(), 1U);
    EXPECT_GT(sound.counts.passed, 0U);
    // One more is kept: the one before the step that may end the run.
    EXPECT_LE(broken.counts.states, sound.counts.states + 1);
}

} // namespace interfuse
