#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/testing_races.hpp"
#include "sim/lockless_need.hpp"

namespace kernel {
namespace {

const outcome_set racy = {"violation: data_race"};
const outcome_set clean = {"done"};

void write_alone(shared &all)
{
    write_plain(&all.fields);
}

void read_alone(shared &all)
{
    read_plain(&all.fields);
}

void write_locked(shared &all)
{
    spin_lock(&all.lock);
    write_plain(&all.fields);
    spin_unlock(&all.lock);
}

TEST(Races, TwoWritesThatNothingOrdersRace)
{
    EXPECT_EQ(run_in_order(write_alone, write_locked, {1, 2}).message,
              "one writes shared_fields.plain in write_plain (racy.cpp:8) with no lock held, and two writes it in "
              "write_plain (racy.cpp:8) with lock held: nothing orders the two");
    EXPECT_EQ(outcomes_of(write_alone, write_locked), racy);
}

TEST(Races, TwoWritesUnderALockDoNot)
{
    EXPECT_EQ(outcomes_of(write_locked, write_locked), clean);
}

TEST(Races, ARaceIsTheSameWhicheverAccessComesFirst)
{
    sim::verdict read_last = run_in_order(write_alone, read_alone, {1, 2});
    sim::verdict read_first = run_in_order(write_alone, read_alone, {2, 1});
    EXPECT_EQ(read_last.message,
              "one writes shared_fields.plain in write_plain (racy.cpp:8) with no lock held, and two reads it in "
              "read_plain (racy.cpp:13) with no lock held: nothing orders the two");
    EXPECT_EQ(read_first.message,
              "two reads shared_fields.plain in read_plain (racy.cpp:13) with no lock held, and one writes it in "
              "write_plain (racy.cpp:8) with no lock held: nothing orders the two");
    for (const sim::verdict *v : {&read_first, &read_last}) {
        EXPECT_STREQ(v->where.function(), "read_plain");
        EXPECT_STREQ(v->where.file(), "core/planted/racy.cpp");
        EXPECT_EQ(v->caller, "write_plain");
    }
}

TEST(Races, TwoReadsAreNone)
{
    EXPECT_EQ(outcomes_of(read_alone, read_alone), clean);
}

TEST(Races, NeighboursInAWordAreApart)
{
    EXPECT_EQ(outcomes_of([](shared &all) { write_left(&all.fields); }, [](shared &all) { write_right(&all.fields); }),
              clean);
}

TEST(Races, BitsOfAWordAreOneLocation)
{
    sim::verdict v = run_in_order([](shared &all) { set_first(&all.fields); },
                                  [](shared &all) { set_second(&all.fields); }, {1, 2});
    auto text = [](const char *verb) {
        return fmt::format("one writes shared_fields.first/second in set_first (racy.cpp:28) with no lock held, and two {} it "
                           "in set_second (racy.cpp:33) with no lock held: nothing orders the two", verb);
    };
    // Clang announces the load of the word too, which comes before the store.
    EXPECT_TRUE(v.message == text("writes") || v.message == text("reads")) << v.message;
}

TEST(Races, APartOfARangeCounts)
{
    body fill = [](shared &all) { fill_text(&all.fields); };
    body look = [](shared &all) { last_of_text(&all.fields); };
    EXPECT_EQ(run_in_order(fill, look, {1, 2}).message,
              "one writes shared_fields.text[23] in fill_text (racy.cpp:53) with no lock held, and two reads it in "
              "last_of_text (racy.cpp:58) with no lock held: nothing orders the two");
    EXPECT_EQ(outcomes_of(fill, look), racy);
    EXPECT_EQ(outcomes_of(fill, read_alone), clean);
}

TEST(Races, AStructThatIsCopiedIsWrittenThroughout)
{
    sim::verdict v = run_in_order([](shared &all) { copy_words(&all.fields); },
                                  [](shared &all) { last_word_of_copy(&all.fields); }, {1, 2});
    EXPECT_EQ(v.message, "one writes shared_fields.to.words[4] in copy_words (racy.cpp:63) with no lock held, and two reads "
                         "it in last_word_of_copy (racy.cpp:68) with no lock held: nothing orders the two");
}

TEST(Races, AFieldThatIsReadAndThenWrittenIsRead)
{
    sim::verdict v = run_in_order([](shared &all) { write_plain(&all.fields); },
                                  [](shared &all) { count_up(&all.fields); }, {1, 2});
    EXPECT_EQ(v.message, "one writes shared_fields.plain in write_plain (racy.cpp:8) with no lock held, and two reads it in "
                         "count_up (racy.cpp:73) with no lock held: nothing orders the two");
}

void write_lockless(shared &all)
{
    write_declared(&all.fields);
}

void read_lockless(shared &all)
{
    read_declared(&all.fields);
}

TEST(Races, LocklessAccessesDoNotRaceWithEachOther)
{
    EXPECT_EQ(outcomes_of(write_lockless, read_lockless), clean);
    EXPECT_EQ(outcomes_of(write_lockless, write_lockless), clean);
}

TEST(Races, ALocklessAccessRacesWithAPlainOne)
{
    sim::verdict v = run_in_order(read_lockless, [](shared &all) { clear_declared(&all.fields); }, {1, 2});
    EXPECT_EQ(v.message, "one reads, as a lockless field, shared_fields.declared in read_declared (racy.cpp:43) with no "
                         "lock held, and two writes it in clear_declared (racy.cpp:48) with no lock held: nothing orders "
                         "the two");
    v = run_in_order(write_lockless, [](shared &all) { clear_declared(&all.fields); }, {1, 2});
    EXPECT_EQ(v.message, "one writes, as a lockless field, shared_fields.declared in write_declared (racy.cpp:38) with no "
                         "lock held, and two writes it in clear_declared (racy.cpp:48) with no lock held: nothing orders "
                         "the two");
}

void write_guarded_alone(shared &all)
{
    write_guarded(&all.fields);
}

void write_guarded_locked(shared &all)
{
    spin_lock(&all.lock);
    write_guarded(&all.fields);
    spin_unlock(&all.lock);
}

void read_guarded_alone(shared &all)
{
    read_guarded(&all.fields);
}

void read_guarded_locked(shared &all)
{
    spin_lock(&all.lock);
    read_guarded(&all.fields);
    spin_unlock(&all.lock);
}

void open_guarded_alone(shared &all)
{
    open_guarded(&all.fields);
}

TEST(Races, AFieldWhoseWritersHoldALockIsReadWithoutIt)
{
    EXPECT_EQ(outcomes_of(write_guarded_locked, write_guarded_locked), clean);
    EXPECT_EQ(outcomes_of(write_guarded_locked, read_guarded_locked), clean);
    EXPECT_EQ(outcomes_of(write_guarded_locked, read_guarded_alone), clean);
    EXPECT_EQ(outcomes_of(write_guarded_alone, read_guarded_alone), clean);
    EXPECT_EQ(outcomes_of(open_guarded_alone, write_guarded_locked), clean);
    EXPECT_EQ(outcomes_of(open_guarded_alone, read_guarded_locked), clean);
}

TEST(Races, AWriterOfSuchAFieldWithoutALockRacesWithThoseWhoHoldIt)
{
    EXPECT_EQ(run_in_order(write_guarded_alone, write_guarded_locked, {1, 2}).message,
              "one writes, as a lockless field whose writers hold a lock, shared_fields.guarded in write_guarded "
              "(racy.cpp:102) with no lock held, and two writes, as a lockless field whose writers hold a lock, it in "
              "write_guarded (racy.cpp:102) with lock held: nothing orders the two");
    EXPECT_EQ(run_in_order(write_guarded_alone, read_guarded_locked, {1, 2}).message,
              "one writes, as a lockless field whose writers hold a lock, shared_fields.guarded in write_guarded "
              "(racy.cpp:102) with no lock held, and two reads under a lock, as a lockless field, it in read_guarded "
              "(racy.cpp:107) with lock held: nothing orders the two");
    EXPECT_EQ(outcomes_of(write_guarded_alone, write_guarded_alone), racy);
    EXPECT_EQ(outcomes_of(write_guarded_alone, read_guarded_locked), racy);
}

TEST(Races, ALockThatOthersDoNotHoldGuardsNothing)
{
    auto write_under_another = [](shared &all) {
        spin_lock(&all.inner);
        write_guarded(&all.fields);
        spin_unlock(&all.inner);
    };
    EXPECT_EQ(outcomes_of(write_under_another, write_guarded_locked), racy);
    EXPECT_EQ(outcomes_of(write_under_another, read_guarded_locked), racy);
}

TEST(Races, AnAccessIsNamedWithItsCallers)
{
    sim::verdict v = run_in_order([](shared &all) { lend_local(&all.lent, [] { write_plain(&shared_of_test().fields); }); },
                                  write_alone, {1, 2});
    EXPECT_EQ(v.message, "one writes shared_fields.plain in write_plain (racy.cpp:8), called by lend_local (racy.cpp:85) with "
                         "no lock held, and two writes it in write_plain (racy.cpp:8) with no lock held: nothing orders the "
                         "two");
}

TEST(Races, TasksOfOneNameAreToldApartByTheirNumbers)
{
    sim::the_run.watching = sim::watch_races;
    sim::install_type_finder(find_type);
    kernel_world<shared> w([](shared &all) {
        world_of_test = &all;
        for (int i = 0; i < 2; ++i)
            spawn("twin", [&all] { write_plain(&all.fields); });
    });
    sim::by_priority chooser({1, 2});
    sim::verdict v = w.run(chooser);
    stop_watching();
    EXPECT_EQ(v.message, "twin (task 1) writes shared_fields.plain in write_plain (racy.cpp:8) with no lock held, and twin "
                         "(task 2) writes it in write_plain (racy.cpp:8) with no lock held: nothing orders the two");
}

TEST(Races, LocklessAccessesOrderNothing)
{
    EXPECT_EQ(outcomes_of(
                  [](shared &all) {
                      write_plain(&all.fields);
                      write_declared(&all.fields);
                  },
                  [](shared &all) {
                      if (read_declared(&all.fields) != 0)
                          read_plain(&all.fields);
                  }),
              (outcome_set{"done", "violation: data_race"}));
}

TEST(Races, AFieldWhoseLocklessAccessesMetIsNeeded)
{
    auto fields = sim::lockless_fields();
    auto found = std::find(fields.begin(), fields.end(), "shared_fields.declared");
    ASSERT_NE(found, fields.end());
    std::uint64_t bit = std::uint64_t{1} << (found - fields.begin());
    sim::begin_lockless_needs();
    run_in_order(read_lockless, read_lockless, {1, 2});
    EXPECT_EQ(sim::lockless_needs() & bit, 0U);
    run_in_order(read_lockless, write_lockless, {1, 2});
    EXPECT_EQ(sim::lockless_needs() & bit, bit);
}

} // namespace
} // namespace kernel
