#include "sim/run.hpp"

#include <gtest/gtest.h>

#include "sim/testing_world.hpp"

namespace sim {
namespace {

struct order {
    char written[16];
    unsigned answer;
    void write(char letter) { written[std::string_view(written).size()] = letter; }
};

void start_writer(order &all, char letter, unsigned steps)
{
    start_task("writer", [&all, letter, steps] {
        for (unsigned i = 1; i < steps; ++i) {
            all.write(letter);
            point();
        }
        all.write(letter);
    });
}

std::set<std::string> interleavings(test_world<order> &w)
{
    return w.outcomes([](const order &all) { return std::string(all.written); });
}

TEST(Run, ReachesEachInterleavingOnceUnderExhaustiveChoice)
{
    test_world<order> w([](order &all) {
        start_writer(all, 'a', 2);
        start_writer(all, 'b', 2);
    });
    EXPECT_EQ(interleavings(w), (std::set<std::string>{"aabb", "abab", "abba", "baab", "baba", "bbaa"}));
    EXPECT_EQ(w.runs_done, 6U);
}

TEST(Run, OffersTheRunnableTasksInIndexOrder)
{
    test_world<order> w([](order &all) {
        for (char letter : {'a', 'b', 'c', 'd'})
            start_writer(all, letter, 1);
    });
    scripted chooser({2, 0, 1});
    EXPECT_EQ(w.run(chooser).kind, verdict_kind::done);
    EXPECT_STREQ(w->written, "cadb");
    EXPECT_EQ(chooser.asked,
              (std::vector<choice>{
                  {choice_kind::schedule, 4, 2}, {choice_kind::schedule, 3, 0}, {choice_kind::schedule, 2, 1}}));
}

TEST(Run, DoesNotAskAQuestionWithOneAlternative)
{
    test_world<order> w([](order &all) {
        start_task("alone", [&all] {
            all.answer = choose(choice_kind::behaviour, 1);
            point();
        });
    });
    scripted chooser({7});
    EXPECT_EQ(w.run(chooser).kind, verdict_kind::done);
    EXPECT_TRUE(chooser.asked.empty());
    EXPECT_EQ(w->answer, 0U);
}

TEST(Run, AsksEachQuestionOfATask)
{
    test_world<order> w(
        [](order &all) { start_task("alone", [&all] { all.answer = choose(choice_kind::behaviour, 5); }); });
    scripted chooser({3});
    w.run(chooser);
    EXPECT_EQ(w->answer, 3U);
    EXPECT_EQ(recorded_choices(), (std::vector<choice>{{choice_kind::behaviour, 5, 3}}));
    EXPECT_EQ(recorded_choices(), chooser.asked);
}

TEST(Run, ChoosesNothingInSetup)
{
    test_world<order> w([](order &all) { all.answer = 10 + choose(choice_kind::behaviour, 5); });
    EXPECT_EQ(w->answer, 10U);
    EXPECT_TRUE(recorded_choices().empty());
}

TEST(Run, TearsDownOneTaskAtATimeInIndexOrder)
{
    test_world<order> w([](order &all) {
        start_writer(all, 'a', 3);
        start_writer(all, 'b', 2);
    });
    last_first chooser;
    begin_run(chooser, 0);
    EXPECT_TRUE(run_tasks(phase::teardown));
    EXPECT_STREQ(w->written, "aaabb");
    EXPECT_TRUE(recorded_choices().empty());
}

TEST(Run, HangsWhenASleeperIsLeftThatNobodyWakes)
{
    test_world<order> w([](order &all) {
        start_task("sleeper", [&all] { block("a kiss", &all); });
        start_writer(all, 'a', 2);
    });
    verdict v = w.run();
    EXPECT_EQ(v.kind, verdict_kind::hung);
    EXPECT_EQ(v.message, "a kiss");
    EXPECT_STREQ(w->written, "aa");
}

TEST(Run, GoesOnWithASleeperThatWasMadeRunnable)
{
    test_world<order> w([](order &all) {
        start_task("sleeper", [&all] {
            block("a kiss", &all);
            all.write('s');
        });
        start_task("waker", [&all] {
            all.write('w');
            make_runnable(1);
        });
    });
    EXPECT_EQ(interleavings(w), (std::set<std::string>{"hung", "ws"}));
}

TEST(Run, EndsAtItsLimitOfSteps)
{
    test_world<nothing> w([](nothing &) {
        start_task("endless", [] {
            for (;;)
                point();
        });
    });
    the_run.limits.steps_max = 100;
    verdict v = w.run();
    EXPECT_EQ(v.kind, verdict_kind::step_limit);
    EXPECT_FALSE(v.is_finding());
    EXPECT_EQ(the_run.steps, 101U);
}

TEST(Run, EndsWhenItsRecordIsFull)
{
    test_world<nothing> w([](nothing &) {
        start_task("chatterer", [] {
            for (;;)
                emit(event_kind::mark, nullptr, 0, place::here());
        });
    });
    EXPECT_EQ(w.run().kind, verdict_kind::step_limit);
}

TEST(Run, BoundsTheAccessesOfOneStepAndNotOfARun)
{
    test_world<order> w([](order &all) {
        start_task("busy", [&all] {
            for (unsigned step = 0; step < 100; ++step) {
                for (unsigned i = 0; i < 1000; ++i)
                    count_access();
                point();
            }
            all.write('1');
            for (unsigned i = 0; i < 1001; ++i)
                count_access();
            all.write('2');
        });
    });
    the_run.limits.accesses_max = 1000;
    EXPECT_EQ(w.run().kind, verdict_kind::soft_lockup);
    EXPECT_STREQ(w->written, "1");
}

TEST(Run, EndsWithTheFirstFindingThatATaskReports)
{
    test_world<order> w([](order &all) {
        start_writer(all, 'a', 1);
        start_task("finder", [] { report(verdict_of(verdict_kind::violation, "rule", "a sentence")); });
        start_writer(all, 'b', 1);
    });
    verdict v = w.run();
    EXPECT_EQ(text_of(v), "violation: rule");
    EXPECT_EQ(v.message, "a sentence");
    EXPECT_STREQ(v.where.file(), "sim/run_test.cpp");
    EXPECT_TRUE(v.is_finding());
    EXPECT_STREQ(w->written, "a");
}

TEST(Run, EndsWithAFindingOfAListenerBetweenSteps)
{
    test_world<order> w([](order &all) { start_writer(all, 'a', 9); });
    the_run.listen.on_step = [] {
        if (the_run.steps == 4)
            report(verdict_of(verdict_kind::violation, "fourth"));
    };
    EXPECT_EQ(text_of(w.run()), "violation: fourth");
    EXPECT_STREQ(w->written, "aaaa");
    the_run.listen = {};
    EXPECT_EQ(w.run().kind, verdict_kind::done);
}

TEST(Run, EndsWithAFindingOfAListenerAtAnEvent)
{
    test_world<order> w([](order &all) {
        start_task("marker", [&all] {
            all.write('1');
            emit(event_kind::mark, &all, 42, place::here());
            all.write('2');
        });
    });
    the_run.listen.on_event = [](const event &happened) {
        if (happened.kind == event_kind::mark && happened.value == 42)
            report(verdict_of(verdict_kind::violation, "mark"));
    };
    EXPECT_EQ(text_of(w.run()), "violation: mark");
    EXPECT_STREQ(w->written, "1");
}

std::uint64_t schedules_seen;

TEST(Run, TellsItsListenerWhoWasRunnableAndWhoWasChosen)
{
    test_world<order> w([](order &all) {
        start_writer(all, 'a', 1);
        start_writer(all, 'b', 1);
    });
    schedules_seen = 0;
    the_run.listen.on_schedule = [](unsigned task, std::uint64_t runnable) {
        schedules_seen = schedules_seen << 16 | task << 8 | runnable;
    };
    last_first chooser;
    w.run(chooser);
    EXPECT_EQ(schedules_seen, 0x02060102U);
}

TEST(Run, LeavesTheSameRecordForTheSameAnswers)
{
    test_world<order> w([](order &all) {
        start_writer(all, 'a', 4);
        start_writer(all, 'b', 4);
    });
    std::set<std::uint64_t> records;
    std::set<std::string> orders;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        by_chance first(seed), again(seed);
        w.run(first);
        std::uint64_t record = record_hash(1);
        std::vector<choice> choices = recorded_choices();
        orders.insert(w->written);
        w.run(again);
        EXPECT_EQ(record_hash(1), record);
        EXPECT_EQ(recorded_choices(), choices);
        records.insert(record);
    }
    EXPECT_EQ(records.size(), orders.size());
    EXPECT_GT(orders.size(), 30U);
}

event_kind kind_to_emit;

TEST(Run, RecordsTheKindsOfEvents)
{
    test_world<nothing> w(
        [](nothing &) { start_task("marker", [] { emit(kind_to_emit, nullptr, 0, place::here()); }); });
    std::set<std::uint64_t> records;
    for (event_kind kind : {event_kind::load, event_kind::store, event_kind::load}) {
        kind_to_emit = kind;
        w.run();
        records.insert(record_hash(0));
    }
    EXPECT_EQ(records.size(), 2U);
    EXPECT_NE(record_hash(1), record_hash(0));
}

TEST(Run, TellsTheStrategyItsNumber)
{
    struct : strategy {
        std::uint64_t number = 0;
        void begin(std::uint64_t run) override { number = run; }
        unsigned choose(choice_kind, unsigned) override { return 0; }
    } chooser;
    test_world<nothing> w([](nothing &) {});
    w.run(chooser, 17);
    EXPECT_EQ(chooser.number, 17U);
}

TEST(Run, GivesFinePointsOnlyWhenAskedForThem)
{
    test_world<nothing> w([](nothing &) {
        start_task("a", [] {
            fine_point();
            fine_point();
        });
    });
    w.run();
    EXPECT_EQ(the_run.steps, 1U);
    w.points = point_set::fine;
    w.run();
    EXPECT_EQ(the_run.steps, 3U);
}

TEST(RunDeathTest, AChoiceOfMoreAlternativesThanATraceHoldsIsAnErrorOfInterfuse)
{
    test_world<nothing> w(
        [](nothing &) { start_task("greedy", [] { choose(choice_kind::behaviour, alternatives_max + 1); }); });
    EXPECT_EXIT(w.run(), testing::ExitedWithCode(exit_internal), "more alternatives");
}

TEST(RunDeathTest, AFindingThatTheHostReportsIsAnErrorOfInterfuse)
{
    EXPECT_EXIT(report({}), testing::ExitedWithCode(exit_internal), "while no task runs");
}

} // namespace
} // namespace sim
