// Races between steps against those of all schedules, in programs made at random.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "checker/search/testing_races.hpp"
#include "sim/rng.hpp"
#include "sim/testing_world.hpp"

namespace interfuse {

namespace {

// Tasks of a few operations on two fields, with two locks, a semaphore and a counter.
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
bool perform(shared_memory *all, action what, kernel::spinlock_t *lock)
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
    shared_memory *all = share_memory();
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
    runner on(setup_with_races(build_random_program));
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

// A run ends with its first race, so of those that two steps have some may never be first.
TEST(RandomRaces, AreThoseOfAllSchedules)
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
