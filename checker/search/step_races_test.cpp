// Races between steps that can follow each other, in programs of a few lines.
#include "checker/search/step_races.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "checker/search/testing_search.hpp"
#include "sim/kernel/planted/racy.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/testing_world.hpp"

namespace interfuse {

namespace {

struct shared {
    alignas(8) kernel::shared_fields fields;
    alignas(8) kernel::spinlock_t lock;
    alignas(8) kernel::spinlock_t other_lock;
    alignas(8) kernel::semaphore sem;
    alignas(8) kernel::atomic_t count;
    alignas(8) int ready;
    int *lent;
    kernel::kmem_cache_t *cache;
    kernel::shared_fields *object;
};

using body = void (*)(shared *);
std::vector<body> bodies; // of the program that is searched
bool with_object = false; // which it has to free

void build_bodies()
{
    auto *all = static_cast<shared *>(sim::allocate(sizeof(shared)));
    kernel::sema_init(&all->sem, 0);
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
        static scenario which;
        which = {.name = "test",
                 .question = "",
                 .expected = "",
                 .parameters = with_common_parameters({}),
                 .build = build_bodies};
        run_setup setup = setup_of(which);
        setup.watch = sim::watch_races;
        runner on(setup);
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

// Programs made at random: tasks of a few operations on two fields, with two locks, a semaphore and a counter.
enum class action : std::uint8_t {
    write,
    read,
    count_up,
    write_text,
    lock,
    unlock,
    inc,
    expect_odd,
    up,
    down,
    set_ready,
    expect_ready
};
constexpr unsigned actions = static_cast<unsigned>(action::expect_ready) + 1;
std::array<std::vector<action>, 3> random_program;

// False if the task is to end.
bool perform(shared *all, action what, kernel::spinlock_t *lock)
{
    switch (what) {
    case action::write:
        kernel::write_plain(&all->fields);
        break;
    case action::read:
        kernel::read_plain(&all->fields);
        break;
    case action::count_up:
        kernel::count_up(&all->fields);
        break;
    case action::write_text:
        kernel::write_text(&all->fields, 3);
        break;
    case action::lock:
        kernel::spin_lock(lock);
        break;
    case action::unlock:
        kernel::spin_unlock(lock);
        break;
    case action::inc:
        kernel::atomic_inc(&all->count);
        break;
    case action::expect_odd:
        return kernel::atomic_read(&all->count) % 2 != 0;
    case action::up:
        kernel::up(&all->sem);
        break;
    case action::down:
        kernel::down(&all->sem);
        break;
    case action::set_ready:
    case action::expect_ready:
        kernel::spin_lock(&all->lock);
        bool ready = all->ready != 0;
        all->ready |= what == action::set_ready;
        kernel::spin_unlock(&all->lock);
        return ready || what == action::set_ready;
    }
    return true;
}

void build_random_program()
{
    auto *all = static_cast<shared *>(sim::allocate(sizeof(shared)));
    kernel::sema_init(&all->sem, 0);
    for (unsigned task = 0; task < random_program.size(); ++task)
        start("task", [all, task] {
            for (action each : random_program[task])
                if (!perform(all, each, task == 2 ? &all->other_lock : &all->lock))
                    return;
        });
}

// What lies between a lock and its unlock is one access.
void make_random_program(sim::rng &chance)
{
    for (std::vector<action> &program : random_program) {
        program.clear();
        for (unsigned rest = 1 + chance.below(3); rest > 0; --rest) {
            auto what = static_cast<action>(chance.below(actions));
            if (what != action::lock && what != action::unlock) {
                program.push_back(what);
                continue;
            }
            program.insert(program.end(), {action::lock, static_cast<action>(chance.below(4)), action::unlock});
        }
    }
}

std::string text_of_program()
{
    std::string text;
    for (const std::vector<action> &program : random_program) {
        text += ";";
        for (action each : program)
            text += " " + std::to_string(static_cast<unsigned>(each));
    }
    return text;
}

std::set<std::uint64_t> races_of_all_schedules()
{
    static scenario which;
    which = {.name = "test",
             .question = "",
             .expected = "",
             .parameters = with_common_parameters({}),
             .build = build_random_program};
    run_setup setup = setup_of(which);
    setup.watch = sim::watch_races;
    runner on(setup);
    sim::exhaustive chooser;
    std::set<std::uint64_t> races;
    std::uint64_t runs = 0;
    do {
        run_result result = on.run(chooser, runs++);
        if (result.verdict.invariant == "data_race")
            races.insert(result.fingerprint);
    } while (runs < 100'000 && chooser.advance());
    EXPECT_LT(runs, 100'000U);
    return races;
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

// A run ends with its first race, so of those that two steps have some may never be first.
TEST(StepRaces, AreThoseOfAllSchedules)
{
    sim::rng chance(3);
    unsigned racy = 0;
    constexpr unsigned programs = 200;
    for (unsigned i = 0; i < programs; ++i) {
        make_random_program(chance);
        std::set<std::uint64_t> expected = races_of_all_schedules();
        std::set<std::uint64_t> found;
        for (const state_finding &each : search(build_random_program, {.races = true}).findings)
            if (each.kind == finding_kind::race)
                found.insert(each.fingerprint);
        ASSERT_EQ(found.empty(), expected.empty()) << text_of_program();
        ASSERT_TRUE(std::ranges::includes(found, expected)) << text_of_program();
        racy += !found.empty();
    }
    EXPECT_GT(racy, programs / 4);
    EXPECT_LT(racy, programs * 3 / 4);
}

} // namespace interfuse
