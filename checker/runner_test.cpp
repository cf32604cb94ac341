#include "checker/runner.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "checker/strategies/random.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/stage.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/stack_words.hpp"

namespace interfuse {
namespace {

sim::per_world<int *> lent;

[[gnu::noinline]] void write_number(int *number)
{
    sim::watched({number, sizeof *number, true, __builtin_return_address(0)});
    *number = 1;
}

// Two tasks write to a variable of one of them, which nothing orders.
void lend_and_borrow()
{
    spawn("lender", make_process(), [] {
        int own = 0;
        write_number(&own);
        lent = &own;
        sim::point();
        lent = nullptr;
    });
    spawn("borrower", make_process(), [] {
        sim::point();
        if (lent.get() != nullptr)
            write_number(lent);
    });
}

class silent : public recorder {
    void step(unsigned, std::uint64_t) override {}
    void happened(unsigned, const sim::event &) override {}
};

TEST(Runner, FindsARaceOnAStackInTheFirstRunThatHasIt)
{
    scenario lending = {.name = "lending",
                        .question = "",
                        .expected = "",
                        .parameters = with_common_parameters({}),
                        .build = lend_and_borrow};
    runner one({.which = &lending,
                .parameters = complete_parameters(lending, {}).values,
                .limits = {},
                .watch = sim::watch_races});
    random_strategy chooser(1);
    silent nobody;
    unsigned races = 0;
    for (std::uint64_t number = 0; number < 50; ++number) {
        sim::the_stack_words.shared = {};
        run_result sampled = one.run(chooser, number);
        run_result recorded = one.run_recorded(chooser, number, nobody);
        EXPECT_EQ(sampled.verdict.invariant, recorded.verdict.invariant);
        EXPECT_EQ(sampled.verdict.message, recorded.verdict.message);
        EXPECT_EQ(sampled.record_hash, recorded.record_hash);
        races += sampled.verdict.invariant == "data_race";
    }
    EXPECT_GT(races, 0U);
    EXPECT_LT(races, 50U);
}

void mount_and_stop()
{
    kernel::BUG_ON(mount_fuse().fc != nullptr);
}

void open_what_is_not_there()
{
    mount m = mount_fuse();
    answer_init(m);
    start_worker("daemon", m);
    open_before_run(m, "z");
}

std::string why_refused(void (*build)())
{
    scenario broken = {.name = "broken",
                       .question = "",
                       .expected = "",
                       .parameters = with_common_parameters({}),
                       .build = build};
    try {
        runner one({.which = &broken, .parameters = complete_parameters(broken, {}).values, .limits = {}});
        return "";
    } catch (const std::runtime_error &refused) {
        return refused.what();
    }
}

TEST(Runner, SaysThatASetupEndsInAFinding)
{
    EXPECT_EQ(why_refused(mount_and_stop),
              "the setup of scenario broken ends in a finding: kernel BUG in mount_and_stop");
    EXPECT_EQ(why_refused(open_what_is_not_there),
              "the setup of scenario broken ends in a finding: opening a file returns ENOENT");
    EXPECT_EQ(sim::the_run.outcome->invariant, "setup");
    EXPECT_EQ(why_refused([] { start_worker("daemon", mount_fuse()); }), "");
}

} // namespace
} // namespace interfuse
