// Steps that conflict with nothing which is still to come are taken at once, by themselves.
#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "checker/search/testing_search.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/kobject.hpp"
#include "sim/rng.hpp"

namespace interfuse {

namespace {

// Programs made at random: each of three tasks takes and puts references, to two objects that it may do so too often or too late to, and
// seldom looks how many there are.
enum class reference_action : std::uint8_t { get, put, look };
struct reference_operation {
    reference_action what;
    unsigned object;
};
std::array<std::vector<reference_operation>, 3> reference_program;
int references_at_start;

struct counted_object {
    kernel::kobject kobj;
    alignas(8) int released;
};

const kernel::kobj_type counted_type = {[](kernel::kobject *kobj) {
    ++reinterpret_cast<counted_object *>(kobj)->released;
}};

void perform(counted_object &on, reference_action what)
{
    if (what == reference_action::get)
        kernel::kobject_get(&on.kobj);
    else if (what == reference_action::put)
        kernel::kobject_put(&on.kobj);
    else if (kernel::atomic_read(&on.kobj.count) == 2)
        sim::report({sim::verdict_kind::bug, broken_expectations[sim::current_task()], "it must not be", {}});
}

void build_reference_program()
{
    auto *all = static_cast<counted_object *>(sim::allocate(2 * sizeof(counted_object)));
    for (unsigned i = 0; i < 2; ++i) {
        kernel::kobject_init(&all[i].kobj);
        all[i].kobj.ktype = &counted_type;
        all[i].kobj.count.counter = references_at_start;
    }
    for (unsigned task = 0; task < reference_program.size(); ++task)
        start("task", [all, task] {
            for (const reference_operation &each : reference_program[task])
                perform(all[each.object], each.what);
        });
}

void make_reference_program(sim::rng &random)
{
    references_at_start = 1 + static_cast<int>(random.below(5));
    for (auto &task : reference_program) {
        task.clear();
        for (unsigned length = 2 + random.below(3); length > 0; --length) {
            constexpr std::array<reference_action, 8> ways = {reference_action::get, reference_action::put,
                                                              reference_action::get, reference_action::put,
                                                              reference_action::get, reference_action::put,
                                                              reference_action::put, reference_action::look};
            task.push_back({ways[random.below(8)], random.below(2)});
        }
    }
}

// Twice as often as it says, each time from another place: in a loop everybody is tried now and then.
[[gnu::noinline]] void count_up(kernel::atomic_t *counter, int times)
{
    if (times == 0)
        return;
    kernel::atomic_inc(counter);
    count_up(counter, times - 1);
    kernel::atomic_inc(counter);
}

// Whoever is quick touches the counter of the other one once, at first, and then its own.
void build_quick_and_slow()
{
    struct alignas(8) cell {
        kernel::atomic_t counter;
    };
    auto *cells = static_cast<cell *>(sim::allocate(2 * sizeof(cell)));
    start("slow", [cells] {
        count_up(&cells[0].counter, 6);
    });
    start("quick", [cells] {
        kernel::atomic_inc(&cells[0].counter);
        count_up(&cells[1].counter, 6);
    });
}

// One task goes round for ever, by itself. The other one is broken.
void build_endless_round()
{
    struct alignas(8) cell {
        kernel::atomic_t counter;
    };
    auto *cells = static_cast<cell *>(sim::allocate(2 * sizeof(cell)));
    start("broken", [cells] {
        kernel::atomic_inc(&cells[1].counter);
        kernel::BUG_ON(kernel::atomic_read(&cells[1].counter) == 1);
    });
    start("round", [cells] {
        while (kernel::atomic_read(&cells[0].counter) < 2) {
            kernel::atomic_inc(&cells[0].counter);
            kernel::atomic_dec(&cells[0].counter);
        }
    });
}

} // namespace

TEST(LocalSteps, AreThoseThatConflictWithNothingThatIsStillToCome)
{
    searched all = search(build_quick_and_slow, {.reduce = reduction::sleep_sets});
    searched fewer = search(build_quick_and_slow, {.reduce = reduction::local_steps, .walks = 20});
    EXPECT_EQ(fewer.counts.ends, all.counts.ends);
    EXPECT_LT(fewer.counts.states * 4, all.counts.states);
    EXPECT_GT(fewer.counts.passed, 0U);
}

TEST(LocalSteps, LeaveNobodyOutForEver)
{
    for (reduction reduce : {reduction::local_steps, reduction::persistent_sets}) {
        searched found = search(build_endless_round, {.reduce = reduce});
        EXPECT_EQ(found.bound, "");
        EXPECT_EQ(found.findings.size(), 1U);
    }
}

TEST(LocalSteps, CountReferencesInAnyOrder)
{
    sim::rng random(3);
    std::uint64_t transitions = 0;
    std::uint64_t fewer_transitions = 0;
    std::uint64_t findings = 0;
    for (unsigned program = 0; program < 200; ++program) {
        make_reference_program(random);
        searched all = search(build_reference_program, {.reduce = reduction::none});
        searched asleep = search(build_reference_program, {.reduce = reduction::sleep_sets});
        searched fewer = search(build_reference_program, {.reduce = reduction::local_steps, .walks = 20});
        ASSERT_EQ(fewer.counts.ends, all.counts.ends) << "program " << program;
        ASSERT_EQ(fingerprints_of(fewer), fingerprints_of(all)) << "program " << program;
        transitions += asleep.counts.transitions;
        fewer_transitions += fewer.counts.transitions;
        findings += all.findings.size();
    }
    EXPECT_GT(findings, 100);
    EXPECT_LT(fewer_transitions * 4, transitions * 3);
}

} // namespace interfuse
