// Races between steps that can follow each other, in programs of a few lines.
#include "checker/search/step_races.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "checker/search/testing_races.hpp"
#include "sim/kernel/slab.hpp"

namespace interfuse {

namespace {

struct shared : shared_memory {
    int *lent;
    kernel::kmem_cache_t *cache;
    kernel::shared_fields *object;
};

using body = void (*)(shared *);
std::vector<body> bodies; // of the program that is searched
bool with_object = false; // which it has to free

void build_bodies()
{
    auto *all = share_memory<shared>();
    all->cache = kernel::kmem_cache_create("things", sizeof(kernel::shared_fields), 0, 0, nullptr, nullptr);
    if (with_object)
        all->object = static_cast<kernel::shared_fields *>(kernel::kmem_cache_alloc(all->cache, kernel::GFP_KERNEL));
    for (body each : bodies)
        start("task", [each, all] { each(all); });
}

searched search_of(std::vector<body> program, search_bounds bounds = {})
{
    bodies = std::move(program);
    bounds.races = true;
    return search(build_bodies, bounds);
}

// The pairs of steps that race, the same by each way to search; and their paths race when they are run, in the same
// places.
std::uint64_t races_in(const std::vector<body> &program)
{
    searched found = search_of(program);
    for (const search_bounds &other : {search_bounds{.reduce = reduction::none}, search_bounds{.jobs = 2}}) {
        searched again = search_of(program, other);
        EXPECT_EQ(again.findings.size(), found.findings.size());
        for (std::size_t i = 0; i < found.findings.size() && i < again.findings.size(); ++i)
            EXPECT_EQ(again.findings[i].count, found.findings[i].count);
    }
    std::uint64_t pairs = 0;
    for (const state_finding &each : found.findings) {
        EXPECT_EQ(each.kind, finding_kind::race) << each.message;
        pairs += each.count;
        runner on(setup_with_races(build_bodies));
        guided_strategy chooser(each.path);
        run_result again = on.run(chooser, 0);
        EXPECT_EQ(again.verdict.invariant, "data_race");
        EXPECT_EQ(again.fingerprint, each.fingerprint) << again.verdict.message;
    }
    return pairs;
}

void write_alone(shared *all)
{
    kernel::write_plain(&all->fields);
}

void read_alone(shared *all)
{
    kernel::read_plain(&all->fields);
}

void write_locked(shared *all)
{
    kernel::spin_lock(&all->lock);
    kernel::write_plain(&all->fields);
    kernel::spin_unlock(&all->lock);
}

void write_behind_the_lock(shared *all)
{
    kernel::spin_lock(&all->lock);
    kernel::spin_unlock(&all->lock);
    kernel::write_plain(&all->fields);
}

} // namespace

TEST(StepRaces, FindsTwoWritesInEitherOrder)
{
    EXPECT_EQ(races_in({write_alone, write_alone}), 2U);
    EXPECT_EQ(races_in({write_alone, write_locked}), 2U);
}

TEST(StepRaces, FindsAWriteAndARead)
{
    EXPECT_EQ(races_in({write_alone, read_alone}), 2U);
}

TEST(StepRaces, NamesTheTwoFunctionsWhicheverComesFirst)
{
    for (const std::vector<body> &program :
         {std::vector{write_alone, read_alone}, std::vector{read_alone, write_alone}}) {
        searched found = search_of(program);
        ASSERT_EQ(found.findings.size(), 1U);
        EXPECT_EQ(found.findings[0].message, "nothing orders what read_plain and write_plain do to a place in memory");
    }
}

TEST(StepRaces, TakesNoTwoReadsForARace)
{
    EXPECT_EQ(races_in({read_alone, read_alone}), 0U);
}

TEST(StepRaces, TellsBytesOfAWordApart)
{
    EXPECT_EQ(races_in({[](shared *all) { kernel::write_left(&all->fields); },
                        [](shared *all) { kernel::write_right(&all->fields); }}),
              0U);
    EXPECT_EQ(races_in({[](shared *all) { kernel::fill_text(&all->fields); },
                        [](shared *all) { kernel::last_of_text(&all->fields); }}),
              2U);
}

TEST(StepRaces, TakesALockForAnOrder)
{
    EXPECT_EQ(races_in({write_locked, write_locked}), 0U);
}

TEST(StepRaces, DoesNotTakeALockForAnOrderOfWhatComesBehindIt)
{
    EXPECT_GT(races_in({write_behind_the_lock, write_behind_the_lock}), 0U);
}

TEST(StepRaces, ComparesOnlyWhatCanFollow)
{
    // The second goes on when the first has done all.
    auto wait = [](shared *all) {
        kernel::down(&all->sem);
        kernel::write_plain(&all->fields);
    };
    EXPECT_EQ(races_in({[](shared *all) {
                            kernel::write_plain(&all->fields);
                            kernel::up(&all->sem);
                        },
                        wait}),
              0U);
    // Whom the first has woken is compared with what it does then; nobody but a sleeper is, as the first goes by that.
    EXPECT_EQ(races_in({[](shared *all) {
                            bool sleeps = sim::the_world().tasks[2].status == sim::task_status::blocked;
                            kernel::up(&all->sem);
                            if (sleeps)
                                kernel::write_plain(&all->fields);
                        },
                        wait}),
              1U);
}

TEST(StepRaces, TakesAStepAgainBehindOneThatChangesIt)
{
    // Before the other's step this one writes nothing.
    EXPECT_GT(races_in({[](shared *all) {
                            kernel::spin_lock(&all->lock);
                            bool ready = all->ready != 0;
                            kernel::spin_unlock(&all->lock);
                            if (ready)
                                kernel::write_plain(&all->fields);
                        },
                        [](shared *all) {
                            kernel::spin_lock(&all->lock);
                            all->ready = 1;
                            kernel::write_left(&all->fields);
                            kernel::spin_unlock(&all->lock);
                            kernel::write_plain(&all->fields);
                        }}),
              0U);
}

TEST(StepRaces, TakesNothingForAnOrderThatComesTooLate)
{
    // Each holds a lock of its own, and they share a counter behind it.
    EXPECT_EQ(races_in({[](shared *all) {
                            kernel::spin_lock(&all->lock);
                            kernel::write_plain(&all->fields);
                            kernel::atomic_inc(&all->count);
                            kernel::spin_unlock(&all->lock);
                        },
                        [](shared *all) {
                            kernel::spin_lock(&all->other_lock);
                            kernel::write_plain(&all->fields);
                            kernel::atomic_inc(&all->count);
                            kernel::spin_unlock(&all->other_lock);
                        }}),
              2U);
}

TEST(StepRaces, LooksAtStepsOfTasksThatSleep)
{
    // The third is independent of the others, which sleep behind its steps.
    std::uint64_t alone = races_in({write_alone, read_alone});
    EXPECT_GT(races_in({write_alone, read_alone,
                        [](shared *all) {
                            kernel::atomic_inc(&all->count);
                            kernel::atomic_inc(&all->count);
                        }}),
              alone);
}

TEST(StepRaces, TriesEachAnswer)
{
    EXPECT_EQ(races_in({[](shared *all) {
                            if (sim::choose(sim::choice_kind::behaviour, 3) == 1)
                                kernel::write_plain(&all->fields);
                        },
                        read_alone}),
              2U);
}

TEST(StepRaces, TakesFreeingForAWriteAndAllocationForANewBeginning)
{
    auto free = [](shared *all) { kernel::kmem_cache_free(all->cache, all->object); };
    with_object = true;
    EXPECT_GT(races_in({free, [](shared *all) { kernel::read_plain(all->object); }}), 0U);
    EXPECT_EQ(races_in({free,
                        [](shared *all) {
                            void *own = kernel::kmem_cache_alloc(all->cache, kernel::GFP_KERNEL);
                            kernel::write_plain(static_cast<kernel::shared_fields *>(own));
                            kernel::kmem_cache_free(all->cache, own);
                        }}),
              0U);
    with_object = false;
}

TEST(StepRaces, SeesWordsOfAnotherTasksStack)
{
    // Which words those are is known only when the other one has first touched them, behind all states in which they
    // race.
    static shared *lender;
    EXPECT_GT(races_in({[](shared *all) {
                            kernel::atomic_read(&all->count);
                            if (all->lent != nullptr)
                                kernel::write_number(all->lent);
                        },
                        [](shared *all) {
                            lender = all;
                            kernel::lend_local(&all->lent, [] { kernel::atomic_inc(&lender->count); });
                        }}),
              0U);
}

TEST(StepRaces, DeclaredFieldsRaceWithPlainAccessesOnly)
{
    auto store = [](shared *all) { kernel::write_declared(&all->fields); };
    EXPECT_EQ(races_in({store, [](shared *all) { kernel::read_declared(&all->fields); }}), 0U);
    EXPECT_GT(races_in({store, [](shared *all) { kernel::clear_declared(&all->fields); }}), 0U);
}

TEST(StepRaces, LeavesOutWhatALocklessFlagKeepsApartInEachOrderOfSteps)
{
    EXPECT_EQ(races_in({[](shared *all) {
                            kernel::write_plain(&all->fields);
                            kernel::write_declared(&all->fields);
                        },
                        [](shared *all) {
                            if (kernel::read_declared(&all->fields) != 0)
                                kernel::read_plain(&all->fields);
                        }}),
              0U);
}

} // namespace interfuse
